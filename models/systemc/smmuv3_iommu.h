/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_iommu.h - the SMMUv3 model as a SystemC module. */
#ifndef SYSTEMC_SMMUV3_IOMMU_H
#define SYSTEMC_SMMUV3_IOMMU_H

#include "systemc/iommu.h"

extern "C" {
#include "smmuv3/smmuv3.h"
}

namespace iotb
{

/* Pulses on wires. Sent and forgotten: no call may wait, nor reach the IOMMU again. MSIs are writes to memory. */
class smmuv3_wires_if : public sc_core::sc_interface
{
  public:
    virtual void line(enum smmuv3_line line) = 0;
    virtual void event() = 0; /* SEV */
};

class smmuv3_iommu : public iommu
{
  public:
    sc_core::sc_port<smmuv3_wires_if> wires;

    /* std::invalid_argument with one sentence: parameters that contradict each other. std::bad_alloc. */
    smmuv3_iommu(const sc_core::sc_module_name &name, slaved_sim &time, const struct smmuv3_params &params,
                 const struct probe &probe = {});
    ~smmuv3_iommu() override;

  private:
    void model_reset(bool warm) override;
    bool model_request(struct pcie_request &request) override;
    std::uint64_t model_read(std::uint64_t offset, std::uint32_t bytes) override;
    void model_write(std::uint64_t offset, std::uint32_t bytes, std::uint64_t value) override;

    struct smmuv3 *smmu = nullptr;
};

} // namespace iotb

#endif
