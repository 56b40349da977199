/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_walk.c - 3.5 Hierarchical Translation Structures, 3.8 Nested Translation: how paging is set up, the checks before the
 * first read, and the walk that both stages share.
 */
#include "vtd/vtd_errata.h"
#include "vtd/vtd_formats.h"
#include "vtd/vtd_stage.h"
#include "vtd/vtd_steps.h"

#define LEVEL_BITS 9u
#define PAGE_LG2 12u

/* ---- how a walk is to be done ---- */

struct vtd_paging vtd_paging_of_context(const struct vtd_params *p, const struct vtd_context *context,
                                        const struct vtd_root_pointer *rtp)
{
    bool flags = vtd_erratum(p, VTD_E_SSADE_LEGACY);
    return (struct vtd_paging){
        .params = p,
        .pgtt = context->tt == VTD_TT_PASS_THROUGH ? VTD_PASS_THROUGH : VTD_SECOND_STAGE,
        .did = context->did,
        .ssirwe = rtp->ssirwe && p->ssirws && !vtd_erratum(p, VTD_E_IR_IW_IGNORED),
        .ssade = flags,
        .may_update = flags,
        /* 3.10: paging structures of legacy mode follow ECAP.C. */
        .snoop_walk = p->c,
        .aw_bits = context->aw_bits,
        .ssptptr = context->ssptptr,
    };
}

struct vtd_paging vtd_paging_of_pasid_entry(const struct vtd_params *p, const struct vtd_pasid_entry *entry,
                                            const struct vtd_root_pointer *rtp)
{
    /* 3.10: paging structures of scalable mode are snooped with SMPWCS and PWSNP; without that no flag may be updated. */
    bool snooped = p->smpwcs && entry->pwsnp;
    return (struct vtd_paging){
        .params = p,
        .scalable = true,
        .pgtt = entry->pgtt,
        .did = entry->did,
        .ssirwe = rtp->ssirwe && p->ssirws && !vtd_erratum(p, VTD_E_IR_IW_IGNORED),
        .ssade = entry->ssade,
        .snoop_walk = snooped,
        .may_update = snooped || vtd_erratum(p, VTD_E_AD_UNSNOOPED),
        .eafe = entry->eafe && !vtd_erratum(p, VTD_E_EAFE_IGNORED),
        .wpe = entry->wpe && !vtd_erratum(p, VTD_E_WPE_IGNORED),
        .aw_bits = entry->aw_bits,
        .fs_levels = entry->fs_levels,
        .ssptptr = entry->ssptptr,
        .fsptptr = entry->fsptptr,
        .pgsnp = entry->pgsnp && !vtd_erratum(p, VTD_E_PGSNP_IGNORED),
        .cd = entry->cd,
        .emte = entry->emte && !vtd_erratum(p, VTD_E_EMT_IGNORED),
        .sre = entry->sre,
        .pat = entry->pat,
    };
}

/* ---- before the first read ---- */

unsigned vtd_second_stage_bits(const struct vtd_params *p, uint8_t aw_bits)
{
    /* 11.4.2 MGAW: the address width is the reported value plus one. */
    unsigned mgaw_bits = p->mgaw + 1u;
    if (aw_bits >= mgaw_bits || vtd_erratum(p, VTD_E_V11))
        return mgaw_bits;
    return aw_bits;
}

static bool wider_than(uint64_t address, unsigned bits)
{
    return (address & ~vtd_low_bits(bits)) != 0;
}

/* 3.6: bits 63:N are all like bit N-1, N being 48 with 4 levels and 57 with 5. */
static bool canonical(const struct vtd_params *p, const struct vtd_paging *paging, uint64_t address)
{
    unsigned bits = paging->fs_levels == 5u ? 57u : 48u;
    if (vtd_erratum(p, VTD_E_CANONICAL_BY_AW) && paging->aw_bits)
        bits = paging->aw_bits;
    uint64_t top = address >> (bits - 1u);
    return top == 0 || top == vtd_low_bits(65u - bits);
}

