/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested translation (3.8 Nested Translation): both walks, page sizes, widths and rights of both stages together. */
#include "vtd_nested.h"
#include "vtd_chapters.h"

/* First-stage tables are read where the second stage has them, the PASID structures where they are. */
static void walk_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW), guest = nest_far_guest(path) + (NEST_INPUT & 0x1ff000);
    struct iotb_request r = vt_request(path, IOTB_WRITE, NEST_INPUT + 0x68, 8);
    size_t mark = trace_mark(vt->t);

    vt_expect_ok(vt, "VTD-3-063", &r, host + 0x68);
    r.kind = IOTB_READ;
    vt_expect_ok(vt, "VTD-3-063", &r, host + 0x68);
    if (!test_has(vt->t, IOTB_F_BENCH_MEMORY))
        return;
    for (uint32_t level = path->fs->levels; level >= 1; level--) {
        uint64_t entry = vt_entry(vt, path->fs, NEST_INPUT, level), leaf = nest_table_leaf(path, NEST_INPUT, level);
        uint64_t wrong = nest_table_guest(path, NEST_INPUT, level);

        CHECK(vt->t, "VTD-3-063", trace_count(vt->t, mark, entry, entry + 7, ACC_READS) > 0,
              "the level %u first-stage entry is read at its host address", level);
        CHECK(vt->t, "VTD-3-063", trace_count(vt->t, mark, leaf, leaf + 7, ACC_READS) > 0,
              "the second-stage leaf of the level %u first-stage table is read", level);
        CHECK_EQ(vt->t, "VTD-3-063", 0, trace_count(vt->t, mark, wrong, wrong + 4095, ACC_ANY),
                 "accesses to the guest address of the level %u first-stage table", level);
    }
    CHECK_EQ(vt->t, "VTD-3-063", 0, trace_count(vt->t, mark, guest, guest + 4095, ACC_ANY),
             "accesses to the guest address of the page");
}

static void walk(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, walk_body);
}

/* Every input bit below the canonical sign bit, and inputs with all bits above it set. */
static void input_bits_body(struct vt *vt, struct vt_path *path)
{
    uint32_t sign = path->fs->levels == 5 ? 56 : 47;
    uint64_t host[64][2];

    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 2 * (sign - 12); i++) {
            uint32_t bit = 12 + i / 2;
            uint64_t input = i % 2 ? ~UINT64_C(0xfff) ^ UINT64_C(1) << bit : UINT64_C(1) << bit;
            struct iotb_request r = vt_request(path, i % 2 ? IOTB_READ : IOTB_WRITE, input + 0x18, 8);

            test_context(vt->t, "%s, input 0x%llx", vt_path_name(path), (unsigned long long)input);
            if (round == 0)
                host[bit][i % 2] = vt_path_page(path, input, VT_RW);
            else
                vt_once(vt);
            vt_expect_ok(vt, "VTD-3-065", &r, host[bit][i % 2] + 0x18);
        }
}

static void input_bits(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, input_bits_body);
}

/* Every bit of the guest address that the first stage gives, as an index of the second stage. */
static void guest_bits_body(struct vt *vt, struct vt_path *path)
{
    uint32_t bits = nest_guest_bits(path);
    uint64_t ones = ((UINT64_C(1) << bits) - 1) & ~UINT64_C(0xfff);
    uint64_t host[64][2];

    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 2 * (bits - 12); i++) {
            uint32_t bit = 12 + i / 2;
            /* 3f000000h: clear of the guest pages of the first-stage tables, which begin at 40000000h. */
            uint64_t guest = (i % 2 ? ones : UINT64_C(0x3f000000)) ^ UINT64_C(1) << bit;
            uint64_t input = UINT64_C(0x8000000) + 0x1000 * i;
            struct iotb_request r = vt_request(path, i % 2 ? IOTB_READ : IOTB_WRITE, input + 0x18, 8);

            test_context(vt->t, "%s, guest address 0x%llx", vt_path_name(path), (unsigned long long)guest);
            if (round == 0) {
                host[bit][i % 2] = mem_alloc(vt->t, 4096, 4096);
                vt_map(vt, path->ss, guest, host[bit][i % 2], 12, VT_RW);
                vt_map(vt, path->fs, input, guest, 12, VT_RW);
                vt_path_invalidate(path);
            } else {
                vt_once(vt);
            }
            vt_expect_ok(vt, "VTD-3-063", &r, host[bit][i % 2] + 0x18);
        }
}

