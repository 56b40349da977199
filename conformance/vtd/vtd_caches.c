/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each invalidation must remove after each kind of change (6.5.2.1 to 6.5.2.4, Tables 23 and 24; 6.5.3.3 Table 28), and
 * what invalidations that need not suffice leave possible. An entry is used before it changes, so that a unit that caches
 * has it; a unit that caches nothing or drops too much passes.
 */
#include "vtd_stale.h"

#include "vtd_chapters.h"

#define INPUT UINT64_C(0x2345000)
#define PASID 0x45u

/* Invalidations in the order in which they are submitted, and the row that this sequence decides. */
struct sequence {
    const char *row;
    uint32_t count;
    enum stale_drop drops[3];
};

#define ONE(ROW, A) \
    {               \
        ROW, 1,     \
        {           \
            A       \
        }           \
    }
#define TWO(ROW, A, B) \
    {                  \
        ROW, 2,        \
        {              \
            A, B       \
        }              \
    }
#define THREE(ROW, A, B, C) \
    {                       \
        ROW, 3,             \
        {                   \
            A, B, C         \
        }                   \
    }

struct rule {
    uint32_t flavours;
    enum stale_change change;
    uint32_t level_first, level_last; /* of paging entries */
    bool same_domain;                 /* the changed PASID or context entry keeps its domain id */
    const char *between;              /* row of "old or new until it is invalidated" */
    const struct sequence *sequences;
    uint32_t sequence_count;
    /* An invalidation that may leave the entry; the row is `between`. */
    bool weak_other_domain;
    struct sequence weak;
};

/* The address that a page-selective invalidation after this change must name. */
static uint64_t changed_address(struct stale *s, enum stale_change change)
{
    if (change == STALE_FS_PAGE)
        return stale_fs_page(s);
    return change == STALE_SECOND && s->guest ? s->guest : s->input;
}

static bool can_run(const struct stale *s, const struct sequence *sequence)
{
    for (uint32_t i = 0; i < sequence->count; i++)
        if (!stale_can_drop(s, sequence->drops[i]))
            return false;
    return true;
}

static void run_sequence(struct stale *s, const struct sequence *sequence, uint64_t address)
{
    for (uint32_t i = 0; i < sequence->count; i++)
        CHECK(s->vt->t, sequence->row, stale_drop(s, sequence->drops[i], address), "%s completes",
              stale_drop_name(sequence->drops[i]));
}

static void run_weak(struct stale *s, const struct rule *rule, uint64_t address)
{
    struct stale other = *s;

    if (rule->weak_other_domain)
        other.path.did ^= 8;
    run_sequence(&other, &rule->weak, address);
    stale_between(s, rule->between);
}

/* One round: open, use, change, invalidate, use. */
static void run_round(struct vt *vt, const struct rule *rule, enum vt_flavour_id flavour, uint32_t level, uint32_t n)
{
    const struct sequence *sequence = &rule->sequences[n];
    uint32_t did = 4 + n % 2;
    struct stale s;
    uint64_t address;

    /* Devices of both halves of the scalable root entry, where the adapter has them. */
    stale_open(&s, vt, flavour, vt_rid(vt, vt_rid_count(vt) > 2 ? n % 2 : 0), PASID, did, INPUT);
    if (!can_run(&s, sequence) || !can_run(&s, &rule->weak))
        return;
    test_context(vt->t, "%s, level %u, %s after the change", vt_flavours[flavour].name, level,
                 stale_drop_name(sequence->drops[sequence->count - 1]));
    if ((n + level) % 2)
        s.r.kind = IOTB_READ;
    address = changed_address(&s, rule->change);
    stale_warm(&s, sequence->row);
    stale_change(&s, rule->change, level, rule->same_domain ? did : did + 2);
    if (rule->weak.count)
        run_weak(&s, rule, address);
    else if (n == 0)
        stale_between(&s, rule->between);
    run_sequence(&s, sequence, address);
    stale_gone(&s, sequence->row);
}

