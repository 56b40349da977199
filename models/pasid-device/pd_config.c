/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_config.c - configuration space (chapter 7): the capabilities, what a write sets in motion, the errors they report.
 */
#include "pasid-device/pd_internal.h"

#define COMMAND 0x04u
#define COMMAND_MSE 0x0002u
#define COMMAND_BME 0x0004u
#define STATUS 0x06u
#define DEVICE_CONTROL (PD_CFG_PCIE + 0x08u)
#define DEVICE_CONTROL_FLR 0x8000u
#define DEVICE_STATUS (PD_CFG_PCIE + 0x0au)
#define DEVICE_STATUS_CORRECTABLE 0x0001u
#define DEVICE_STATUS_NONFATAL 0x0002u
#define DEVICE_STATUS_FATAL 0x0004u
#define DEVICE_STATUS_UNSUPPORTED 0x0008u
#define DEVICE_STATUS_TRANSACTIONS 0x0020u
#define PM_CONTROL (PD_CFG_PM + 0x04u)
#define ATS_CONTROL (PD_CFG_ATS + 0x06u)
#define ATS_ENABLE 0x8000u
#define PASID_CONTROL (PD_CFG_PASID + 0x06u)
#define PRI_CONTROL (PD_CFG_PRI + 0x04u)
#define PRI_ENABLE 0x1u
#define PRI_RESET 0x2u
#define PRI_STATUS (PD_CFG_PRI + 0x06u)
#define PRI_STOPPED 0x0100u

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

/* ---- capabilities ---- */

static void add_header(struct pasid_device *device)
{
    const struct pasid_device_params *p = &device->params;
    struct pcie_config_identity identity = {.vendor_id = p->idxdid ? 0x8086 : 0x1234,
                                            .device_id = p->idxdid ? 0x0b25 : 0xa51d,
                                            .subsystem_vendor_id = 0x1234,
                                            .subsystem_id = 0x0001,
                                            .class_code = 0x088000,
                                            .revision = 0x10};
    /* 7.5.1.1: MSE, BME, parity and SERR enables, Interrupt Disable; Status errors. */
    static const struct pcie_config_field fields[] = {
        {.offset = COMMAND, .bytes = 2, .writable = 0x0546},
        {.offset = STATUS, .bytes = 2, .write_one_clear = 0xf900},
        {.offset = 0x0c, .bytes = 1, .writable = 0xff},
        {.offset = 0x3c, .bytes = 1, .writable = 0xff},
    };
    pcie_config_init(&device->config, &identity);
    pcie_config_add_fields(&device->config, 0, fields, COUNT(fields));
    pcie_config_add_bar64(&device->config, 0, 0x10000);
    pcie_config_add_bar64(&device->config, 2, 0x20000);
    if (p->exer)
        pcie_config_add_bar64(&device->config, 4, 0x10000);
}

/* 7.5.3: version 2; DevCap FLR, role-based errors, extended tags; DevCap2 time-out ranges ABCD, disable, prefixes. */
static void add_express(struct pasid_device *device)
{
    const struct pasid_device_params *p = &device->params;
    uint32_t port_type = p->ep ? 0u : 9u;
    uint32_t prefixes = p->pasid ? 0x00700000u : 0;
    const struct pcie_config_field fields[] = {
        {.offset = 0x02, .bytes = 2, .reset = 0x0002u | port_type << 4},
        {.offset = 0x04, .bytes = 4, .reset = 0x10008020},
        {.offset = 0x08, .bytes = 2, .reset = 0x2910, .writable = 0x79ff},
        {.offset = 0x0a, .bytes = 2, .write_one_clear = 0x000f},
        {.offset = 0x24, .bytes = 4, .reset = 0x0000001fu | prefixes},
        {.offset = 0x28, .bytes = 2, .writable = 0x035f},
    };
    pcie_config_add_capability(&device->config, PD_CFG_PCIE, 0x10);
    pcie_config_add_fields(&device->config, PD_CFG_PCIE, fields, COUNT(fields));
    if (p->ep) { /* 7.5.3.6: 2.5 GT/s x1, as a link has to say something */
        const struct pcie_config_field link[] = {
            {.offset = 0x0c, .bytes = 4, .reset = 0x00000011},
            {.offset = 0x10, .bytes = 2, .writable = 0x00c3},
            {.offset = 0x12, .bytes = 2, .reset = 0x0011},
        };
        pcie_config_add_fields(&device->config, PD_CFG_PCIE, link, COUNT(link));
    }
}