static enum vtd_condition pass_through_check(const struct vtd_params *p, const struct vtd_paging *paging, uint64_t address)
{
    enum vtd_condition condition = paging->scalable ? VTD_SGN_4_2 : VTD_LGN_1_3;
    unsigned bits = vtd_erratum(p, VTD_E_PASS_THROUGH_AW) && paging->aw_bits ? paging->aw_bits : p->haw;
    return vtd_found(p, condition, wider_than(address, bits)) ? condition : VTD_OK;
}

enum vtd_condition vtd_input_check(const struct vtd_params *p, const struct vtd_paging *paging, uint64_t address)
{
    if (paging->pgtt == VTD_PASS_THROUGH)
        return pass_through_check(p, paging, address);
    if (paging->pgtt == VTD_SECOND_STAGE) {
        enum vtd_condition condition = paging->scalable ? VTD_SGN_5 : VTD_LGN_1_1;
        bool wide = wider_than(address, vtd_second_stage_bits(p, paging->aw_bits));
        return vtd_found(p, condition, wide) ? condition : VTD_OK;
    }
    return vtd_found(p, VTD_SGN_1, !canonical(p, paging, address)) ? VTD_SGN_1 : VTD_OK;
}

/* ---- the walk of one stage ---- */

void vtd_walk_begin(const struct vtd_paging *paging, enum vtd_stage stage, uint64_t input, struct vtd_walk *walk)
{
    bool first = stage == VTD_STAGE_FIRST;
    /* 3.7: (AGAW - 12) is a multiple of 9, the number of levels. */
    uint8_t levels = first ? paging->fs_levels : (uint8_t)((paging->aw_bits - PAGE_LG2) / LEVEL_BITS);
    *walk = (struct vtd_walk){
        .stage = stage,
        .level = levels,
        .top_level = levels,
        .input = input,
        .table = first ? paging->fsptptr : paging->ssptptr,
        .read = true,
        .write = true,
        .user = true,
        .short_top_shift = vtd_erratum(paging->params, VTD_E_FIVE_LEVEL_SHIFT),
    };
}

void vtd_walk_resume(struct vtd_walk *walk, uint8_t level, uint64_t table, bool read, bool write, bool user)
{
    walk->level = level;
    walk->table = table;
    walk->read = read;
    walk->write = write;
    walk->user = user;
}

static unsigned level_shift(unsigned level)
{
    return PAGE_LG2 + LEVEL_BITS * (level - 1u);
}

uint64_t vtd_walk_entry_address(const struct vtd_walk *walk)
{
    unsigned shift = level_shift(walk->level);
    if (walk->short_top_shift && walk->level == 5u)
        shift--;
    return walk->table + ((walk->input >> shift) & vtd_low_bits(LEVEL_BITS)) * 8u;
}

/* 7.1.3: an entry that does not let the walk go on. In legacy mode that is a lack of the right that the request needs. */
static enum vtd_condition absent_condition(const struct vtd_paging *paging, const struct vtd_walk *walk, bool for_write)
{
    if (walk->stage == VTD_STAGE_FIRST)
        return VTD_SFS_2;
    if (!paging->scalable)
        return for_write ? VTD_LGN_2 : VTD_LGN_3;
    bool confused = paging->pgtt == VTD_NESTED && vtd_erratum(paging->params, VTD_E_NEST_ABSENT_75);
    return confused ? VTD_SFS_6 : VTD_SSS_2;
}

static enum vtd_condition reserved_condition(const struct vtd_paging *paging, const struct vtd_walk *walk)
{
    if (walk->stage == VTD_STAGE_FIRST)
        return VTD_SFS_3;
    return paging->scalable ? VTD_SSS_3 : VTD_LSS_2;
}

static enum vtd_condition entry_check(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_walk *walk,
                                      const struct vtd_entry_facts *facts, uint64_t entry, bool for_write)
{
    bool spoilt = (entry & facts->reserved) != 0;
    bool early = spoilt && walk->stage == VTD_STAGE_SECOND && vtd_erratum(p, VTD_E_SS_RESERVED_BEFORE_PRESENT);
    enum vtd_condition condition = absent_condition(paging, walk, for_write);
    if (vtd_found(p, condition, !early && !(entry & facts->present)))
        return condition;
    condition = reserved_condition(paging, walk);
    return vtd_found(p, condition, spoilt) ? condition : VTD_OK;
}