static void run_rule(struct test *t)
{
    const struct rule *rule = test_argument(t);
    uint32_t ran = 0;

    for (uint32_t id = 0; id < VT_FLAVOUR_COUNT; id++) {
        struct stale probe;
        struct vt vt;
        uint32_t last;

        if (!(rule->flavours & 1u << id) || !vt_has_flavour(t, (enum vt_flavour_id)id))
            continue;
        if (ran++)
            test_reset(t, IOTB_RESET_COLD);
        vt_open_mode(&vt, t, vt_flavours[id].mode);
        stale_open(&probe, &vt, (enum vt_flavour_id)id, vt_rid(&vt, 0), PASID, 4, INPUT);
        last = stale_levels(&probe, rule->change);
        last = last < rule->level_last ? last : rule->level_last;
        for (uint32_t level = rule->level_first; level <= last; level++)
            for (uint32_t n = 0; n < rule->sequence_count; n++)
                run_round(&vt, rule, (enum vt_flavour_id)id, level, n);
        vt_close(&vt);
    }
    if (!ran)
        test_skip(t, "no translation of the kind that this case needs");
}

/* ---- what must be gone ---- */

#define LEGACY_SS (1u << VT_LEGACY_SS)
#define SCALABLE_SS (1u << VT_RID_SS | 1u << VT_PASID_SS)
#define ANY_FIRST (VT_FS_FLAVOURS | VT_NESTED_FLAVOURS)

static const struct sequence after_ss_leaf[] = {
    ONE("VTD-6-648", DROP_PAGE),   ONE("VTD-6-029", DROP_PAGE_HINT), ONE("VTD-6-033", DROP_DOMAIN),
    ONE("VTD-6-033", DROP_GLOBAL), ONE("VTD-6-035", DROP_P_PASID),
};
static const struct sequence after_ss_table[] = {
    ONE("VTD-6-028", DROP_PAGE),
    ONE("VTD-6-033", DROP_DOMAIN),
    ONE("VTD-6-033", DROP_GLOBAL),
};
static const struct sequence after_fs_leaf[] = {
    ONE("VTD-6-665", DROP_P_PAGE),   ONE("VTD-6-665", DROP_P_PAGE_HINT), ONE("VTD-6-579", DROP_P_PASID),
    ONE("VTD-6-034", DROP_PAGE_FAR), ONE("VTD-6-033", DROP_DOMAIN),      ONE("VTD-6-033", DROP_GLOBAL),
};
static const struct sequence after_fs_table[] = {
    ONE("VTD-6-583", DROP_P_PAGE), ONE("VTD-6-579", DROP_P_PASID), ONE("VTD-6-034", DROP_PAGE_FAR),
    ONE("VTD-6-033", DROP_DOMAIN), ONE("VTD-6-033", DROP_GLOBAL),
};
static const struct sequence after_nested_leaf[] = {
    ONE("VTD-6-666", DROP_PAGE),   ONE("VTD-6-666", DROP_PAGE_HINT), ONE("VTD-6-034", DROP_PAGE_FAR),
    ONE("VTD-6-574", DROP_DOMAIN), ONE("VTD-6-033", DROP_GLOBAL),
};
static const struct sequence after_nested_table[] = {
    ONE("VTD-6-573", DROP_PAGE),
    ONE("VTD-6-574", DROP_DOMAIN),
    ONE("VTD-6-033", DROP_GLOBAL),
};
/* Table 28: fields of a PASID entry other than P and SSADE; its domain changes with the pointer. */
static const struct sequence after_pasid[] = {
    TWO("VTD-6-662", DROP_PC_PASID, DROP_P_PASID),
    TWO("VTD-6-661", DROP_PC_PASID, DROP_DOMAIN),
    TWO("VTD-6-562", DROP_PC_DOMAIN, DROP_DOMAIN),
    TWO("VTD-6-565", DROP_PC_GLOBAL, DROP_GLOBAL),
};
static const struct sequence after_pasid_same[] = {
    TWO("VTD-6-661", DROP_PC_PASID, DROP_DOMAIN),
    TWO("VTD-6-562", DROP_PC_DOMAIN, DROP_DOMAIN),
    TWO("VTD-6-565", DROP_PC_GLOBAL, DROP_GLOBAL),
};
static const struct sequence after_pasid_same_first[] = {
    TWO("VTD-6-662", DROP_PC_PASID, DROP_P_PASID),
    TWO("VTD-6-562", DROP_PC_DOMAIN, DROP_DOMAIN),
};
static const struct sequence after_directory[] = {
    TWO("VTD-6-566", DROP_PC_PASID, DROP_DOMAIN),
    TWO("VTD-6-664", DROP_PC_DOMAIN, DROP_DOMAIN),
    TWO("VTD-6-565", DROP_PC_GLOBAL, DROP_GLOBAL),
};
static const struct sequence after_context_legacy[] = {
    TWO("VTD-6-659", DROP_CC_DEVICE, DROP_DOMAIN),
    TWO("VTD-6-557", DROP_CC_DEVICE, DROP_GLOBAL),
    TWO("VTD-6-015", DROP_CC_DOMAIN, DROP_DOMAIN),
    TWO("VTD-6-556", DROP_CC_GLOBAL, DROP_GLOBAL),
};
static const struct sequence after_context_scalable[] = {
    THREE("VTD-6-660", DROP_CC_DEVICE, DROP_PC_DOMAIN, DROP_DOMAIN),
    THREE("VTD-6-559", DROP_CC_DOMAIN, DROP_PC_DOMAIN, DROP_DOMAIN),
    THREE("VTD-6-556", DROP_CC_GLOBAL, DROP_PC_GLOBAL, DROP_GLOBAL),
};
static const struct sequence after_root_legacy[] = {TWO("VTD-6-658", DROP_CC_GLOBAL, DROP_GLOBAL)};
static const struct sequence after_root_scalable[] = {THREE("VTD-6-658", DROP_CC_GLOBAL, DROP_PC_GLOBAL, DROP_GLOBAL)};

