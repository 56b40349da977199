/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors: which types each table mode and width has (6.5.2.11 Table 26), reserved bits one at a time, granularities,
 * operands at their limits (6.5.2.1 to 6.5.2.9).
 */
#include "vtd_queue_rig.h"

#include "vtd_chapters.h"

#include <string.h>

enum {
    TYPE_CONTEXT = 1,
    TYPE_IOTLB = 2,
    TYPE_DEVICE = 3,
    TYPE_INTERRUPT = 4,
    TYPE_WAIT = 5,
    TYPE_PIOTLB = 6,
    TYPE_PASID = 7,
    TYPE_PDEVICE = 8,
    TYPE_RESPONSE = 9,
    TYPE_HPT = 10
};

/* A well-formed descriptor of a type. */
static struct vt_descriptor sample(struct vt *vt, uint32_t type)
{
    struct vt_descriptor d = {{type & 0xf, 0, 0, 0}};

    switch (type) {
    case TYPE_CONTEXT:
        return vt_desc_context(VT_CC_GLOBAL, 0, 0, 0);
    case TYPE_IOTLB:
        return vt_desc_iotlb(VT_IOTLB_GLOBAL, 0, 0, 0, false);
    case TYPE_WAIT:
        return vt_desc_wait(false, true, false, 0x5a5a5a5a, vt->status + 4088);
    case TYPE_PIOTLB:
        return vt_desc_piotlb(VT_PIOTLB_PASID, 4, 0x45, 0, 0, false);
    case TYPE_PASID:
        return vt_desc_pasid(VT_PC_GLOBAL, 0, 0);
    case TYPE_HPT:
        d.word[0] |= 1u << 4; /* global */
        return d;
    default:
        return d;
    }
}

/* Table 26 and the capability that a type needs. */
static bool legal(struct vt *vt, uint32_t ttm, bool wide, uint32_t type)
{
    struct test *t = vt->t;

    if (type < 1 || type > (ttm == 0 ? TYPE_WAIT : TYPE_HPT) || ttm == 2 || (ttm != 0 && !wide))
        return false;
    switch (type) {
    case TYPE_DEVICE:
    case TYPE_PDEVICE:
        return vt_ecap(t, "DT") != 0;
    case TYPE_RESPONSE:
        return vt_ecap(t, "PRS") != 0;
    case TYPE_HPT:
        return vt_ecap(t, "HPTS") != 0;
    default:
        return true;
    }
}

/* Types whose execution here would need an endpoint, or whose absence is not pinned down. */
static bool passed_over(struct vt *vt, uint32_t type)
{
    return (type == TYPE_INTERRUPT && !vt_ecap(vt->t, "IR")) ||
           ((type == TYPE_DEVICE || type == TYPE_PDEVICE) && vt_ecap(vt->t, "DT")) ||
           (type == TYPE_RESPONSE && vt_ecap(vt->t, "PRS"));
}

static const char *type_row(struct vt *vt, uint32_t ttm, bool wide, uint32_t type)
{
    if (ttm == 2)
        return "VTD-6-548";
    if (ttm == 3)
        return "VTD-6-547";
    if (ttm == 1 && !wide)
        return "VTD-6-545";
    if (type == 0 || type > TYPE_HPT || (type == TYPE_HPT && !vt_ecap(vt->t, "HPTS")))
        return "VTD-6-550";
    if (ttm == 0 && type > TYPE_WAIT)
        return "VTD-6-544";
    if ((type == TYPE_DEVICE || type == TYPE_PDEVICE) && !vt_ecap(vt->t, "DT"))
        return "VTD-6-552";
    if (type == TYPE_RESPONSE && !vt_ecap(vt->t, "PRS"))
        return "VTD-6-553";
    return ttm == 1 ? "VTD-6-546" : "VTD-6-544";
}

static void all_types(struct vt *vt, uint32_t ttm, bool wide)
{
    for (uint32_t type = 0; type < 16; type++) {
        struct vt_descriptor d = sample(vt, type);
        const char *row = type_row(vt, ttm, wide, type);

        test_context(vt->t, "TTM %u, %u-bit descriptors, type %u", ttm, wide ? 256 : 128, type);
        if (passed_over(vt, type))
            continue;
        if (legal(vt, ttm, wide, type))
            queue_accepts(vt, row, &d);
        else
            queue_refuses(vt, row, &d, IQEI(IQEI_TYPE));
    }
}

