/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iommu.h - an IOMMU model as a SystemC module: loosely timed TLM-2.0, b_transport only.
 *
 * b_transport of `requests` returns when the request is complete; calls overlap as the model allows. The accesses that the
 * model makes go out by `memory`, each in a thread of its own, so that a memory may wait as long as it likes. Annotated delays
 * are waited for. Both are what SystemC makes of the ports of the C model (sim/port.h, pcie/pcie.h), and nothing else.
 */
#ifndef SYSTEMC_IOMMU_H
#define SYSTEMC_IOMMU_H

#include "systemc/payload.h"
#include "systemc/time.h"
#include "systemc/workers.h"

#include <list>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

namespace iotb
{

class iommu : public sc_core::sc_module
{
  public:
    tlm_utils::simple_target_socket<iommu> requests;  /* with a request_extension */
    tlm_utils::simple_target_socket<iommu> registers; /* offsets within the register block; 1, 2, 4 or 8 bytes */
    tlm_utils::simple_initiator_socket<iommu> memory; /* with an access_extension */

    /* Requests under way are dropped: their b_transport returns with request_extension.dropped. */
    void reset(bool warm);

  protected:
    /* The time must outlive the module. */
    iommu(const sc_core::sc_module_name &name, slaved_sim &time);

    struct memory_port memory_port(); /* for the model, when it is made */

    virtual void model_reset(bool warm) = 0;
    virtual bool model_request(struct pcie_request &request) = 0;
    virtual std::uint64_t model_read(std::uint64_t offset, std::uint32_t bytes) = 0;
    virtual void model_write(std::uint64_t offset, std::uint32_t bytes, std::uint64_t value) = 0;

  private:
    struct flight;
    void request_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void register_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void carry_out(struct port_request &access);

    slaved_sim &time_;
    workers accesses;
    std::list<flight *> in_flight;
};

} // namespace iotb

#endif