#define SEQUENCES(S) .sequences = (S), .sequence_count = sizeof(S) / sizeof(S)[0]
#define LEAF .level_first = 1, .level_last = 1
#define TABLES .level_first = 2, .level_last = 5
#define ENTRY .level_first = 1, .level_last = 1

static const struct rule ss_leaf_legacy = {LEGACY_SS, STALE_SECOND, LEAF, .between = "VTD-6-648", SEQUENCES(after_ss_leaf)};
static const struct rule ss_leaf = {SCALABLE_SS, STALE_SECOND, LEAF, .between = "VTD-6-648", SEQUENCES(after_ss_leaf)};
static const struct rule ss_table_legacy = {LEGACY_SS, STALE_SECOND, TABLES, .between = "VTD-6-653", SEQUENCES(after_ss_table)};
static const struct rule ss_table = {SCALABLE_SS, STALE_SECOND, TABLES, .between = "VTD-6-653", SEQUENCES(after_ss_table)};
static const struct rule fs_leaf = {VT_FS_FLAVOURS, STALE_FIRST, LEAF, .between = "VTD-6-648", SEQUENCES(after_fs_leaf)};
static const struct rule fs_table = {VT_FS_FLAVOURS, STALE_FIRST, TABLES, .between = "VTD-6-653", SEQUENCES(after_fs_table)};
static const struct rule nested_fs_leaf = {VT_NESTED_FLAVOURS, STALE_FIRST, LEAF, .between = "VTD-6-648",
                                           SEQUENCES(after_fs_leaf)};
static const struct rule nested_fs_table = {VT_NESTED_FLAVOURS, STALE_FIRST, TABLES, .between = "VTD-6-653",
                                            SEQUENCES(after_fs_table)};
static const struct rule nested_ss_leaf = {VT_NESTED_FLAVOURS, STALE_SECOND, LEAF, .between = "VTD-6-648",
                                           SEQUENCES(after_nested_leaf)};
static const struct rule nested_ss_table = {VT_NESTED_FLAVOURS, STALE_SECOND, TABLES, .between = "VTD-6-653",
                                            SEQUENCES(after_nested_table)};
static const struct rule nested_fs_page = {VT_NESTED_FLAVOURS, STALE_FS_PAGE, ENTRY, .between = "VTD-6-653",
                                           SEQUENCES(after_nested_table)};