/* 3.6.1, 3.7.1: a right is granted if every entry of the walk grants it. */
static void rights_and(const struct vtd_params *p, const struct vtd_paging *paging, struct vtd_walk *walk, uint64_t entry)
{
    bool first = walk->stage == VTD_STAGE_FIRST;
    struct vtd_rights rights = first ? vtd_first_stage_rights(entry) : vtd_second_stage_rights(paging, entry);
    bool leaf_only = vtd_erratum(p, VTD_E_AND_LEAF_ONLY);
    walk->read = rights.read && (walk->read || leaf_only);
    walk->write = rights.write && (walk->write || leaf_only);
    walk->user = rights.user && (walk->user || leaf_only);
}

static bool write_allowed(const struct vtd_paging *paging, const struct vtd_walk *walk, bool privileged)
{
    if (walk->stage == VTD_STAGE_SECOND)
        return walk->write;
    if (privileged)
        return walk->write || !paging->wpe;
    return walk->write && walk->user;
}

/* The deviation RIGHTS_EARLY: rights are judged at every entry, so that they outrank what lies further down. */
static enum vtd_condition early_rights(const struct vtd_params *p, const struct vtd_paging *paging, const struct vtd_walk *walk,
                                       bool for_write, bool privileged)
{
    if (!vtd_erratum(p, VTD_E_RIGHTS_EARLY))
        return VTD_OK;
    if (walk->stage == VTD_STAGE_FIRST && !privileged && !walk->user)
        return VTD_SGN_2;
    if (for_write && !write_allowed(paging, walk, privileged))
        return paging->scalable ? VTD_SGN_6 : VTD_LGN_2;
    if (!for_write && !walk->read)
        return paging->scalable ? VTD_SGN_7 : VTD_LGN_3;
    return VTD_OK;
}

/* 3.6.2, 3.7.2: which flags the use of this entry sets. */
static uint64_t flags_of_use(const struct vtd_params *p, const struct vtd_entry_facts *facts, uint64_t entry, bool dirties)
{
    if (!facts->leaf)
        return vtd_erratum(p, VTD_E_V18) ? 0 : facts->accessed;
    bool used_before = (entry & facts->accessed) != 0 && vtd_erratum(p, VTD_E_DIRTY_WITH_A_ONLY);
    bool dirty = dirties && !used_before && !vtd_erratum(p, VTD_E_DIRTY_SKIPPED);
    return facts->accessed | (dirty ? facts->dirty : 0);
}

static uint64_t entry_address(const struct vtd_params *p, uint64_t entry)
{
    return entry & VTD_PAGING_ADDRESS & ~vtd_beyond_haw(p);
}

/* 3.5: the page address is completed with the bits of the input that have selected no entry. */
static void leaf_output(const struct vtd_params *p, struct vtd_walk *walk, uint64_t entry)
{
    unsigned lg2 = level_shift(walk->level);
    uint64_t frame = entry_address(p, entry) & ~vtd_low_bits(lg2);
    if (walk->level == 2u && vtd_erratum(p, VTD_E_PAGE_2M_OFFSET))
        lg2--;
    if (walk->level == 3u && vtd_erratum(p, VTD_E_PAGE_1G_OFFSET))
        lg2--;
    walk->output = frame | (walk->input & vtd_low_bits(lg2));
    walk->page_lg2 = (uint8_t)lg2;
    if (walk->stage == VTD_STAGE_FIRST)
        vtd_first_stage_leaf(entry, walk);
    else
        vtd_second_stage_leaf(p, entry, walk);
}

