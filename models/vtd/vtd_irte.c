/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_irte.c - 5.1.2 Interrupt Request Formats, 5.1.3 Interrupt Remapping Table, 9.9 and 9.10 Interrupt Remapping Table
 * Entry, 9.11 Posted Interrupt Descriptor: what they mean.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_steps.h"

/* ---- 11.4.10 ---- */

struct vtd_interrupt_table vtd_interrupt_table_decode(const struct vtd_params *p, uint64_t irta)
{
    unsigned size = (unsigned)VTD_FMT_GET(VTD_IRTADDR_S, irta);
    return (struct vtd_interrupt_table){
        .base = irta & VTD_IRTADDR_BASE,
        .entries = UINT32_C(1) << (size + (vtd_erratum(p, VTD_E_IRTA_SIZE) ? 0u : 1u)),
        .eime = (irta & VTD_IRTADDR_EIME) != 0,
    };
}

/* ---- 5.1.2.2, 5.1.3: from a request to its entry ---- */

#define ADDRESS_HANDLE_LOW VTD_FMT(19u, 5u)
#define ADDRESS_FORMAT VTD_FMT(4u, 4u)
#define ADDRESS_SHV VTD_FMT(3u, 3u)
#define ADDRESS_HANDLE_15 VTD_FMT(2u, 2u)

bool vtd_interrupt_is_remappable(uint64_t address)
{
    return (address & ADDRESS_FORMAT) != 0;
}

/* The sum has 17 bits: it does not wrap. */
static uint32_t index_of(const struct vtd_params *p, uint64_t address, uint32_t data)
{
    uint64_t high = vtd_erratum(p, VTD_E_HANDLE_15) ? 0 : VTD_FMT_GET(ADDRESS_HANDLE_15, address);
    uint32_t handle = (uint32_t)(VTD_FMT_GET(ADDRESS_HANDLE_LOW, address) | high << 15);
    bool subhandle = (address & ADDRESS_SHV) || vtd_erratum(p, VTD_E_SUBHANDLE_ALWAYS);
    uint32_t index = handle + (subhandle ? data & 0xffffu : 0);
    return vtd_erratum(p, VTD_E_INDEX_WRAPS) ? index & 0xffffu : index;
}

enum vtd_condition vtd_interrupt_index(const struct vtd_params *p, const struct vtd_interrupt_table *table, uint64_t address,
                                       uint32_t data, uint32_t *index, uint64_t *entry_address)
{
    *index = index_of(p, address, data);
    *entry_address = table->base + (uint64_t)*index * VTD_IRTE_BYTES;
    if (vtd_found(p, VTD_IR_20H, (address & ADDRESS_SHV) && data >> 16))
        return VTD_IR_20H;
    bool beyond = *index >= table->entries || (*entry_address & vtd_beyond_haw(p));
    return vtd_found(p, VTD_IR_21H, beyond) ? VTD_IR_21H : VTD_OK;
}

/* ---- 9.9, 9.10 ---- */

enum { SVT_NONE, SVT_ID, SVT_BUS, SVT_RESERVED };

static bool source_is_valid(const struct vtd_params *p, uint64_t word1, uint16_t requester_id)
{
    static const uint16_t ignored[4] = {0, 4, 6, 7};
    uint16_t sid = (uint16_t)VTD_FMT_GET(VTD_IRTE_W1_SID, word1);
    uint16_t mask = vtd_erratum(p, VTD_E_SQ_IGNORED) ? 0 : ignored[VTD_FMT_GET(VTD_IRTE_W1_SQ, word1)];
    uint8_t bus = pcie_bus(requester_id), first = (uint8_t)(sid >> 8), last = (uint8_t)sid;
    switch (VTD_FMT_GET(VTD_IRTE_W1_SVT, word1)) {
    case SVT_ID:
        return ((sid ^ requester_id) & (uint16_t)~mask) == 0;
    case SVT_BUS:
        if (vtd_erratum(p, VTD_E_SVT_BUS_END))
            last = first;
        return bus >= first && bus <= last;
    default: /* 11b is a reserved value, not a check */
        return true;
    }
}

static bool remapped_reserved(const struct vtd_params *p, bool eime, const uint64_t entry[2])
{
    uint64_t reserved = VTD_IRTE_W0_RESERVED;
    unsigned mode = (unsigned)VTD_FMT_GET(VTD_IRTE_W0_DLM, entry[0]);
    if (!eime && !vtd_erratum(p, VTD_E_XAPIC_DESTINATION_WIDE))
        reserved |= VTD_IRTE_W0_DST_XAPIC_RESERVED;
    return (entry[0] & reserved) || (entry[1] & VTD_IRTE_W1_RESERVED) || mode == 3u || mode == 6u;
}

static uint64_t descriptor_address(const uint64_t entry[2])
{
    return (entry[1] & VTD_PIRTE_W1_PDAH) | VTD_FMT_GET(VTD_PIRTE_W0_PDAL, entry[0]) << 6;
}

static bool posted_reserved(const struct vtd_params *p, const uint64_t entry[2])
{
    return !p->pi || (entry[0] & VTD_PIRTE_W0_RESERVED) || (entry[1] & VTD_PIRTE_W1_RESERVED) ||
           (descriptor_address(entry) & vtd_beyond_haw(p));
}