static const struct rule pasid_entry = {SCALABLE_SS | ANY_FIRST, STALE_PASID, ENTRY, .between = "VTD-6-648",
                                        SEQUENCES(after_pasid)};
static const struct rule pasid_entry_ss = {
    SCALABLE_SS, STALE_PASID, ENTRY, .same_domain = true, .between = "VTD-6-648", SEQUENCES(after_pasid_same)};
static const struct rule pasid_entry_fs = {
    ANY_FIRST, STALE_PASID, ENTRY, .same_domain = true, .between = "VTD-6-648", SEQUENCES(after_pasid_same_first)};
static const struct rule directory = {SCALABLE_SS | ANY_FIRST, STALE_DIRECTORY, ENTRY, .between = "VTD-6-648",
                                      SEQUENCES(after_directory)};
static const struct rule context_legacy = {LEGACY_SS, STALE_CONTEXT, ENTRY, .between = "VTD-6-647",
                                           SEQUENCES(after_context_legacy)};
static const struct rule context_scalable = {SCALABLE_SS | ANY_FIRST, STALE_CONTEXT, ENTRY, .between = "VTD-6-647",
                                             SEQUENCES(after_context_scalable)};
static const struct rule root_legacy = {LEGACY_SS, STALE_ROOT, ENTRY, .between = "VTD-6-648", SEQUENCES(after_root_legacy)};
static const struct rule root_scalable = {SCALABLE_SS | ANY_FIRST, STALE_ROOT, ENTRY, .between = "VTD-6-648",
                                          SEQUENCES(after_root_scalable)};

/* ---- what may stay ---- */

static const struct sequence right_pasid[] = {TWO("VTD-6-018", DROP_PC_PASID, DROP_DOMAIN)};
static const struct sequence right_domain[] = {TWO("VTD-6-564", DROP_PC_PASID, DROP_DOMAIN)};
static const struct sequence right_pasid_later[] = {TWO("VTD-6-037", DROP_PC_PASID, DROP_DOMAIN)};
static const struct sequence right_context[] = {TWO("VTD-6-512", DROP_CC_DEVICE, DROP_DOMAIN)};
static const struct sequence right_iotlb[] = {ONE("VTD-6-526", DROP_DOMAIN)};
static const struct sequence right_iotlb_2[] = {TWO("VTD-6-039", DROP_PC_DOMAIN, DROP_DOMAIN)};
static const struct sequence right_hint[] = {ONE("VTD-6-029", DROP_PAGE)};
static const struct sequence right_hint_first[] = {ONE("VTD-6-583", DROP_P_PAGE)};
static const struct sequence right_ss[] = {ONE("VTD-6-580", DROP_DOMAIN)};
static const struct sequence right_ss_page[] = {ONE("VTD-6-036", DROP_DOMAIN)};
static const struct sequence right_ss_table[] = {ONE("VTD-6-035", DROP_DOMAIN)};
static const struct sequence right_first_by_domain[] = {ONE("VTD-6-574", DROP_P_PASID)};

static const struct rule weak_pasid_domain = {SCALABLE_SS | ANY_FIRST,
                                              STALE_PASID,
                                              ENTRY,
                                              .between = "VTD-6-018",
                                              SEQUENCES(right_pasid),
                                              .weak_other_domain = true,
                                              .weak = TWO("VTD-6-018", DROP_PC_PASID, DROP_DOMAIN)};
static const struct rule weak_new_domain = {SCALABLE_SS | ANY_FIRST,
                                            STALE_PASID,
                                            ENTRY,
                                            .between = "VTD-6-564",
                                            SEQUENCES(right_domain),
                                            .weak_other_domain = true,
                                            .weak = TWO("VTD-6-564", DROP_PC_DOMAIN, DROP_GLOBAL)};
static const struct rule weak_no_pasid = {SCALABLE_SS | ANY_FIRST,
                                          STALE_PASID,
                                          ENTRY,
                                          .between = "VTD-6-037",
                                          SEQUENCES(right_pasid_later),
                                          .weak = ONE("VTD-6-037", DROP_P_PASID)};
