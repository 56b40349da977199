/* SPDX-License-Identifier: BSD-2-Clause */
extern "C" {
#include "systemc/platform.h"
}
#include "systemc/smmuv3_iommu.h"
#include "systemc/vtd_iommu.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>

namespace iotb
{
namespace
{

void attach_data(tlm::tlm_generic_payload &payload, std::uint64_t address, unsigned char *data, std::uint32_t bytes)
{
    payload.set_address(address);
    payload.set_data_ptr(data);
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
}

/* Sends requests to the IOMMU. */
class device : public sc_core::sc_module
{
  public:
    tlm_utils::simple_initiator_socket<device> socket;

    explicit device(const sc_core::sc_module_name &name) : sc_core::sc_module(name), socket("socket"), threads("request")
    {
    }

    void send(struct pcie_request &request, std::function<void(struct pcie_request &)> complete)
    {
        threads.give([this, &request, complete] {
            if (carry_out(request))
                complete(request);
        });
    }

  private:
    /* False: dropped, and the request is its owner's again. */
    bool carry_out(struct pcie_request &request)
    {
        tlm::tlm_generic_payload payload;
        request_extension extension;
        attached<request_extension> attach(payload, extension);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        unsigned char data[PCIE_DATA_BYTES_MAX];

        std::memcpy(data, request.data, sizeof data);
        extension.id = request.id;
        extension.requester_id = request.requester_id;
        extension.kind = request.kind;
        extension.at = request.at;
        extension.has_pasid = request.has_pasid;
        extension.privileged = request.privileged;
        extension.execute = request.execute;
        extension.no_snoop = request.no_snoop;
        extension.zero_length = request.zero_length;
        extension.no_write = request.no_write;
        extension.pasid = request.pasid;
        payload.set_command(request.kind == PCIE_READ    ? tlm::TLM_READ_COMMAND
                            : request.kind == PCIE_WRITE ? tlm::TLM_WRITE_COMMAND
                                                         : tlm::TLM_IGNORE_COMMAND);
        attach_data(payload, request.address, data, request.kind == PCIE_CAS ? 2 * request.bytes : request.bytes);
        socket->b_transport(payload, delay);
        if (extension.dropped)
            return false;
        request.status = extension.status;
        request.data_bytes = extension.data_bytes;
        std::memcpy(request.data, data, sizeof data);
        request.done_ps = now_ps();
        return true;
    }

    workers threads;
};

/* Reads and writes registers. */
class host : public sc_core::sc_module
{
  public:
    tlm_utils::simple_initiator_socket<host> socket;

    explicit host(const sc_core::sc_module_name &name) : sc_core::sc_module(name), socket("socket"), threads("host")
    {
    }

    void access(tlm::tlm_command command, std::uint64_t offset, unsigned char *data, std::uint32_t bytes)
    {
        threads.give([this, command, offset, data, bytes] {
            tlm::tlm_generic_payload payload;
            sc_core::sc_time delay = sc_core::SC_ZERO_TIME;

            payload.set_command(command);
            attach_data(payload, offset, data, bytes);
            socket->b_transport(payload, delay);
            if (!payload.is_response_ok())
                SC_REPORT_FATAL("/iotb/host", "a register access of a size that is none");
        });
    }

    void act(std::function<void()> job)
    {
        threads.give(std::move(job));
    }

  private:
    workers threads;
};

/* A memory port of the C side behind a socket. */
class memory : public sc_core::sc_module
{
  public:
    tlm_utils::simple_target_socket<memory> socket;

    memory(const sc_core::sc_module_name &name, const struct memory_port &behind)
        : sc_core::sc_module(name), socket("socket"), port(behind)
    {
        socket.register_b_transport(this, &memory::transport);
    }

  private:
    struct waiting {
        bool answered = false;
        sc_core::sc_event event;
    };