static void irte_fields(bool eime, const uint64_t entry[2], struct vtd_irte *out)
{
    uint32_t destination = (uint32_t)VTD_FMT_GET(VTD_IRTE_W0_DST, entry[0]);
    *out = (struct vtd_irte){
        .fpd = (entry[0] & VTD_IRTE_W0_FPD) != 0,
        .posted = (entry[0] & VTD_IRTE_W0_IM) != 0,
        .urgent = (entry[0] & VTD_PIRTE_W0_URG) != 0,
        .vector = (uint8_t)VTD_FMT_GET(VTD_IRTE_W0_V, entry[0]),
        .delivery_mode = (uint8_t)VTD_FMT_GET(VTD_IRTE_W0_DLM, entry[0]),
        .level = (entry[0] & VTD_IRTE_W0_TM) != 0,
        .redirection_hint = (entry[0] & VTD_IRTE_W0_RH) != 0,
        .logical = (entry[0] & VTD_IRTE_W0_DM) != 0,
        .destination = eime ? destination : destination >> 8 & 0xffu,
        .descriptor = descriptor_address(entry),
    };
}

/* 5.1.4: present, then the source, then the rest. */
enum vtd_condition vtd_irte_decode(const struct vtd_params *p, const struct vtd_interrupt_table *table, const uint64_t entry[2],
                                   uint16_t requester_id, bool from_cache, struct vtd_irte *out)
{
    irte_fields(table->eime, entry, out);
    if (vtd_found(p, VTD_IR_22H, !(entry[0] & VTD_IRTE_W0_P)))
        return VTD_IR_22H;
    bool checked = !(from_cache && vtd_erratum(p, VTD_E_IEC_HIT_UNCHECKED));
    if (vtd_found(p, VTD_IR_26H, checked && !source_is_valid(p, entry[1], requester_id)))
        return VTD_IR_26H;
    bool reserved = out->posted ? posted_reserved(p, entry) : remapped_reserved(p, table->eime, entry);
    reserved |= VTD_FMT_GET(VTD_IRTE_W1_SVT, entry[1]) == SVT_RESERVED;
    return vtd_found(p, VTD_IR_24H, reserved) ? VTD_IR_24H : VTD_OK;
}

/* ---- what goes to the processors ---- */

static struct vtd_interrupt_message message_of(uint32_t destination, bool redirection_hint, bool logical, uint32_t data)
{
    return (struct vtd_interrupt_message){
        .address = UINT64_C(0xfee00000) | (uint64_t)(destination & 0xffu) << 12 | (uint64_t)redirection_hint << 3 |
                   (uint64_t)logical << 2 | (uint64_t)(destination >> 8) << 40,
        .data = data,
    };
}

#define DATA_ASSERTED (1u << 14)

/* 5.1.4: Trigger Mode Level is always "asserted". */
struct vtd_interrupt_message vtd_remapped_message(const struct vtd_params *p, const struct vtd_irte *irte)
{
    bool level = irte->level && !vtd_erratum(p, VTD_E_REMAPPED_EDGE);
    uint32_t mode = vtd_erratum(p, VTD_E_REMAPPED_FIXED) ? 0 : irte->delivery_mode;
    uint32_t destination = irte->destination & (vtd_erratum(p, VTD_E_DESTINATION_8_BITS) ? 0xffu : UINT32_MAX);
    uint32_t data = irte->vector | mode << 8 | DATA_ASSERTED | (uint32_t)level << 15;
    return message_of(destination, irte->redirection_hint, irte->logical, data);
}

/* ---- 9.11, 5.2.3 ---- */

enum vtd_condition vtd_posted_check(const struct vtd_params *p, bool eime, const uint64_t descriptor[8])
{
    uint64_t set = descriptor[4] & VTD_PID_W4_RESERVED;
    if (!eime)
        set |= descriptor[4] & VTD_PID_W4_NDST_XAPIC_RESERVED;
    set |= descriptor[5] | descriptor[6] | descriptor[7];
    return vtd_found(p, VTD_IR_28H, set != 0) ? VTD_IR_28H : VTD_OK;
}

bool vtd_posted_notifies(const struct vtd_params *p, const struct vtd_irte *irte, uint64_t word4)
{
    bool outstanding = (word4 & VTD_PID_W4_ON) && !vtd_erratum(p, VTD_E_ON_IGNORED);
    bool suppressed = (word4 & VTD_PID_W4_SN) && !vtd_erratum(p, VTD_E_SN_IGNORED);
    bool urgent = irte->urgent && !vtd_erratum(p, VTD_E_URG_IGNORED);
    return !outstanding && (urgent || !suppressed);
}

/* Physical, fixed, edge, no redirection hint, asserted. */
struct vtd_interrupt_message vtd_notification_message(const struct vtd_params *p, bool eime, uint64_t word4)
{
    uint32_t ndst = (uint32_t)VTD_FMT_GET(VTD_PID_W4_NDST, word4);
    uint32_t vector = (uint32_t)VTD_FMT_GET(VTD_PID_W4_NV, word4);
    bool wide = eime || vtd_erratum(p, VTD_E_NDST_FORMAT);
    return message_of(wide ? ndst : ndst >> 8 & 0xffu, false, false, vector | DATA_ASSERTED);
}
