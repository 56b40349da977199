/* SPDX-License-Identifier: BSD-2-Clause */
#include "systemc/iommu.h"

#include <cstring>

namespace iotb
{

/* A request from below, on the stack of the thread that waits in b_transport. */
struct iommu::flight {
    struct pcie_request request = {};
    bool complete = false, dropped = false;
    sc_core::sc_event over;
};

iommu::iommu(const sc_core::sc_module_name &name, slaved_sim &time)
    : sc_core::sc_module(name), requests("requests"), registers("registers"), memory("memory"), time_(time), accesses("access")
{
    requests.register_b_transport(this, &iommu::request_transport);
    registers.register_b_transport(this, &iommu::register_transport);
}

void iommu::reset(bool warm)
{
    slaved_sim::entry entry(time_);

    model_reset(warm);
    for (flight *f : in_flight) {
        f->dropped = true;
        f->over.notify(sc_core::SC_ZERO_TIME);
    }
}

/* ---- requests from below ---- */

namespace
{

void wait_for(sc_core::sc_time &delay)
{
    if (delay != sc_core::SC_ZERO_TIME)
        sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
}

/* What a model could not take for a request. */
tlm::tlm_response_status judge(const tlm::tlm_generic_payload &payload, const request_extension *extension)
{
    if (!extension)
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    if (payload.get_byte_enable_ptr())
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (!payload.get_data_length() || payload.get_data_length() > PCIE_DATA_BYTES_MAX ||
        payload.get_streaming_width() < payload.get_data_length())
        return tlm::TLM_BURST_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

struct pcie_request request_of(const tlm::tlm_generic_payload &payload, const request_extension &extension)
{
    struct pcie_request request = {};

    request.id = extension.id;
    request.requester_id = extension.requester_id;
    request.kind = extension.kind;
    request.at = extension.at;
    request.has_pasid = extension.has_pasid;
    request.privileged = extension.privileged;
    request.execute = extension.execute;
    request.no_snoop = extension.no_snoop;
    request.zero_length = extension.zero_length;
    request.no_write = extension.no_write;
    request.pasid = extension.pasid;
    request.bytes = extension.kind == PCIE_CAS ? payload.get_data_length() / 2 : payload.get_data_length();
    request.address = payload.get_address();
    request.issue_ps = request.done_ps = now_ps();
    std::memcpy(request.data, payload.get_data_ptr(), payload.get_data_length());
    return request;
}

tlm::tlm_response_status response_of(enum pcie_status status)
{
    switch (status) {
    case PCIE_SC:
        return tlm::TLM_OK_RESPONSE;
    case PCIE_UR:
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    case PCIE_CA:
        break;
    }
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
}

void answer(tlm::tlm_generic_payload &payload, request_extension &extension, const struct pcie_request &request)
{
    std::memcpy(payload.get_data_ptr(), request.data, request.data_bytes);
    extension.status = request.status;
    extension.data_bytes = request.data_bytes;
    payload.set_response_status(response_of(request.status));
}

} // namespace

void iommu::request_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    request_extension *extension = payload.get_extension<request_extension>();
    flight f;

    payload.set_response_status(judge(payload, extension));
    if (payload.get_response_status() != tlm::TLM_OK_RESPONSE)
        return;
    wait_for(delay);
    f.request = request_of(payload, *extension);
    f.request.owner = &f;
    f.request.done = [](struct pcie_request *request) {
        flight *done = static_cast<flight *>(request->owner);

        done->complete = true;
        done->over.notify(sc_core::SC_ZERO_TIME);
    };
    in_flight.push_back(&f);
    {
        slaved_sim::entry entry(time_);

        f.complete = model_request(f.request);
    }
    while (!f.complete && !f.dropped)
        sc_core::wait(f.over);
    in_flight.remove(&f);
    extension->dropped = !f.complete;
    if (f.complete) {
        if (f.request.done_ps > now_ps()) /* decoupled time */
            sc_core::wait(time_of(f.request.done_ps - now_ps()));
        answer(payload, *extension, f.request);
    } else {
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    }
}

/* ---- registers ---- */

void iommu::register_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    std::uint32_t bytes = payload.get_data_length();
    unsigned char *data = payload.get_data_ptr();
    std::uint64_t value = 0;

    if (payload.get_byte_enable_ptr() || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    wait_for(delay);
    slaved_sim::entry entry(time_);

    if (payload.is_write()) {
        for (std::uint32_t i = 0; i < bytes; i++)
            value |= static_cast<std::uint64_t>(data[i]) << 8 * i;
        model_write(payload.get_address(), bytes, value);
    } else if (payload.is_read()) {
        value = model_read(payload.get_address(), bytes);
        for (std::uint32_t i = 0; i < bytes; i++)
            data[i] = static_cast<unsigned char>(value >> 8 * i);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

/* ---- accesses to memory ---- */

struct memory_port iommu::memory_port()
{
    auto access = [](void *context, struct port_request *request) {
        iommu *unit = static_cast<iommu *>(context);

        unit->accesses.give([unit, request] { unit->carry_out(*request); });
        return PORT_LATER;
    };

    return {access, this};
}

namespace
{

tlm::tlm_command command_of(enum port_kind kind)
{
    switch (kind) {
    case PORT_READ:
        return tlm::TLM_READ_COMMAND;
    case PORT_WRITE:
        return tlm::TLM_WRITE_COMMAND;
    case PORT_CMPXCHG:
    case PORT_FETCH_ADD:
    case PORT_SWAP:
        break;
    }
    return tlm::TLM_IGNORE_COMMAND;
}

} // namespace

/* A model may issue an access ahead of time (decoupled time). */
void iommu::carry_out(struct port_request &access)
{
    tlm::tlm_generic_payload payload;
    access_extension extension;
    attached<access_extension> attach(payload, extension);
    sc_core::sc_time delay = access.issue_ps > now_ps() ? time_of(access.issue_ps - now_ps()) : sc_core::SC_ZERO_TIME;

    wait_for(delay);
    extension.kind = access.kind;
    extension.origin = access.origin;
    extension.snoop = access.snoop;
    extension.memory_type = access.memory_type;
    extension.bus = access.bus;
    extension.bus_known = access.bus_known;
    extension.request_id = access.request_id;
    std::memcpy(extension.compare, access.compare, sizeof extension.compare);
    payload.set_command(command_of(access.kind));
    payload.set_address(access.address);
    payload.set_data_ptr(access.data);
    payload.set_data_length(access.bytes);
    payload.set_streaming_width(access.bytes);
    memory->b_transport(payload, delay);
    wait_for(delay);
    access.status = payload.is_response_ok() ? PORT_OK : extension.poisoned ? PORT_POISON : PORT_ABORT;
    access.done_ps = now_ps();
    slaved_sim::entry entry(time_);

    access.done(&access);
}

} // namespace iotb