static void guest_bits(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, guest_bits_body);
}

/* ---- page sizes ---- */

struct pair {
    struct vt_path *path;
    uint32_t fs_lg2, ss_lg2;
    uint64_t input, guest; /* of the first-stage page */
};

static void hit(const struct pair *p, uint64_t offset, uint64_t host)
{
    struct iotb_request r = vt_request(p->path, offset & 0x1000 ? IOTB_READ : IOTB_WRITE, p->input + offset, 8);

    test_context(p->path->vt->t, "%s, 2^%u over 2^%u bytes, offset 0x%llx", vt_path_name(p->path), p->fs_lg2, p->ss_lg2,
                 (unsigned long long)offset);
    vt_expect_ok(p->path->vt, "VTD-3-064", &r, host);
}

/* One second-stage page holds the whole first-stage page, somewhere inside. */
static void larger_second(struct pair *p)
{
    struct vt *vt = p->path->vt;
    uint64_t fs_size = UINT64_C(1) << p->fs_lg2, ss_size = UINT64_C(1) << p->ss_lg2;
    uint64_t inside = UINT64_C(0x2aaaa000) & (ss_size - 1) & ~(fs_size - 1);
    uint64_t frame = mem_alloc(vt->t, ss_size, ss_size);
    struct iotb_request r;

    vt_map(vt, p->path->ss, p->guest, frame, p->ss_lg2, VT_RW);
    vt_map(vt, p->path->fs, p->input, p->guest + inside, p->fs_lg2, VT_RW);
    vt_path_invalidate(p->path);
    for (uint32_t bit = 3; bit < p->fs_lg2; bit++)
        hit(p, UINT64_C(1) << bit, frame + inside + (UINT64_C(1) << bit));
    hit(p, fs_size - 8, frame + inside + fs_size - 8);
    /* The second stage maps more, the first stage does not. */
    r = vt_request(p->path, IOTB_WRITE, p->input + fs_size, 8);
    vt_expect_fault(vt, "VTD-3-064", &r, 0x71, 0);
}

/* Several second-stage pages under one first-stage page, each with a frame of its own; one is missing. */
static void smaller_second(struct pair *p)
{
    struct vt *vt = p->path->vt;
    uint64_t fs_size = UINT64_C(1) << p->fs_lg2, ss_size = UINT64_C(1) << p->ss_lg2;
    uint64_t offset[32], frame[32];
    uint32_t count = 0;
    struct iotb_request r;

    offset[count++] = 0;
    for (uint32_t bit = p->ss_lg2; bit < p->fs_lg2; bit++)
        offset[count++] = UINT64_C(1) << bit;
    offset[count++] = fs_size - ss_size;
    vt_map(vt, p->path->fs, p->input, p->guest, p->fs_lg2, VT_RW);
    for (uint32_t i = 0; i < count; i++) {
        frame[i] = mem_alloc(vt->t, ss_size, ss_size);
        vt_map(vt, p->path->ss, p->guest + offset[i], frame[i], p->ss_lg2, VT_RW);
    }
    vt_path_invalidate(p->path);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < count; i++) {
            hit(p, offset[i] + 0x70, frame[i] + 0x70);
            hit(p, offset[i] + ss_size - 8, frame[i] + ss_size - 8);
        }
    r = vt_request(p->path, IOTB_WRITE, p->input + 3 * ss_size, 8);
    vt_expect_fault(vt, "VTD-3-064", &r, 0x79, 0);
}