static void add_interrupts_and_power(struct pasid_device *device)
{
    static const struct pcie_config_field msix[] = {
        {.offset = 0x02, .bytes = 2, .reset = PD_VECTORS - 1u, .writable = 0xc000},
        {.offset = 0x04, .bytes = 4, .reset = PD_AT_MSIX},
        {.offset = 0x08, .bytes = 4, .reset = PD_AT_MSIXPBA},
    };
    static const struct pcie_config_field power[] = {
        {.offset = 0x02, .bytes = 2, .reset = 0x0003},
        {.offset = 0x04, .bytes = 2, .reset = 0x0008, .writable = 0x0003},
    };
    pcie_config_add_capability(&device->config, PD_CFG_MSIX, 0x11);
    pcie_config_add_fields(&device->config, PD_CFG_MSIX, msix, COUNT(msix));
    pcie_config_add_capability(&device->config, PD_CFG_PM, 0x01);
    pcie_config_add_fields(&device->config, PD_CFG_PM, power, COUNT(power));
}

/* 7.8.4: poisoned TLP, completion time-out, completer abort, unexpected completion, malformed TLP, unsupported request. */
#define AER_BITS 0x0015d000u

static void add_errors(struct pasid_device *device)
{
    static const struct pcie_config_field fields[] = {
        {.offset = 0x04, .bytes = 4, .write_one_clear = AER_BITS, .sticky = AER_BITS},
        {.offset = 0x08, .bytes = 4, .writable = AER_BITS, .sticky = AER_BITS},
        {.offset = 0x0c, .bytes = 4, .reset = 0x00462030, .writable = AER_BITS, .sticky = UINT32_MAX},
        {.offset = 0x10, .bytes = 4, .write_one_clear = 0x2000, .sticky = 0x2000},
        {.offset = 0x14, .bytes = 4, .reset = 0x2000, .writable = 0x2000, .sticky = 0x2000},
    };
    pcie_config_add_extended(&device->config, PD_CFG_AER, 0x0001, 2);
    pcie_config_add_fields(&device->config, PD_CFG_AER, fields, COUNT(fields));
}

static uint32_t straps(const struct pasid_device_params *p)
{
    return (uint32_t)(p->exer | p->swenq << 1 | p->narrow << 2 | p->ep << 3 | p->serial << 4 | p->idxdid << 5 | p->execute << 8 |
                      p->privileged << 9 | p->gis << 10 | p->tpasid << 11 | p->glob << 12);
}

static void add_vendor_specific(struct pasid_device *device)
{
    const struct pasid_device_params *p = &device->params;
    const struct pcie_config_field fields[] = {
        {.offset = 0x04, .bytes = 4, .reset = 0x02011234}, /* 7.9.6: vendor, revision 1, 32 bytes */
        {.offset = 0x08, .bytes = 2, .reset = 0x0001},
        {.offset = 0x0c, .bytes = 4, .reset = straps(p)},
        {.offset = 0x10, .bytes = 4, .reset = p->atc_entries | (uint32_t)p->invq << 16},
        {.offset = 0x14, .bytes = 4, .reset = p->pri_capacity},
        {.offset = 0x18, .bytes = 4, .reset = 1},
        {.offset = 0x1c, .bytes = 4, .reset = 0},
    };
    pcie_config_add_extended(&device->config, PD_CFG_DVSEC, 0x0023, 1);
    pcie_config_add_fields(&device->config, PD_CFG_DVSEC, fields, COUNT(fields));
}