static bool reopen(struct vt *vt, struct test *t, enum vt_mode mode, bool wide)
{
    struct vt_config config = {.mode = mode, .narrow_queue = !wide};

    test_reset(t, IOTB_RESET_COLD);
    vt_open(vt, t, &config);
    if (!vt->queue_on)
        test_abort(t, "the case needs queued invalidation");
    return (vt->descriptor_bytes == 32) == wide || queue_restart(vt, mem_alloc(t, 4096, 4096), 0, wide);
}

/* Legacy mode with both widths. */
static void types_legacy(struct test *t)
{
    struct vt vt;

    for (int wide = 0; wide < (queue_wide_possible(t) ? 2 : 1); wide++) {
        reopen(&vt, t, VT_LEGACY, wide);
        all_types(&vt, 0, wide);
    }
    vt_close(&vt);
}

static void types_scalable(struct test *t)
{
    struct vt vt;

    reopen(&vt, t, VT_SCALABLE, true);
    all_types(&vt, 1, true);
    vt_close(&vt);
}

/* The first descriptor stops the queue, and no wait can follow: 128-bit descriptors in scalable or abort-DMA mode, every
 * descriptor in reserved mode, 256-bit descriptors in a unit that has no mode for them. */
static void none_legal(struct vt *vt, const char *row, uint32_t ttm, bool wide, uint32_t reasons)
{
    static const uint32_t types[] = {TYPE_WAIT, TYPE_CONTEXT, TYPE_IOTLB, TYPE_PASID, 0};
    struct test *t = vt->t;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct vt_descriptor d = sample(vt, types[i]);

        test_context(t, "TTM %u, %u-bit descriptors, type %u", ttm, wide ? 256 : 128, types[i]);
        queue_restart(vt, mem_alloc(t, 4096, 4096), 0, wide);
        vt_set_root(vt, vt_rtaddr(vt, (enum vt_mode)ttm));
        mem_write32(t, vt->status + 4088, 0);
        vt_put(vt, &d);
        vt_ring(vt);
        test_settle(t);
        queue_reason(vt, row, reasons);
        CHECK_EQ(t, row, 0, vt_queue_head(vt), "IQH stays at the first descriptor");
        CHECK_EQ(t, row, 0, mem_read32(t, vt->status + 4088), "the status dword of a wait");
        /* In legacy mode a wait is valid with either width, and the queue runs dry before it is stopped. */
        vt_set_root(vt, vt_rtaddr(vt, VT_LEGACY));
        if (!vt_queue_repair(vt))
            queue_clear_error(vt);
    }
    vt_set_root(vt, vt_rtaddr(vt, vt->config.mode));
    queue_restart(vt, mem_alloc(t, 4096, 4096), 0, vt->config.mode == VT_SCALABLE);
}

static void open_off(struct vt *vt, struct test *t)
{
    struct vt_config config = {.mode = vt_has_flavour(t, VT_LEGACY_SS) ? VT_LEGACY : VT_SCALABLE, .stay_off = true};

    vt_open(vt, t, &config);
    if (!vt->queue_on)
        test_abort(t, "the case needs queued invalidation");
}

static void types_narrow_scalable(struct test *t)
{
    struct vt vt;

    open_off(&vt, t);
    none_legal(&vt, "VTD-6-545", 1, false, IQEI(IQEI_TYPE) | IQEI(IQEI_WIDTH));
    vt_close(&vt);
}

static void types_abort(struct test *t)
{
    struct vt vt;

    open_off(&vt, t);
    none_legal(&vt, "VTD-6-547", 3, false, IQEI(IQEI_TYPE) | IQEI(IQEI_WIDTH));
    vt_set_root(&vt, vt_rtaddr(&vt, VT_LEGACY));
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, true);
    vt_set_root(&vt, vt_rtaddr(&vt, (enum vt_mode)3));
    all_types(&vt, 3, true);
    vt_set_root(&vt, vt_rtaddr(&vt, vt.config.mode));
    vt_close(&vt);
}