static void sizes_body(struct vt *vt, struct vt_path *path)
{
    uint64_t n = 2;

    for (uint32_t fs_lg2 = 12; fs_lg2 <= 30; fs_lg2 += 9)
        for (uint32_t ss_lg2 = 12; ss_lg2 <= 30; ss_lg2 += 9) {
            struct pair p = {path, fs_lg2, ss_lg2, n << 32, n << 32};

            if (!ss_page_size(vt, ss_lg2) || (fs_lg2 == 30 && !vt_cap(vt->t, "FS1GP")))
                continue;
            n++;
            if (ss_lg2 >= fs_lg2)
                larger_second(&p);
            else
                smaller_second(&p);
        }
}

static void sizes(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, sizes_body);
}

/* ---- widths ---- */

/* The width of the second stage bounds guest addresses, not inputs: those need to be canonical only. */
static void wide_input_body(struct vt *vt, struct vt_path *path)
{
    uint32_t sign = path->fs->levels == 5 ? 56 : 47;
    uint64_t inputs[] = {UINT64_C(1) << (sign - 1), (UINT64_C(1) << sign) - 4096, ~((UINT64_C(1) << sign) - 1),
                         ~UINT64_C(0) << 12, 0};

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        uint64_t host = vt_path_page(path, inputs[i], VT_RW);
        struct iotb_request r = vt_request(path, IOTB_WRITE, inputs[i] + 0x78, 8);

        test_context(vt->t, "%s, input 0x%llx", vt_path_name(path), (unsigned long long)inputs[i]);
        vt_expect_ok(vt, "VTD-7-011", &r, host + 0x78);
        for (uint32_t bit = sign; bit < 64; bit += bit == sign ? 1 : 3) {
            r.address = (inputs[i] + 0x78) ^ UINT64_C(1) << bit;
            vt_once(vt);
            vt_expect_fault(vt, "VTD-7-011", &r, 0x80, host + 0x78);
        }
    }
}

static void wide_input(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, wide_input_body);
}

/* Plain requests are nested through RID_PASID; their records have no PASID. */
static void plain_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, NEST_INPUT + 8, 8);

        vt_expect_ok(vt, "VTD-3-071", &r, host + 8);
        r.address += 0x1000;
        vt_expect_fault(vt, "VTD-3-071", &r, 0x71, 0);
    }
    vt_set_bits(vt, nest_final_entry(path, NEST_INPUT, 1), 1, 0, 0);
    vt_path_invalidate(path);
    for (int kind = IOTB_READ; kind <= IOTB_WRITE; kind++) {
        struct iotb_request r = vt_request(path, (enum iotb_request_kind)kind, NEST_INPUT + 8, 8);

        vt_expect_fault(vt, "VTD-3-071", &r, 0x79, host + 8);
    }
}

static void plain(struct test *t)
{
    vt_each_flavour(t, 1u << VT_RID_NESTED, plain_body);
}

/* ---- rights ---- */

struct access {
    const char *name;
    enum iotb_request_kind kind;
    uint32_t flags, bytes;
    uint64_t features;
};

static const struct access accesses[] = {
    {"read", IOTB_READ, 0, 8, 0},
    {"write", IOTB_WRITE, 0, 8, 0},
    {"zero-length read", IOTB_READ, IOTB_RQ_ZERO_LENGTH, 4, IOTB_F_ZERO_LENGTH},
    {"fetch and add", IOTB_FETCH_ADD, 0, 8, IOTB_F_ATOMIC},
    {"compare and swap", IOTB_CAS, 0, 8, IOTB_F_ATOMIC},
};

/* fs_w: R/W of the first stage; r, w: permissions of the second stage for the page. Reasons that the request may get; 0: none. */
static uint32_t reasons(struct vt *vt, const struct access *a, bool fs_w, bool r, bool w, uint32_t *frs)
{
    bool writes = a->kind != IOTB_READ, reads = a->kind != IOTB_WRITE;
    uint32_t count = 0;

    if (a->flags & IOTB_RQ_ZERO_LENGTH && w && vt_cap(vt->t, "ZLR"))
        reads = false;
    if (!r && !w)
        frs[count++] = 0x79;
    if (writes && (!fs_w || (!w && r)))
        frs[count++] = 0x85;
    if (reads && !r && w)
        frs[count++] = 0x86;
    return count;
}