static void add_translation(struct pasid_device *device)
{
    const struct pasid_device_params *p = &device->params;
    /* 10.5.1.2: Invalidate Queue Depth (0 stands for 32), Page Aligned Request, Global Invalidate Supported. */
    const struct pcie_config_field ats[] = {
        {.offset = 0x04, .bytes = 2, .reset = (p->invq & 0x1fu) | 0x20u | (uint32_t)p->gis << 6},
        {.offset = 0x06, .bytes = 2, .writable = ATS_ENABLE | 0x1fu},
    };
    uint32_t supported = (uint32_t)(p->execute << 1 | p->privileged << 2 | p->tpasid << 3);
    const struct pcie_config_field pasid[] = {
        {.offset = 0x04, .bytes = 2, .reset = supported | (uint32_t)p->pasid_width << 8},
        {.offset = 0x06, .bytes = 2, .writable = supported | 1u},
    };
    /* 10.5.2: RF and UPRGI are RW1C; Stopped follows; PRG Response PASID Required. */
    const struct pcie_config_field pri[] = {
        {.offset = 0x04, .bytes = 2, .writable = PRI_ENABLE},
        {.offset = 0x06, .bytes = 2, .reset = PRI_STOPPED | (p->pasid ? 0x8000u : 0), .write_one_clear = 0x0003},
        {.offset = 0x08, .bytes = 4, .reset = p->pri_capacity},
        {.offset = 0x0c, .bytes = 4, .writable = UINT32_MAX},
    };
    if (p->ats) {
        pcie_config_add_extended(&device->config, PD_CFG_ATS, 0x000f, 1);
        pcie_config_add_fields(&device->config, PD_CFG_ATS, ats, COUNT(ats));
    }
    if (p->pasid) {
        pcie_config_add_extended(&device->config, PD_CFG_PASID, 0x001b, 1);
        pcie_config_add_fields(&device->config, PD_CFG_PASID, pasid, COUNT(pasid));
    }
    if (p->pri) {
        pcie_config_add_extended(&device->config, PD_CFG_PRI, 0x0013, 1);
        pcie_config_add_fields(&device->config, PD_CFG_PRI, pri, COUNT(pri));
    }
}

void pd_config_build(struct pasid_device *device)
{
    add_header(device);
    add_express(device);
    add_interrupts_and_power(device);
    add_errors(device);
    add_vendor_specific(device);
    add_translation(device);
}

/* ---- what the bits gate ---- */

static uint32_t get(const struct pasid_device *device, uint32_t offset, uint32_t bytes)
{
    return pcie_config_read(&device->config, offset, bytes);
}

static bool in_d0(const struct pasid_device *device)
{
    return (get(device, PM_CONTROL, 2) & 3u) == 0;
}

bool pd_memory_enabled(const struct pasid_device *device)
{
    return in_d0(device) && (get(device, COMMAND, 2) & COMMAND_MSE);
}

bool pd_master_enabled(const struct pasid_device *device)
{
    return in_d0(device) && (get(device, COMMAND, 2) & COMMAND_BME);
}

bool pd_ats_on(const struct pasid_device *device)
{
    return get(device, ATS_CONTROL, 2) & ATS_ENABLE;
}

uint32_t pd_pasid_control(const struct pasid_device *device)
{
    return get(device, PASID_CONTROL, 2);
}

bool pd_pri_enabled(const struct pasid_device *device)
{
    return get(device, PRI_CONTROL, 2) & PRI_ENABLE;
}

/* ---- errors: 6.2 Error Signaling and Logging ---- */

void pd_config_status(struct pasid_device *device, uint32_t bits)
{
    pcie_config_change(&device->config, STATUS, 2, 0, bits);
}

/*
 * 6.2.3.2.4: what is answered by a completion, an unexpected completion, and poisoned data that are dealt with are advisory when
 * their severity is not fatal: correctable errors.
 */
void pd_config_error(struct pasid_device *device, enum pd_error error)
{
    static const struct {
        uint32_t aer;
        bool advisory;
    } errors[] = {
        [PD_ERROR_COMPLETION_TIMEOUT] = {1u << 14, false}, [PD_ERROR_UNEXPECTED] = {1u << 16, true},
        [PD_ERROR_UNSUPPORTED] = {1u << 20, true},         [PD_ERROR_UNSUPPORTED_POSTED] = {1u << 20, false},
        [PD_ERROR_POISONED] = {1u << 12, true},            [PD_ERROR_MALFORMED] = {1u << 18, false},
    };
    bool fatal = get(device, PD_CFG_AER + 0x0cu, 4) & errors[error].aer, advisory = errors[error].advisory && !fatal;
    uint32_t status = fatal ? DEVICE_STATUS_FATAL : advisory ? DEVICE_STATUS_CORRECTABLE : DEVICE_STATUS_NONFATAL;
    if (error == PD_ERROR_UNSUPPORTED || error == PD_ERROR_UNSUPPORTED_POSTED)
        status |= DEVICE_STATUS_UNSUPPORTED;
    pcie_config_change(&device->config, PD_CFG_AER + 0x04u, 4, 0, errors[error].aer);
    pcie_config_change(&device->config, DEVICE_STATUS, 2, 0, status);
    if (advisory)
        pcie_config_change(&device->config, PD_CFG_AER + 0x10u, 4, 0, 0x2000);
}