static void types_reserved_mode(struct test *t)
{
    struct vt vt;

    open_off(&vt, t);
    for (int wide = 0; wide < (queue_wide_possible(t) ? 2 : 1); wide++) {
        none_legal(&vt, "VTD-6-548", 2, wide, IQEI(IQEI_TYPE) | IQEI(IQEI_TTM));
        none_legal(&vt, "VTD-6-619", 2, wide, IQEI(IQEI_TYPE) | IQEI(IQEI_TTM));
    }
    vt_close(&vt);
}

static void width_unsupported(struct test *t)
{
    struct vt_descriptor d;
    struct vt vt;

    open_off(&vt, t);
    d = sample(&vt, TYPE_WAIT);
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, true);
    vt_put(&vt, &d);
    vt_ring(&vt);
    test_settle(t);
    queue_reason(&vt, "VTD-6-543", IQEI(IQEI_WIDTH));
    queue_reason(&vt, "VTD-6-617", IQEI(IQEI_WIDTH));
    CHECK_EQ(t, "VTD-6-543", 0, vt_queue_head(&vt), "IQH stays at the first descriptor");
    CHECK_EQ(t, "VTD-6-543", 0, mem_read32(t, vt.status + 4088), "the status dword of a wait");
    queue_clear_error(&vt);
    queue_restart(&vt, mem_alloc(t, 4096, 4096), 0, false);
    queue_clear_error(&vt);
    CHECK(t, "VTD-6-543", vt_submit(&vt, NULL, 0), "with 128-bit descriptors the queue works");
    vt_close(&vt);
}

/* The type has seven bits: 3:0 and 11:9. */
static void type_bits(struct test *t)
{
    static const uint32_t types[] = {TYPE_CONTEXT, TYPE_IOTLB, TYPE_WAIT, TYPE_PIOTLB, TYPE_PASID};
    struct vt vt;

    for (int mode = VT_LEGACY; mode <= (vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY); mode++) {
        reopen(&vt, t, (enum vt_mode)mode, mode == VT_SCALABLE);
        for (size_t i = 0; i < (mode == VT_LEGACY ? 3 : 5); i++)
            for (uint64_t high = 1; high < 8; high++) {
                struct vt_descriptor d = sample(&vt, types[i]);

                test_context(t, "TTM %d, type %u with bits 11:9 = %llu", mode, types[i], (unsigned long long)high);
                d.word[0] |= high << 9;
                mem_write32(t, vt.status + 4088, 0);
                queue_refuses(&vt, "VTD-6-549", &d, IQEI(IQEI_TYPE));
                CHECK_EQ(t, "VTD-6-549", 0, mem_read32(t, vt.status + 4088), "the status dword of a wait");
            }
    }
    vt_close(&vt);
}

/* ---- reserved bits ---- */

struct layout {
    const char *structure;
    uint32_t type;
    const char *row;
    bool scalable; /* only there */
};

static const struct layout layouts[] = {
    {"cc_inv_dsc", TYPE_CONTEXT, "VTD-6-554", false}, {"iotlb_inv_dsc", TYPE_IOTLB, "VTD-6-567", false},
    {"inv_wait_dsc", TYPE_WAIT, "VTD-6-597", false},  {"p_iotlb_inv_dsc", TYPE_PIOTLB, "VTD-6-577", true},
    {"pc_inv_dsc", TYPE_PASID, "VTD-6-560", true},    {"iec_inv_dsc", TYPE_INTERRUPT, "VTD-6-592", false},
};

static void reserved_bit(struct vt *vt, const struct layout *l, uint32_t word, uint32_t bit)
{
    struct vt_descriptor d = sample(vt, l->type);

    test_context(vt->t, "%s, TTM %u, bit %u", l->structure, vt->config.mode, 64 * word + bit);
    d.word[word] |= UINT64_C(1) << bit;
    mem_write32(vt->t, vt->status + 4088, 0);
    queue_refuses(vt, word > 1 ? "VTD-6-551" : l->row, &d, IQEI(IQEI_RESERVED));
    if (l->type == TYPE_WAIT)
        CHECK_EQ(vt->t, l->row, 0, mem_read32(vt->t, vt->status + 4088), "status dword of the refused wait");
}