static void expect_rights(struct vt_path *path, bool fs_w, bool r, bool w, uint64_t host)
{
    struct vt *vt = path->vt;

    for (size_t i = 0; i < sizeof accesses / sizeof accesses[0]; i++) {
        const struct access *a = &accesses[i];
        struct iotb_request request = vt_request(path, a->kind, NEST_INPUT + 0x20, a->bytes);
        uint32_t frs[3], count = reasons(vt, a, fs_w, r, w, frs);
        const char *row = a->kind == IOTB_READ && !r && w ? "VTD-7-005" : "VTD-3-066";

        if (!test_has(vt->t, a->features))
            continue;
        request.flags |= a->flags;
        test_context(vt->t, "%s, %s, first stage R/W=%d, second stage R=%d W=%d", vt_path_name(path), a->name, fs_w, r, w);
        if (count == 0)
            vt_expect_ok(vt, row, &request, host + 0x20);
        else
            vt_expect_fault_any(vt, row, &request, frs, count, host + 0x20);
    }
}

/* Every entry of the second-stage walk for the page, against R/W of the first stage: everywhere, not in the leaf, not at the top.
 */
static void rights_body(struct vt *vt, struct vt_path *path)
{
    uint64_t host = nest_far_page(path, NEST_INPUT, VT_RW);

    for (uint32_t i = 0; i < 3; i++) {
        uint64_t fs_entry = i ? vt_entry(vt, path->fs, NEST_INPUT, i == 1 ? 1 : path->fs->levels) : 0;

        if (fs_entry)
            vt_set_bits(vt, fs_entry, 1, 1, 0);
        for (uint32_t level = path->ss->levels; level >= 1; level--) {
            uint64_t entry = nest_final_entry(path, NEST_INPUT, level);

            for (uint32_t rights = 0; entry && rights <= 3; rights++) {
                vt_set_bits(vt, entry, 1, 0, rights);
                vt_path_invalidate(path);
                expect_rights(path, !fs_entry, rights & VT_R, rights & VT_W, host);
            }
        }
        if (fs_entry)
            vt_set_bits(vt, fs_entry, 1, 1, 1);
    }
}

static void rights(struct test *t)
{
    vt_each_width(t, VT_NESTED_FLAVOURS, NULL, rights_body);
}

static const struct iotb_case cases[] = {
    {.name = "vtd.nested.walk",
     .summary = "First-stage tables and the page are guest addresses, PASID structures are not.",
     .run = walk,
     .rows = "VTD-3-063",
     .gate = "ECAP.NEST",
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.nested.input_bits",
     .summary = "Each index bit of each first-stage level over each second-stage width.",
     .run = input_bits,
     .rows = "VTD-3-065",
     .gate = "ECAP.NEST",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.guest_bits",
     .summary = "Each bit of the guest address selects its own second-stage entry.",
     .run = guest_bits,
     .rows = "VTD-3-063",
     .gate = "ECAP.NEST",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.sizes",
     .summary = "Every pair of first- and second-stage page sizes; the smaller one bounds the mapping.",
     .run = sizes,
     .rows = "VTD-3-064",
     .gate = "ECAP.NEST",
     .features = IOTB_F_BENCH_MEMORY | IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_SMOKE},
    {.name = "vtd.nested.wide_input",
     .summary = "Inputs wider than the second stage work while they are canonical.",
     .run = wide_input,
     .rows = "VTD-7-011",
     .gate = "ECAP.NEST",
     .features = IOTB_F_WIDE_ADDRESS,
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.plain",
     .summary = "Requests without PASID are nested through RID_PASID, their records have PP = 0.",
     .run = plain,
     .rows = "VTD-3-071",
     .gate = "ECAP.NEST",
     .functional = true,
     .tier = TIER_FULL},
    {.name = "vtd.nested.rights",
     .summary = "Rights of the page are those of both stages together.",
     .run = rights,
     .rows = "VTD-3-066 VTD-7-005",
     .gate = "ECAP.NEST",
     .functional = true,
     .tier = TIER_FULL},
};

const struct iotb_case_list vtd_nested_cases = {cases, sizeof cases / sizeof cases[0]};
