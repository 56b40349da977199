/* SPDX-License-Identifier: BSD-2-Clause */
/* payload.h - what a TLM-2.0 generic payload cannot say of a PCIe request and of an access to memory. */
#ifndef SYSTEMC_PAYLOAD_H
#define SYSTEMC_PAYLOAD_H

#include <cstdint>
#include <tlm>

extern "C" {
#include "pcie/pcie.h"
#include "sim/port.h"
}

namespace iotb
{

/*
 * Required on the socket `requests` of an IOMMU. Command and length are those of the payload, but an atomic is
 * TLM_IGNORE_COMMAND, and the length of a compare-and-swap counts both operands. The data array has room for
 * PCIE_DATA_BYTES_MAX bytes: old values and translations come back in it.
 */
struct request_extension : tlm::tlm_extension<request_extension> {
    std::uint32_t id = 0; /* for traces */
    std::uint16_t requester_id = 0;
    enum pcie_kind kind = PCIE_READ;
    enum pcie_at at = PCIE_AT_UNTRANSLATED;
    bool has_pasid = false, privileged = false, execute = false, no_snoop = false, zero_length = false, no_write = false;
    std::uint32_t pasid = 0;
    /* out */
    enum pcie_status status = PCIE_SC;
    std::uint32_t data_bytes = 0; /* valid in the data array */
    bool dropped = false;         /* by a reset: there is no answer */

    tlm::tlm_extension_base *clone() const override
    {
        return new request_extension(*this);
    }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        *this = static_cast<const request_extension &>(other);
    }
};

/*
 * On the socket `memory` of an IOMMU, always. A memory that knows nothing of it serves reads and writes; compare-exchange and
 * the other atomics are TLM_IGNORE_COMMAND with the operand in the data array, where the old value is expected.
 */
struct access_extension : tlm::tlm_extension<access_extension> {
    enum port_kind kind = PORT_READ;
    enum port_origin origin = PORT_DMA;
    bool snoop = false;
    std::uint8_t memory_type = PORT_MEMORY_TYPE_ANY;
    std::uint32_t bus = 0, bus_known = 0;
    std::uint32_t request_id = UINT32_MAX;
    std::uint8_t compare[16] = {};
    bool poisoned = false; /* out: with an error response */

    tlm::tlm_extension_base *clone() const override
    {
        return new access_extension(*this);
    }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        *this = static_cast<const access_extension &>(other);
    }
};

/* An extension on the stack of whoever makes the transaction. */
template <class EXTENSION> class attached
{
  public:
    attached(tlm::tlm_generic_payload &payload, EXTENSION &extension) : payload_(payload)
    {
        payload_.set_extension(&extension);
    }
    ~attached()
    {
        payload_.clear_extension<EXTENSION>();
    }
    attached(const attached &) = delete;
    attached &operator=(const attached &) = delete;

  private:
    tlm::tlm_generic_payload &payload_;
};

} // namespace iotb

#endif