enum vtd_step vtd_walk_step(const struct vtd_params *p, const struct vtd_paging *paging, struct vtd_walk *walk, uint64_t entry,
                            bool for_write, bool privileged, uint64_t *wanted, enum vtd_condition *condition)
{
    bool first = walk->stage == VTD_STAGE_FIRST;
    struct vtd_entry_facts facts =
        first ? vtd_first_stage_facts(p, paging, walk->level, entry) : vtd_second_stage_facts(p, paging, walk->level, entry);
    *wanted = entry;
    *condition = entry_check(p, paging, walk, &facts, entry, for_write);
    if (*condition != VTD_OK)
        return VTD_STEP_FAULT;
    rights_and(p, paging, walk, entry);
    *condition = early_rights(p, paging, walk, for_write, privileged);
    if (*condition != VTD_OK)
        return VTD_STEP_FAULT;

    *wanted |= flags_of_use(p, &facts, entry, for_write && write_allowed(paging, walk, privileged));
    enum vtd_condition unsnooped = first ? VTD_SFS_9 : VTD_SSS_5;
    if (vtd_found(p, unsnooped, *wanted != entry && !paging->may_update)) {
        *condition = unsnooped;
        return VTD_STEP_FAULT;
    }
    if (!facts.leaf) {
        walk->table = entry_address(p, entry);
        walk->level--;
        return VTD_STEP_TABLE;
    }
    walk->dirty = facts.dirty == 0 || (*wanted & facts.dirty) != 0;
    leaf_output(p, walk, entry);
    return VTD_STEP_LEAF;
}

/* ---- accesses that fail ---- */

enum vtd_condition vtd_walk_read_failed(const struct vtd_paging *paging, const struct vtd_walk *walk)
{
    bool top = walk->level == walk->top_level;
    if (walk->stage == VTD_STAGE_FIRST)
        return top ? VTD_SFS_4 : VTD_SFS_1;
    if (paging->scalable)
        return top ? VTD_SSS_4 : VTD_SSS_1;
    return top ? VTD_LCT_4_3 : VTD_LSS_1;
}

enum vtd_condition vtd_walk_update_failed(const struct vtd_paging *paging, const struct vtd_walk *walk)
{
    (void)paging; /* legacy mode has no flags */
    return walk->stage == VTD_STAGE_FIRST ? VTD_SFS_10 : VTD_SSS_6;
}

/* ---- 3.8 nesting ---- */

/* SSS.2 as seen from a first-stage table: its page is not mapped at all. */
static enum vtd_condition table_page_absent(const struct vtd_params *p, const struct vtd_walk *second)
{
    if (!vtd_found(p, VTD_SSS_2, !second->read && !second->write))
        return VTD_OK;
    return vtd_erratum(p, VTD_E_NEST_ABSENT_75) ? VTD_SFS_6 : VTD_SSS_2;
}

enum vtd_condition vtd_nested_table_rights(const struct vtd_paging *paging, const struct vtd_walk *first,
                                           const struct vtd_walk *second, bool update)
{
    const struct vtd_params *p = paging->params;
    if (update) {
        bool blocked = !(second->read && second->write) && !vtd_erratum(p, VTD_E_V08);
        return vtd_found(p, VTD_SFS_8, blocked) ? VTD_SFS_8 : VTD_OK;
    }
    enum vtd_condition condition = table_page_absent(p, second);
    if (condition != VTD_OK)
        return condition;
    /* 3.8.1: with SSADE a read of a first-stage table needs both rights. */
    bool readable = second->read && (second->write || !paging->ssade);
    condition = first->level == first->top_level ? VTD_SFS_6 : VTD_SFS_7;
    return vtd_found(p, condition, !readable) ? condition : VTD_OK;
}

enum vtd_condition vtd_nested_width(const struct vtd_params *p, const struct vtd_paging *paging, uint64_t guest_address)
{
    bool wide = wider_than(guest_address, vtd_second_stage_bits(p, paging->aw_bits));
    if (!vtd_found(p, VTD_SFS_5, wide))
        return VTD_OK;
    return vtd_erratum(p, VTD_E_NEST_WIDTH_84) ? VTD_SGN_5 : VTD_SFS_5;
}