    void transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
    {
        access_extension &extension = *payload.get_extension<access_extension>();
        struct port_request request = {};
        waiting w;

        request.kind = extension.kind;
        request.origin = extension.origin;
        request.snoop = extension.snoop;
        request.memory_type = extension.memory_type;
        request.bus = extension.bus;
        request.bus_known = extension.bus_known;
        request.request_id = extension.request_id;
        request.address = payload.get_address();
        request.bytes = payload.get_data_length();
        request.issue_ps = request.done_ps = now_ps() + delay.value();
        std::memcpy(request.data, payload.get_data_ptr(), request.bytes);
        std::memcpy(request.compare, extension.compare, sizeof request.compare);
        request.owner = &w;
        request.done = [](struct port_request *done) {
            waiting *waiter = static_cast<waiting *>(done->owner);

            waiter->answered = true;
            waiter->event.notify(sc_core::SC_ZERO_TIME);
        };
        if (memory_access(&port, &request) == PORT_LATER)
            while (!w.answered)
                sc_core::wait(w.event);
        if (request.done_ps > now_ps())
            delay = time_of(request.done_ps - now_ps());
        std::memcpy(payload.get_data_ptr(), request.data, request.bytes);
        extension.poisoned = request.status == PORT_POISON;
        payload.set_response_status(request.status == PORT_OK      ? tlm::TLM_OK_RESPONSE
                                    : request.status == PORT_ABORT ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                                   : tlm::TLM_GENERIC_ERROR_RESPONSE);
    }

    struct memory_port port;
};

class vtd_sink : public sc_core::sc_module, public vtd_interrupt_if
{
  public:
    vtd_sink(const sc_core::sc_module_name &name, const struct vtd_ports &sinks) : sc_core::sc_module(name), ports(sinks)
    {
    }
    void message(std::uint64_t address, std::uint32_t data) override
    {
        ports.interrupt.send(ports.interrupt.context, address, data);
    }
    void device_message(std::uint16_t requester_id, std::uint64_t address, std::uint32_t data) override
    {
        ports.device_interrupt.send(ports.device_interrupt.context, requester_id, address, data);
    }

  private:
    struct vtd_ports ports;
};

class smmuv3_sink : public sc_core::sc_module, public smmuv3_wires_if
{
  public:
    smmuv3_sink(const sc_core::sc_module_name &name, const struct smmuv3_ports &sinks) : sc_core::sc_module(name), ports(sinks)
    {
    }
    void line(enum smmuv3_line which) override
    {
        ports.line(ports.context, which);
    }
    void event() override
    {
        ports.event(ports.context);
    }

  private:
    struct smmuv3_ports ports;
};

} // namespace
} // namespace iotb

/* ---- the C side ---- */

using namespace iotb;

struct systemc_platform {
    systemc_platform(struct sim &sim, const struct memory_port &port)
        : time("time", sim), sender("device"), processor("host"), ram("memory", port)
    {
    }
    template <class UNIT> UNIT &with(UNIT *made)
    {
        unit.reset(made);
        sender.socket.bind(unit->requests);
        processor.socket.bind(unit->registers);
        unit->memory.bind(ram.socket);
        return *made;
    }

    slaved_sim time;
    device sender;
    host processor;
    memory ram;
    std::unique_ptr<sc_core::sc_module> sink; /* of what the unit sends besides */
    std::unique_ptr<iommu> unit;
    const struct pcie_request *entering = nullptr; /* while systemc_request() runs */
    bool answered = false;                         /* ... and it is complete */
};

namespace
{

/* 0 with a platform that `fill` has given its unit and sink. */
template <class FILL>
int create(struct sim *sim, const struct memory_port &port, struct systemc_platform **out, char *error, size_t error_bytes,
           FILL fill)
{
    *out = nullptr;
    if (sc_core::sc_get_status() != sc_core::SC_ELABORATION || !sc_core::sc_get_top_level_objects().empty()) {
        std::snprintf(error, error_bytes, "SystemC has one kernel in a process, and this one has been used: open it in another");
        return -EBUSY;
    }
    try {
        std::unique_ptr<systemc_platform> platform(new systemc_platform(*sim, port));

        fill(*platform);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        *out = platform.release();
        return 0;
    } catch (const std::invalid_argument &refused) {
        std::snprintf(error, error_bytes, "%s", refused.what());
        return -EINVAL;
    } catch (const std::bad_alloc &) {
        return -ENOMEM;
    }
}

} // namespace