static void reserved_of(struct vt *vt, const struct layout *l)
{
    const struct spec_field *f;

    for (size_t n = 0; (f = spec_struct_field_at(l->structure, n)) != NULL; n++) {
        if (strcmp(f->name, "R") || (f->word > 1 && vt->descriptor_bytes == 16))
            continue;
        for (uint32_t bit = f->lo; bit <= f->hi; bit++)
            reserved_bit(vt, l, f->word, bit);
    }
}

static void reserved_bits(struct test *t)
{
    struct vt vt;

    /* Legacy mode with the narrow and the wide layout, scalable mode. */
    for (int run = 0; run < 3; run++) {
        enum vt_mode mode = run == 2 ? VT_SCALABLE : VT_LEGACY;

        if (!vt_has_mode(t, mode) || (run == 1 && !queue_wide_possible(t)))
            continue;
        reopen(&vt, t, mode, run > 0);
        for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
            if ((mode == VT_SCALABLE || !layouts[i].scalable) && !passed_over(&vt, layouts[i].type))
                reserved_of(&vt, &layouts[i]);
    }
    vt_close(&vt);
}

/* Fields that are no part of a descriptor's meaning may hold anything; all fields at once hold their largest values. */
static void full_fields(struct test *t)
{
    bool scalable = vt_has_mode(t, VT_SCALABLE);
    struct vt vt;

    for (int mode = VT_LEGACY; mode <= (scalable ? VT_SCALABLE : VT_LEGACY); mode++) {
        struct vt_descriptor d;

        reopen(&vt, t, (enum vt_mode)mode, mode == VT_SCALABLE);
        test_context(t, "TTM %d", mode);
        d = vt_desc_context(VT_CC_DEVICE, 0xffff, 0xffff, 3);
        queue_accepts(&vt, "VTD-6-554", &d);
        d = vt_desc_context(VT_CC_DOMAIN, 0xffff, 0xffff, 3);
        queue_accepts(&vt, mode == VT_SCALABLE ? "VTD-6-559" : "VTD-6-554", &d);
        d = vt_desc_context(VT_CC_GLOBAL, 0xffff, 0xffff, 3);
        queue_accepts(&vt, "VTD-6-554", &d);
        for (uint64_t drain = 0; drain < 4; drain++) {
            for (uint32_t g = VT_IOTLB_GLOBAL; g <= VT_IOTLB_PAGE; g++) {
                if (g == VT_IOTLB_PAGE && !vt_cap(t, "PSI"))
                    continue;
                d = vt_desc_iotlb(g, 0xffff, ~UINT64_C(0), g == VT_IOTLB_PAGE ? (uint32_t)vt_cap(t, "MAMV") : 0x3f, drain & 1);
                d.word[0] |= drain << 6; /* DW, DR: bits 6 and 7 */
                queue_accepts(&vt, drain ? "VTD-6-575" : "VTD-6-567", &d);
            }
        }
        if (mode == VT_LEGACY)
            continue;
        for (uint32_t g = 0; g < 4; g++) {
            d = vt_desc_pasid(g, 0xffff, 0xfffff);
            if (g != 2)
                queue_accepts(&vt, "VTD-6-560", &d);
            d = vt_desc_piotlb(g, 0xffff, 0xfffff, ~UINT64_C(0), 0x3f, true);
            if (g == VT_PIOTLB_PASID)
                queue_accepts(&vt, "VTD-6-577", &d);
        }
    }
    vt_close(&vt);
}

/* ---- granularities and limits ---- */

