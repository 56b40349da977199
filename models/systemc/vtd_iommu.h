/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_iommu.h - the VT-d model as a SystemC module. */
#ifndef SYSTEMC_VTD_IOMMU_H
#define SYSTEMC_VTD_IOMMU_H

#include "systemc/iommu.h"

extern "C" {
#include "vtd/vtd.h"
}

namespace iotb
{

/* Sent and forgotten: no call may wait, nor reach the IOMMU again. */
class vtd_interrupt_if : public sc_core::sc_interface
{
  public:
    virtual void message(std::uint64_t address, std::uint32_t data) = 0;                                    /* the unit's own */
    virtual void device_message(std::uint16_t requester_id, std::uint64_t address, std::uint32_t data) = 0; /* let through */
};

class vtd_iommu : public iommu
{
  public:
    sc_core::sc_port<vtd_interrupt_if> interrupts;

    /* std::invalid_argument with one sentence: parameters that contradict each other. std::bad_alloc. */
    vtd_iommu(const sc_core::sc_module_name &name, slaved_sim &time, const struct vtd_params &params,
              const struct probe &probe = {});
    ~vtd_iommu() override;

  private:
    void model_reset(bool warm) override;
    bool model_request(struct pcie_request &request) override;
    std::uint64_t model_read(std::uint64_t offset, std::uint32_t bytes) override;
    void model_write(std::uint64_t offset, std::uint32_t bytes, std::uint64_t value) override;

    struct vtd *vtd = nullptr;
};

} // namespace iotb

#endif