int systemc_vtd_create(struct sim *sim, const struct vtd_params *params, const struct vtd_ports *ports,
                       struct systemc_platform **out, char *error, size_t error_bytes)
{
    return create(sim, ports->memory, out, error, error_bytes, [&](systemc_platform &platform) {
        vtd_sink *sink = new vtd_sink("interrupts", *ports);

        platform.sink.reset(sink);
        platform.with(new vtd_iommu("iommu", platform.time, *params, ports->probe)).interrupts.bind(*sink);
    });
}

int systemc_smmuv3_create(struct sim *sim, const struct smmuv3_params *params, const struct smmuv3_ports *ports,
                          struct systemc_platform **out, char *error, size_t error_bytes)
{
    return create(sim, ports->memory, out, error, error_bytes, [&](systemc_platform &platform) {
        smmuv3_sink *sink = new smmuv3_sink("wires", *ports);

        platform.sink.reset(sink);
        platform.with(new smmuv3_iommu("iommu", platform.time, *params, ports->probe)).wires.bind(*sink);
    });
}

void systemc_destroy(struct systemc_platform *platform)
{
    delete platform;
}

void systemc_settle(struct systemc_platform *platform)
{
    while (sc_core::sc_pending_activity_at_current_time())
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    platform->time.catch_up();
}

void systemc_reset(struct systemc_platform *platform, bool warm)
{
    platform->processor.act([platform, warm] { platform->unit->reset(warm); });
    systemc_settle(platform);
}

bool systemc_request(struct systemc_platform *platform, struct pcie_request *request)
{
    platform->entering = request;
    platform->answered = false;
    platform->sender.send(*request, [platform](struct pcie_request &complete) {
        if (&complete == platform->entering)
            platform->answered = true;
        else
            complete.done(&complete);
    });
    systemc_settle(platform);
    platform->entering = nullptr;
    return platform->answered;
}

uint64_t systemc_register_read(struct systemc_platform *platform, uint64_t offset, uint32_t bytes)
{
    unsigned char data[8] = {};

    platform->processor.access(tlm::TLM_READ_COMMAND, offset, data, bytes);
    systemc_settle(platform);
    return load_le64(data);
}

void systemc_register_write(struct systemc_platform *platform, uint64_t offset, uint32_t bytes, uint64_t value)
{
    unsigned char data[8];

    store_le64(data, value);
    platform->processor.access(tlm::TLM_WRITE_COMMAND, offset, data, bytes);
    systemc_settle(platform);
}

/* ---- time ---- */

bool systemc_next_ps(const struct systemc_platform *, uint64_t *when_ps)
{
    if (!sc_core::sc_pending_activity())
        return false;
    *when_ps = now_ps() + sc_core::sc_time_to_pending_activity().value();
    return true;
}

bool systemc_step(struct systemc_platform *platform, uint64_t last_ps)
{
    uint64_t next_ps;

    if (!systemc_next_ps(platform, &next_ps) || next_ps > last_ps)
        return false;
    sc_core::sc_start(time_of(next_ps - now_ps()));
    if (!sim_next_ps(&platform->time.sim, &next_ps) || next_ps > now_ps()) /* else its events come in the next delta cycle */
        platform->time.catch_up();
    return true;
}

void systemc_run(struct systemc_platform *platform, uint64_t last_ps)
{
    while (systemc_step(platform, last_ps))
        ;
    if (last_ps > now_ps())
        sc_core::sc_start(time_of(last_ps - now_ps()));
    platform->time.catch_up();
}

/* libsystemc has a main() that wants one. This program has its own. */
int sc_main(int, char **)
{
    return 1;
}