static void granularities(struct test *t)
{
    const uint32_t reasons = IQEI(IQEI_TYPE) | IQEI(IQEI_RESERVED);
    struct vt vt;

    for (int mode = VT_LEGACY; mode <= (vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY); mode++) {
        struct vt_descriptor d;

        reopen(&vt, t, (enum vt_mode)mode, mode == VT_SCALABLE);
        test_context(t, "TTM %d", mode);
        d = vt_desc_context(0, 4, 0x10, 0);
        queue_refuses(&vt, "VTD-6-555", &d, reasons);
        d = vt_desc_iotlb(0, 4, 0, 0, false);
        queue_refuses(&vt, "VTD-6-568", &d, reasons);
        for (uint32_t g = VT_CC_GLOBAL; g <= VT_CC_DEVICE; g++) {
            d = vt_desc_context(g, 4, 0x10, 0);
            queue_accepts(&vt, "VTD-6-555", &d);
            d = vt_desc_iotlb(g, 4, 0x4000, 0, false);
            if (g != VT_IOTLB_PAGE || vt_cap(t, "PSI"))
                queue_accepts(&vt, "VTD-6-568", &d);
        }
        for (uint32_t g = 0; g < 4 && mode == VT_SCALABLE; g++) {
            d = vt_desc_pasid(g, 4, 0x45);
            if (g == 2)
                queue_refuses(&vt, "VTD-6-561", &d, reasons);
            else
                queue_accepts(&vt, "VTD-6-561", &d);
            d = vt_desc_piotlb(g, 4, 0x45, 0x4000, 0, false);
            if (g < VT_PIOTLB_PASID)
                queue_refuses(&vt, "VTD-6-578", &d, reasons);
            else
                queue_accepts(&vt, "VTD-6-578", &d);
        }
    }
    vt_close(&vt);
}

/* 6.5.2.3: AM is bounded by CAP.MAMV, for page-selective IOTLB invalidation only. */
static void mask_limit(struct test *t)
{
    uint32_t mamv = (uint32_t)vt_cap(t, "MAMV");
    struct vt vt;

    for (int mode = VT_LEGACY; mode <= (vt_has_mode(t, VT_SCALABLE) ? VT_SCALABLE : VT_LEGACY); mode++) {
        reopen(&vt, t, (enum vt_mode)mode, mode == VT_SCALABLE);
        for (uint32_t am = 0; am < 64; am++) {
            struct vt_descriptor d = vt_desc_iotlb(VT_IOTLB_PAGE, 4, 0, am, am % 2);

            test_context(t, "TTM %d, AM %u, MAMV %u", mode, am, mamv);
            if (am <= mamv)
                queue_accepts(&vt, "VTD-6-569", &d);
            else
                queue_refuses(&vt, "VTD-6-569", &d, IQEI(IQEI_RESERVED));
            d = vt_desc_iotlb(am % 2 ? VT_IOTLB_GLOBAL : VT_IOTLB_DOMAIN, 4, 0, am, am % 2);
            queue_accepts(&vt, "VTD-6-572", &d);
        }
    }
    vt_close(&vt);
}

/* The PASID-based descriptor has no such bound (6.5.2.4). */
static void mask_no_limit(struct test *t)
{
    uint32_t mamv = (uint32_t)vt_cap(t, "MAMV");
    struct vt vt;

    reopen(&vt, t, VT_SCALABLE, true);
    for (uint32_t am = 0; am <= 52; am++) {
        struct vt_descriptor d = vt_desc_piotlb(VT_PIOTLB_PAGE, 4, 0x45, 0, am, am % 2);

        test_context(t, "AM %u, MAMV %u", am, mamv);
        queue_accepts(&vt, am == mamv + 1 ? "VTD-6-582" : am > mamv ? "VTD-11-007" : "VTD-6-577", &d);
    }
    vt_close(&vt);
}

/* 6.5.2.3: without PSI the granularity is not valid; earlier revisions performed it as domain-selective. */
static void no_page_selective(struct test *t)
{
    struct vt_descriptor d = vt_desc_iotlb(VT_IOTLB_PAGE, 4, 0x2345000, 0, false);
    struct vt_path path;
    struct iotb_request r;
    uint64_t host[2], leaf;
    struct waiter w;
    struct vt vt;

    reopen(&vt, t, VT_LEGACY, false);
    vt_path_open(&vt, &path, VT_LEGACY_SS, vt_rid(&vt, 0), 0, 4);
    host[0] = vt_path_page(&path, 0x2345000, VT_RW);
    host[1] = mem_alloc(t, 4096, 4096);
    r = vt_request(&path, IOTB_WRITE, 0x2345040, 8);
    vt_expect_ok(&vt, "VTD-6-570", &r, host[0] + 0x40);
    leaf = vt_path_leaf(&path, 0x2345000);
    mem_write64(t, leaf, (mem_read64(t, leaf) & UINT64_C(0xfff)) | host[1]);
    vt_put(&vt, &d);
    w = waiter_put(&vt, false, false);
    vt_ring(&vt);
    test_settle(t);
    if (vt_queue_error(&vt, NULL)) {
        queue_reason(&vt, "VTD-6-570", IQEI(IQEI_TYPE) | IQEI(IQEI_RESERVED));
        CHECK(t, "VTD-6-570", vt_queue_repair(&vt), "replaced by a wait, it lets the queue go on");
        vt_invalidate_iotlb(&vt, VT_IOTLB_DOMAIN, 4, 0, 0, false);
    } else {
        CHECK(t, "VTD-6-570", waiter_done(&vt, w), "the wait behind it is completed");
    }
    vt_expect_ok(&vt, "VTD-6-570", &r, host[1] + 0x40);
    vt_close(&vt);
}