/* ---- requests ---- */

static bool touches(uint32_t offset, uint32_t bytes, uint32_t byte)
{
    return offset <= byte && byte < offset + bytes;
}

/* Deviations: capabilities that are not what the device does. */
static uint32_t lie(struct pasid_device *device, uint32_t offset, uint32_t bytes, uint32_t value)
{
    static const struct {
        enum pd_erratum_id id;
        uint32_t at;
        uint8_t change;
    } lies[] = {
        {PD_E_H46_PAR, PD_CFG_ATS + 4u, 0x20},
        {PD_E_H46_GIS, PD_CFG_ATS + 4u, 0x40},
        {PD_E_H46_DEPTH, PD_CFG_ATS + 4u, 0x10},
        {PD_E_H46_WIDTH, PD_CFG_PASID + 5u, 0x01},
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
        if (touches(offset, bytes, lies[i].at) && pd_deviates(device, lies[i].id, NULL, lies[i].at, NULL))
            value ^= (uint32_t)lies[i].change << 8u * (lies[i].at - offset);
    return value;
}

uint32_t pasid_device_config_read(struct pasid_device *device, uint32_t offset, uint32_t bytes)
{
    bool pending = pd_tags_busy(device);
    pcie_config_change(&device->config, DEVICE_STATUS, 2, DEVICE_STATUS_TRANSACTIONS, pending ? DEVICE_STATUS_TRANSACTIONS : 0);
    if (device->params.pri) {
        uint32_t messages, groups;
        pd_pri_counts(device, &messages, &groups);
        bool early = !pd_pri_enabled(device) && groups && pd_deviates(device, PD_E_H38, NULL, 0, NULL);
        bool stopped = !pd_pri_enabled(device) && (!groups || early);
        pcie_config_change(&device->config, PRI_STATUS, 2, PRI_STOPPED, stopped ? PRI_STOPPED : 0);
    }
    return lie(device, offset, bytes, get(device, offset, bytes));
}

/* 10.5.1.3: Enable from 0 to 1 begins with an empty ATC; STU and the PASID control may not change while Enable is 1. */
static void ats_written(struct pasid_device *device, uint32_t ats, uint32_t pasid)
{
    uint32_t ats_now = get(device, ATS_CONTROL, 2), pasid_now = pd_pasid_control(device);
    bool was_on = ats & ATS_ENABLE, on = ats_now & ATS_ENABLE;
    if (on != was_on) {
        device->shut = false;
        for (uint32_t i = 0; i < PD_TREQS_MAX; i++)
            device->treq[i].absorbed |= device->treq[i].state == PD_TREQ_PENDING;
    }
    if (on && !was_on && !device->atc.outlives && !pd_deviates(device, PD_E_D03, NULL, 0, NULL))
        pd_atc_clear(device);
    if (on)
        device->atc.outlives = false;
    if (was_on && on && (ats != ats_now || pasid != pasid_now)) {
        pd_atc_clear(device);
        for (uint32_t i = 0; i < PD_TREQS_MAX; i++)
            device->treq[i].stale |= device->treq[i].state != PD_TREQ_FREE;
        pd_event(device, PD_ERR_ATS_CONTROL, NULL, -1, false, 0, true);
    }
}

void pasid_device_config_write(struct pasid_device *device, uint32_t offset, uint32_t bytes, uint32_t value)
{
    uint32_t ats = get(device, ATS_CONTROL, 2), pasid = pd_pasid_control(device), pri = get(device, PRI_CONTROL, 2);
    device->requester_id = device->target_id; /* 2.2.6.2: captured with every Type 0 write */
    pcie_config_write(&device->config, offset, bytes, value);
    if (touches(offset, bytes, DEVICE_CONTROL + 1u) && (value >> 8u * (DEVICE_CONTROL + 1u - offset) & 0x80u)) {
        pasid_device_reset(device, PASID_DEVICE_FUNCTION);
        return;
    }
    if (device->params.ats)
        ats_written(device, ats, pasid);
    if (device->params.pri && touches(offset, bytes, PRI_CONTROL))
        pd_pri_config(device, pri, get(device, PRI_CONTROL, 2), value >> 8u * (PRI_CONTROL - offset) & PRI_RESET);
    pd_kick(device);
}

void pasid_device_config_target(struct pasid_device *device, uint16_t requester_id)
{
    device->target_id = requester_id;
}