static const struct rule weak_context_domain = {LEGACY_SS,
                                                STALE_CONTEXT,
                                                ENTRY,
                                                .between = "VTD-6-512",
                                                SEQUENCES(right_context),
                                                .weak_other_domain = true,
                                                .weak = TWO("VTD-6-512", DROP_CC_DEVICE, DROP_GLOBAL)};
static const struct rule weak_context_alone = {
    LEGACY_SS, STALE_CONTEXT, ENTRY, .between = "VTD-6-526", SEQUENCES(right_iotlb), .weak = ONE("VTD-6-526", DROP_CC_DEVICE)};
static const struct rule weak_context_alone_2 = {SCALABLE_SS | ANY_FIRST,
                                                 STALE_CONTEXT,
                                                 ENTRY,
                                                 .between = "VTD-6-039",
                                                 SEQUENCES(right_iotlb_2),
                                                 .weak = ONE("VTD-6-039", DROP_CC_DEVICE)};
static const struct rule weak_hint = {LEGACY_SS | SCALABLE_SS, STALE_SECOND,          TABLES,
                                      .between = "VTD-6-029",  SEQUENCES(right_hint), .weak = ONE("VTD-6-029", DROP_PAGE_HINT)};
static const struct rule weak_hint_first = {ANY_FIRST,
                                            STALE_FIRST,
                                            TABLES,
                                            .between = "VTD-6-583",
                                            SEQUENCES(right_hint_first),
                                            .weak = ONE("VTD-6-583", DROP_P_PAGE_HINT)};
static const struct rule weak_ss_by_pasid = {
    SCALABLE_SS, STALE_SECOND, TABLES, .between = "VTD-6-035", SEQUENCES(right_ss_table), .weak = ONE("VTD-6-035", DROP_P_PASID)};
static const struct rule weak_ss_leaf_by_pasid = {
    SCALABLE_SS, STALE_SECOND, LEAF, .between = "VTD-6-580", SEQUENCES(right_ss), .weak = ONE("VTD-6-580", DROP_P_PASID)};
static const struct rule weak_ss_by_page = {
    SCALABLE_SS, STALE_SECOND, LEAF, .between = "VTD-6-036", SEQUENCES(right_ss_page), .weak = ONE("VTD-6-036", DROP_P_PAGE)};
static const struct rule weak_other = {ANY_FIRST,
                                       STALE_FIRST,
                                       LEAF,
                                       .between = "VTD-6-574",
                                       SEQUENCES(right_first_by_domain),
                                       .weak_other_domain = true,
                                       .weak = ONE("VTD-6-574", DROP_DOMAIN)};

/* ---- pass-through becomes translation: an IOTLB entry of pass-through is dropped by its domain ---- */

static void pass_through_body(struct vt *vt, struct vt_path *path)
{
    static const struct sequence scalable[] = {
        TWO("VTD-6-662", DROP_PC_PASID, DROP_P_PASID),
        TWO("VTD-6-034", DROP_PC_PASID, DROP_PAGE),
        TWO("VTD-6-033", DROP_PC_DOMAIN, DROP_DOMAIN),
    };
    static const struct sequence legacy[] = {TWO("VTD-6-659", DROP_CC_DEVICE, DROP_DOMAIN)};
    bool is_legacy = path->flavour->mode == VT_LEGACY;
    enum vt_flavour_id paged = is_legacy ? VT_LEGACY_SS : path->flavour->with_pasid ? VT_PASID_SS : VT_RID_SS;

    if (!vt_has_flavour(vt->t, paged))
        paged = path->flavour->with_pasid ? VT_PASID_FS : VT_RID_FS;
    if (!vt_has_flavour(vt->t, paged) || vt_flavours[paged].mode != path->flavour->mode)
        return;
    for (uint32_t n = 0; n < (is_legacy ? 1 : 3); n++) {
        const struct sequence *sequence = is_legacy ? &legacy[n] : &scalable[n];
        uint64_t page = mem_alloc(vt->t, 4096, 4096);
        struct vt_path pass, translated;
        struct stale s = {.vt = vt, .input = page, .host = {page, mem_alloc(vt->t, 4096, 4096)}};

        vt_path_open(vt, &pass, path->flavour->id, path->rid, path->pasid, 4 + n);
        vt_invalidate_all(vt);
        s.path = pass;
        s.r = vt_request(&pass, IOTB_WRITE, page + 0x48, 8);
        if (!can_run(&s, sequence))
            continue;
        stale_warm(&s, sequence->row);
        vt_path_open(vt, &translated, paged, path->rid, path->pasid, 12);
        vt_path_map(&translated, page, s.host[1], 12, VT_RW);
        run_sequence(&s, sequence, page);
        stale_gone(&s, sequence->row);
    }
}