#define DESCRIPTOR(NAME, SUMMARY, RUN, ROWS, GATE)                                                                   \
    {                                                                                                                \
        .name = "vtd.queue." NAME, .summary = SUMMARY, .run = (RUN), .rows = ROWS, .gate = GATE, .functional = true, \
        .tier = TIER_FULL                                                                                            \
    }

static const struct iotb_case cases[] = {
    DESCRIPTOR("types_legacy", "Legacy mode has descriptor types 1 to 5 in both widths and no others.", types_legacy,
               "VTD-6-544 VTD-6-550 VTD-6-552 VTD-6-607 VTD-6-608 VTD-6-610", "ECAP.QI"),
    DESCRIPTOR("types_scalable", "Scalable mode has the types that its capabilities give, with 256-bit descriptors.",
               types_scalable, "VTD-6-546 VTD-6-550 VTD-6-552 VTD-6-553", "ECAP.QI&ECAP.SMTS"),
    DESCRIPTOR("types_narrow_scalable", "In scalable mode no 128-bit descriptor is valid.", types_narrow_scalable, "VTD-6-545",
               "ECAP.QI&ECAP.SMTS"),
    DESCRIPTOR("types_abort", "Abort-DMA mode has the types of scalable mode, and only with 256 bits.", types_abort, "VTD-6-547",
               "ECAP.QI&ECAP.ADMS"),
    DESCRIPTOR("types_reserved_mode", "With a reserved table mode no descriptor is valid.", types_reserved_mode,
               "VTD-6-548 VTD-6-619", "ECAP.QI"),
    DESCRIPTOR("width_unsupported", "256-bit descriptors need scalable or abort-DMA mode.", width_unsupported,
               "VTD-6-543 VTD-6-617", "ECAP.QI&!ECAP.SMTS&!ECAP.ADMS"),
    DESCRIPTOR("type_bits", "Bits 11:9 are part of the type.", type_bits, "VTD-6-549", "ECAP.QI"),
    {.name = "vtd.queue.reserved_bits",
     .summary = "Every reserved bit of every descriptor stops the queue.",
     .run = reserved_bits,
     .rows = "VTD-6-554 VTD-6-567 VTD-6-597 VTD-6-577 VTD-6-560 VTD-6-551 VTD-6-592",
     .gate = "ECAP.QI",
     .functional = true,
     .tier = TIER_FULL},
    DESCRIPTOR("full_fields", "All defined fields may hold their largest values.", full_fields,
               "VTD-6-554 VTD-6-559 VTD-6-560 VTD-6-567 VTD-6-575 VTD-6-577", "ECAP.QI"),
    DESCRIPTOR("granularities", "Each type has its own set of granularities; the others stop the queue.", granularities,
               "VTD-6-555 VTD-6-561 VTD-6-568 VTD-6-578", "ECAP.QI"),
    DESCRIPTOR("mask_limit", "AM above MAMV stops the queue, for page-selective IOTLB invalidation only.", mask_limit,
               "VTD-6-569 VTD-6-572", "ECAP.QI&CAP.PSI"),
    DESCRIPTOR("mask_no_limit", "The PASID-based descriptor takes every AM.", mask_no_limit, "VTD-11-007 VTD-6-577 VTD-6-582",
               "ECAP.QI&ECAP.SMTS"),
    DESCRIPTOR("no_page_selective", "Without PSI a page-selective descriptor is refused, or performed for the domain.",
               no_page_selective, "VTD-6-570", "ECAP.QI&!CAP.PSI&CAP.SAGAW"),
};

const struct iotb_case_list vtd_queue_descriptors_cases = {cases, sizeof cases / sizeof cases[0]};