static void pass_through(struct test *t)
{
    vt_each_flavour(t, VT_PT_FLAVOURS, pass_through_body);
}

/* ---- cases ---- */

#define RULE(NAME, SUMMARY, ROWS, GATE, RULE_)                                                                           \
    {                                                                                                                    \
        .name = "vtd.caches." NAME, .summary = SUMMARY, .run = run_rule, .rows = ROWS, .gate = GATE, .functional = true, \
        .tier = TIER_FULL, .argument = &(RULE_)                                                                          \
    }

static const struct iotb_case cases[] = {
    RULE("ss_leaf_legacy", "Legacy: a changed leaf is used after page, domain and global IOTLB invalidation.",
         "VTD-6-648 VTD-6-029 VTD-6-033 VTD-6-035", "CAP.SAGAW", ss_leaf_legacy),
    RULE("ss_leaf", "Second-stage: a changed leaf is used after each IOTLB invalidation that covers it.",
         "VTD-6-648 VTD-6-029 VTD-6-033 VTD-6-035", "ECAP.SMTS&ECAP.SSTS", ss_leaf),
    RULE("ss_table_legacy", "Legacy: a changed table pointer of any level is used after an invalidation with IH=0.",
         "VTD-6-028 VTD-6-033 VTD-6-653", "CAP.SAGAW", ss_table_legacy),
    RULE("ss_table", "Second-stage: a changed table pointer of any level is used after an invalidation with IH=0.",
         "VTD-6-028 VTD-6-033 VTD-6-653", "ECAP.SMTS&ECAP.SSTS", ss_table),
    RULE("fs_leaf", "First-stage: a changed leaf is used after each invalidation that covers it.",
         "VTD-6-665 VTD-6-579 VTD-6-034 VTD-6-033 VTD-6-648", "ECAP.FSTS", fs_leaf),
    RULE("fs_table", "First-stage: a changed table pointer of any level is used after each invalidation that covers it.",
         "VTD-6-583 VTD-6-579 VTD-6-034 VTD-6-033 VTD-6-653", "ECAP.FSTS", fs_table),
    RULE("nested_fs_leaf", "Nested: a changed first-stage leaf is used after each invalidation that covers it.",
         "VTD-6-665 VTD-6-579 VTD-6-034 VTD-6-033 VTD-6-648", "ECAP.NEST", nested_fs_leaf),
    RULE("nested_fs_table", "Nested: a changed first-stage table pointer is used after each invalidation that covers it.",
         "VTD-6-583 VTD-6-579 VTD-6-034 VTD-6-033 VTD-6-653", "ECAP.NEST", nested_fs_table),
    RULE("nested_ss_leaf", "Nested: a changed second-stage leaf is used after IOTLB invalidation of its domain.",
         "VTD-6-666 VTD-6-034 VTD-6-574 VTD-6-033 VTD-6-648", "ECAP.NEST", nested_ss_leaf),
    RULE("nested_ss_table", "Nested: a changed second-stage table pointer is used after an invalidation with IH=0.",
         "VTD-6-573 VTD-6-574 VTD-6-033 VTD-6-653", "ECAP.NEST", nested_ss_table),
    RULE("nested_fs_page", "Nested: moving the guest page of a first-stage table is noticed after IOTLB invalidation.",
         "VTD-6-573 VTD-6-574 VTD-6-033 VTD-6-653", "ECAP.NEST", nested_fs_page),
    RULE("pasid_entry", "A changed PASID entry is used after PASID-cache and IOTLB invalidation of its old domain.",
         "VTD-6-662 VTD-6-661 VTD-6-562 VTD-6-565 VTD-6-648", "ECAP.SMTS", pasid_entry),
    RULE("pasid_entry_same_domain", "The same for a second-stage pointer that changes under one domain id.",
         "VTD-6-661 VTD-6-562 VTD-6-565 VTD-6-648", "ECAP.SMTS&ECAP.SSTS", pasid_entry_ss),
    RULE("pasid_entry_same_first", "The same for a first-stage pointer that changes under one domain id.",
         "VTD-6-662 VTD-6-562 VTD-6-648", "ECAP.SMTS&ECAP.FSTS", pasid_entry_fs),
    RULE("directory", "A changed PASID directory entry is used after invalidation of the PASID or domain behind it.",
         "VTD-6-566 VTD-6-664 VTD-6-565 VTD-6-648", "ECAP.SMTS", directory),
    RULE("context_legacy", "A changed legacy context entry is used after context-cache and IOTLB invalidation.",
         "VTD-6-659 VTD-6-557 VTD-6-015 VTD-6-556 VTD-6-647", "CAP.SAGAW", context_legacy),
    RULE("context_scalable", "A changed scalable context entry is used after the three invalidations.",
         "VTD-6-660 VTD-6-559 VTD-6-556 VTD-6-647", "ECAP.SMTS", context_scalable),
    RULE("root_legacy", "A changed root entry is used after the global invalidations.", "VTD-6-658 VTD-6-648", "CAP.SAGAW",
         root_legacy),
    RULE("root_scalable", "A changed scalable-mode root entry is used after the global invalidations.", "VTD-6-658 VTD-6-648",
         "ECAP.SMTS", root_scalable),
    RULE("weak_pasid_domain", "PASID-cache invalidation with another domain may leave the entry.", "VTD-6-018", "ECAP.SMTS",
         weak_pasid_domain),
    RULE("weak_new_domain", "PASID-cache invalidation with the new domain only may leave the entry.", "VTD-6-564", "ECAP.SMTS",
         weak_new_domain),
    RULE("weak_no_pasid", "PASID-based IOTLB invalidation alone need not drop a PASID-cache entry.", "VTD-6-037", "ECAP.SMTS",
         weak_no_pasid),
    RULE("weak_context_domain", "Device-selective context invalidation with another domain may leave the entry.", "VTD-6-512",
         "CAP.SAGAW", weak_context_domain),
    RULE("weak_context_alone", "Legacy: context invalidation alone leaves IOTLB entries legal.", "VTD-6-526", "CAP.SAGAW",
         weak_context_alone),
    RULE("weak_context_alone_scalable", "Context invalidation alone leaves PASID-cache and IOTLB entries legal.", "VTD-6-039",
         "ECAP.SMTS", weak_context_alone_2),
    RULE("weak_hint", "IH=1 may keep second-stage table pointers; IH=0 drops them.", "VTD-6-029", "CAP.SAGAW&CAP.PSI", weak_hint),
    RULE("weak_hint_first", "IH=1 may keep first-stage table pointers; IH=0 drops them.", "VTD-6-583", "ECAP.FSTS",
         weak_hint_first),
    RULE("weak_ss_by_pasid", "PASID-based invalidation may keep second-stage table pointers.", "VTD-6-035", "ECAP.SMTS&ECAP.SSTS",
         weak_ss_by_pasid),
    RULE("weak_ss_leaf_by_pasid", "A second-stage mapping is surely gone only after IOTLB invalidation.", "VTD-6-580",
         "ECAP.SMTS&ECAP.SSTS", weak_ss_leaf_by_pasid),
    RULE("weak_ss_by_page", "PASID-based page-selective invalidation may keep second-stage mappings.", "VTD-6-036",
         "ECAP.SMTS&ECAP.SSTS", weak_ss_by_page),
    RULE("weak_other", "Invalidation of another domain may keep first-stage mappings.", "VTD-6-574", "ECAP.FSTS", weak_other),
    {.name = "vtd.caches.pass_through",
     .summary = "A pass-through mapping is dropped by PASID, by address and by domain.",
     .run = pass_through,
     .rows = "VTD-6-662 VTD-6-034 VTD-6-033 VTD-6-659",
     .gate = "ECAP.PT",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_caches_cases = {cases, sizeof cases / sizeof cases[0]};
