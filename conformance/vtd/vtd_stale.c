/* SPDX-License-Identifier: BSD-2-Clause */
/* Used translations, changes under them, invalidations (6.2 Address Translation Caches, 6.5.2, 6.5.3.3 Table 28). */
#include "vtd_stale.h"

#define PAGE UINT64_C(4096)
#define ADDRESS_BITS UINT64_C(0x000ffffffffff000)
#define FAR_PAGE UINT64_C(0x7654000)

static bool nested(const struct stale *s)
{
    return s->path.fs && s->path.ss;
}

/* A second stage that maps all that the path's second stage maps for the first stage's tables, and guest -> host[1]. */
static struct vt_table *clone_second(struct stale *s)
{
    struct vt_table *ss = vt_table_new(s->vt, VT_SS, s->path.ss->levels);
    const struct vt_table *sources[2] = {s->path.fs, s->fs};

    if (!nested(s)) {
        vt_map(s->vt, ss, s->input, s->host[1], 12, VT_RW);
        return ss;
    }
    for (int i = 0; i < 2; i++)
        vt_map_guest_pages(s->vt, sources[i], ss);
    vt_map(s->vt, ss, s->guest, s->host[1], 12, VT_RW);
    return ss;
}

void stale_open(struct stale *s, struct vt *vt, enum vt_flavour_id flavour, uint16_t rid, uint32_t pasid, uint32_t did,
                uint64_t input)
{
    struct vt_path other;

    *s = (struct stale){.vt = vt, .input = input};
    vt_path_open(vt, &s->path, flavour, rid, pasid, did);
    vt_invalidate_all(vt);
    s->host[0] = vt_path_page(&s->path, input, VT_RW);
    s->host[1] = mem_alloc(vt->t, PAGE, PAGE);
    if (nested(s))
        s->guest = mem_read64(vt->t, vt_path_leaf(&s->path, input)) & ADDRESS_BITS;
    if (s->path.fs) {
        other = s->path;
        other.fs = s->fs =
            s->path.ss ? vt_table_new_nested(vt, s->path.fs->levels, s->path.ss) : vt_table_new(vt, VT_FS, s->path.fs->levels);
        vt_path_map(&other, input, s->host[1], 12, VT_RW);
    }
    if (s->path.ss)
        s->ss = clone_second(s);
    vt_flush_writes(vt);
    s->r = vt_request(&s->path, IOTB_WRITE, input + 0x48, 8);
}

bool stale_warm(struct stale *s, const char *row)
{
    return vt_expect_ok(s->vt, row, &s->r, s->host[0] + 0x48);
}

bool stale_between(struct stale *s, const char *row)
{
    uint64_t hosts[2] = {s->host[1] + 0x48, s->host[0] + 0x48};
    struct vt_seen seen = vt_try(s->vt, &s->r, hosts, 2);

    return CHECK(s->vt->t, row, (seen.result == VT_ARRIVED || seen.result == VT_ARRIVED_OTHER) && !seen.fr,
                 "before the invalidation the request goes to the old or to the new page (reason %02xh)", seen.fr);
}

bool stale_gone(struct stale *s, const char *row)
{
    return vt_expect_ok(s->vt, row, &s->r, s->host[1] + 0x48);
}

uint32_t stale_levels(const struct stale *s, enum stale_change change)
{
    if (change == STALE_FIRST)
        return s->path.fs->levels;
    return change == STALE_SECOND ? s->path.ss->levels : 1;
}

uint32_t stale_input_bits(struct vt *vt, const struct vt_path *path)
{
    uint32_t bits, limit = test_desc(vt->t)->address_bits;

    if (path->fs) {
        bits = path->fs->levels == 5 ? 57 : 48;
    } else {
        uint32_t mgaw = (uint32_t)vt_cap(vt->t, "MGAW") + 1, agaw = 12 + 9 * path->ss->levels;

        bits = mgaw < agaw ? mgaw : agaw;
    }
    return !test_has(vt->t, IOTB_F_WIDE_ADDRESS) && limit < bits ? limit : bits;
}

/* ---- changes ---- */

static void copy_entry(struct stale *s, const struct vt_table *to, const struct vt_table *from, uint64_t input, uint32_t level)
{
    mem_write64(s->vt->t, vt_entry(s->vt, to, input, level), mem_read64(s->vt->t, vt_entry(s->vt, from, input, level)));
}

uint64_t stale_fs_page(struct stale *s)
{
    uint64_t entry = vt_entry(s->vt, s->path.fs, s->input, 2);

    return mem_read64(s->vt->t, entry) & ADDRESS_BITS;
}

/* The guest page that holds the leaf entry moves to a host page where the leaf is the other one. */
static void move_fs_page(struct stale *s)
{
    uint64_t guest = stale_fs_page(s);
    uint64_t host = mem_alloc(s->vt->t, PAGE, PAGE);
    uint64_t slot = vt_entry(s->vt, s->path.fs, s->input, 1) & (PAGE - 1);

    mem_write64(s->vt->t, host + slot, mem_read64(s->vt->t, vt_entry(s->vt, s->fs, s->input, 1)));
    mem_write64(s->vt->t, vt_entry(s->vt, s->path.ss, guest, 1), vt_leaf(s->path.ss, host, 12, VT_RW));
}

static void copy_memory(struct stale *s, uint64_t to, uint64_t from, uint32_t bytes)
{
    uint8_t data[64];

    for (uint32_t done = 0; done < bytes; done += 64) {
        uint32_t piece = bytes - done < 64 ? bytes - done : 64;

        mem_read(s->vt->t, from + done, data, piece);
        mem_write(s->vt->t, to + done, data, piece);
    }
}

/* 6.2.3.1: pointer and domain change with one aligned 16-byte write; the first-stage pointer of an entry that has only
 * that lies elsewhere, in a write of its own. */
static void point_pasid(struct stale *s, uint64_t entry, uint32_t did)
{
    static const char name[] = "pasid_table_entry";

    if (s->path.fs)
        vt_set_field(s->vt, entry, name, "FSPTPTR", s->fs->root_pointer);
    if (s->path.ss || s->path.did != did) {
        uint64_t copy = mem_alloc(s->vt->t, PAGE, PAGE);

        copy_memory(s, copy, entry, 64);
        /* A nested first stage stays in its guest pages; what maps them is the same second stage for both. */
        if (s->path.ss && !s->path.fs)
            vt_set_field(s->vt, copy, name, "SSPTPTR", s->ss->root);
        vt_set_field(s->vt, copy, name, "DID", did);
        copy_memory(s, entry, copy, 16);
    }
}

static void point_legacy(struct stale *s, uint64_t entry, uint32_t did)
{
    uint64_t copy = mem_alloc(s->vt->t, PAGE, PAGE);

    copy_memory(s, copy, entry, 16);
    vt_set_field(s->vt, copy, "context_entry_legacy", "SSPTPTR", s->ss->root);
    vt_set_field(s->vt, copy, "context_entry_legacy", "DID", did);
    copy_memory(s, entry, copy, 16);
}

/* A copy of the PASID table of the path in which its entry is the other one. */
static uint64_t other_pasid_table(struct stale *s, uint32_t did)
{
    uint64_t entry = vt_pasid_address(s->vt, s->path.rid, s->path.pasid);
    uint64_t copy = mem_alloc(s->vt->t, PAGE, PAGE);

    copy_memory(s, copy, entry & ~(PAGE - 1), PAGE);
    point_pasid(s, copy + (entry & (PAGE - 1)), did);
    return copy;
}

static void point_directory(struct stale *s, uint64_t entry, uint32_t did)
{
    uint64_t value = mem_read64(s->vt->t, vt_directory_address(s->vt, s->path.rid, s->path.pasid));

    mem_write64(s->vt->t, entry, (value & ~ADDRESS_BITS) | other_pasid_table(s, did));
}

/* The context entry at `entry`, a copy or the one in use: a legacy one points to the other table, a scalable one to a
 * directory of its own. */
static void point_context(struct stale *s, uint64_t entry, uint32_t did)
{
    uint64_t directory, used;

    if (s->path.flavour->mode == VT_LEGACY) {
        point_legacy(s, entry, did);
        return;
    }
    used = vt_directory_address(s->vt, s->path.rid, 0);
    directory = mem_alloc(s->vt->t, UINT64_C(8) << 14, PAGE);
    copy_memory(s, directory, used, 4096);
    point_directory(s, directory + 8 * (s->path.pasid >> 6), did);
    vt_set_field(s->vt, entry, "context_entry_scalable", "PASIDDIRPTR", directory);
}

static void point_root(struct stale *s, uint32_t did)
{
    uint64_t context = vt_context_address(s->vt, s->path.rid);
    uint64_t root = vt_root_address(s->vt, s->path.rid);
    uint64_t copy = mem_alloc(s->vt->t, PAGE, PAGE);

    copy_memory(s, copy, context & ~(PAGE - 1), PAGE);
    point_context(s, copy + (context & (PAGE - 1)), did);
    if (s->path.flavour->mode == VT_SCALABLE && (s->path.rid & 0x80))
        root += 8;
    mem_write64(s->vt->t, root, (mem_read64(s->vt->t, root) & ~ADDRESS_BITS) | copy);
}

void stale_change(struct stale *s, enum stale_change change, uint32_t level, uint32_t did)
{
    switch (change) {
    case STALE_FIRST:
        copy_entry(s, s->path.fs, s->fs, s->input, level);
        break;
    case STALE_SECOND:
        copy_entry(s, s->path.ss, s->ss, nested(s) ? s->guest : s->input, level);
        break;
    case STALE_FS_PAGE:
        move_fs_page(s);
        break;
    case STALE_PASID:
        point_pasid(s, vt_pasid_address(s->vt, s->path.rid, s->path.pasid), did);
        break;
    case STALE_DIRECTORY:
        point_directory(s, vt_directory_address(s->vt, s->path.rid, s->path.pasid), did);
        break;
    case STALE_CONTEXT:
        point_context(s, vt_context_address(s->vt, s->path.rid), did);
        break;
    case STALE_ROOT:
        point_root(s, did);
        break;
    }
}

/* ---- invalidations ---- */

const char *stale_drop_name(enum stale_drop drop)
{
    static const char *const names[DROP_COUNT] = {
        "IOTLB page-selective",
        "IOTLB page-selective with IH",
        "IOTLB page-selective elsewhere",
        "IOTLB domain-selective",
        "IOTLB global",
        "PASID-based IOTLB page-selective",
        "PASID-based IOTLB page-selective with IH",
        "PASID-based IOTLB PASID-selective",
        "PASID-cache PASID-selective",
        "PASID-cache domain-selective",
        "PASID-cache global",
        "context-cache device-selective",
        "context-cache domain-selective",
        "context-cache global",
    };

    return names[drop];
}

bool stale_can_drop(const struct stale *s, enum stale_drop drop)
{
    if (drop <= DROP_PAGE_FAR)
        return vt_cap(s->vt->t, "PSI") != 0;
    if (drop >= DROP_P_PAGE && drop <= DROP_PC_GLOBAL)
        return s->path.flavour->mode == VT_SCALABLE && s->vt->queue_on;
    return true;
}

struct vt_descriptor stale_descriptor(const struct stale *s, enum stale_drop drop, uint64_t address)
{
    uint32_t did = s->path.did, pasid = s->path.pasid;

    switch (drop) {
    case DROP_PAGE:
    case DROP_PAGE_HINT:
        return vt_desc_iotlb(VT_IOTLB_PAGE, did, address, 0, drop == DROP_PAGE_HINT);
    case DROP_PAGE_FAR:
        return vt_desc_iotlb(VT_IOTLB_PAGE, did, FAR_PAGE, 0, true);
    case DROP_DOMAIN:
        return vt_desc_iotlb(VT_IOTLB_DOMAIN, did, 0, 0, false);
    case DROP_P_PAGE:
    case DROP_P_PAGE_HINT:
        return vt_desc_piotlb(VT_PIOTLB_PAGE, did, pasid, address, 0, drop == DROP_P_PAGE_HINT);
    case DROP_P_PASID:
        return vt_desc_piotlb(VT_PIOTLB_PASID, did, pasid, 0, 0, false);
    case DROP_PC_PASID:
        return vt_desc_pasid(VT_PC_PASID, did, pasid);
    case DROP_PC_DOMAIN:
        return vt_desc_pasid(VT_PC_DOMAIN, did, 0);
    case DROP_PC_GLOBAL:
        return vt_desc_pasid(VT_PC_GLOBAL, 0, 0);
    case DROP_CC_DEVICE:
        return vt_desc_context(VT_CC_DEVICE, did, s->path.rid, 0);
    case DROP_CC_DOMAIN:
        return vt_desc_context(VT_CC_DOMAIN, did, 0, 0);
    case DROP_CC_GLOBAL:
        return vt_desc_context(VT_CC_GLOBAL, 0, 0, 0);
    case DROP_GLOBAL:
    case DROP_COUNT:
    default:
        return vt_desc_iotlb(VT_IOTLB_GLOBAL, 0, 0, 0, false);
    }
}

static bool drop_by_register(const struct stale *s, enum stale_drop drop, uint64_t address)
{
    uint32_t did = s->path.did;

    switch (drop) {
    case DROP_PAGE:
    case DROP_PAGE_HINT:
        return vt_invalidate_iotlb(s->vt, VT_IOTLB_PAGE, did, address, 0, drop == DROP_PAGE_HINT);
    case DROP_PAGE_FAR:
        return vt_invalidate_iotlb(s->vt, VT_IOTLB_PAGE, did, FAR_PAGE, 0, true);
    case DROP_DOMAIN:
        return vt_invalidate_iotlb(s->vt, VT_IOTLB_DOMAIN, did, 0, 0, false);
    case DROP_GLOBAL:
        return vt_invalidate_iotlb(s->vt, VT_IOTLB_GLOBAL, 0, 0, 0, false);
    case DROP_CC_DEVICE:
        return vt_invalidate_context(s->vt, VT_CC_DEVICE, did, s->path.rid, 0);
    case DROP_CC_DOMAIN:
        return vt_invalidate_context(s->vt, VT_CC_DOMAIN, did, 0, 0);
    case DROP_CC_GLOBAL:
        return vt_invalidate_context(s->vt, VT_CC_GLOBAL, 0, 0, 0);
    case DROP_P_PAGE:
    case DROP_P_PAGE_HINT:
    case DROP_P_PASID:
    case DROP_PC_PASID:
    case DROP_PC_DOMAIN:
    case DROP_PC_GLOBAL:
    case DROP_COUNT:
    default:
        test_abort(s->vt->t, "%s has no register", stale_drop_name(drop));
    }
}

bool stale_drop(const struct stale *s, enum stale_drop drop, uint64_t address)
{
    return s->vt->queue_on ? vt_submit_one(s->vt, stale_descriptor(s, drop, address)) : drop_by_register(s, drop, address);
}

/* ---- entries on the way ---- */

static void add_levels(struct stale *s, struct stale_spot *spots, uint32_t *n, enum stale_spot_kind kind)
{
    const struct vt_table *table = kind == SPOT_FIRST ? s->path.fs : s->path.ss;
    uint64_t input = kind == SPOT_SECOND && s->guest ? s->guest : s->input;

    for (uint32_t level = table->levels; level >= 1; level--)
        spots[(*n)++] = (struct stale_spot){kind, level, vt_entry(s->vt, table, input, level), 8,
                                            kind == SPOT_SECOND && level > 1 ? 11 : 0}; /* 9.8: SNP of a non-leaf entry */
}

uint32_t stale_spots(struct stale *s, struct stale_spot *spots)
{
    bool scalable = s->path.flavour->mode == VT_SCALABLE;
    uint64_t root = vt_root_address(s->vt, s->path.rid) + (scalable && (s->path.rid & 0x80) ? 8 : 0);
    uint32_t n = 0;

    spots[n++] = (struct stale_spot){SPOT_ROOT, 0, root, 8, 1};
    spots[n++] =
        (struct stale_spot){SPOT_CONTEXT, 0, vt_context_address(s->vt, s->path.rid), scalable ? 32 : 16, scalable ? 0 : 4};
    if (scalable) {
        spots[n++] = (struct stale_spot){SPOT_DIRECTORY, 0, vt_directory_address(s->vt, s->path.rid, s->path.pasid), 8, 2};
        spots[n++] = (struct stale_spot){SPOT_PASID, 0, vt_pasid_address(s->vt, s->path.rid, s->path.pasid), 64, 5};
    }
    if (s->path.fs)
        add_levels(s, spots, &n, SPOT_FIRST);
    if (s->path.ss)
        add_levels(s, spots, &n, SPOT_SECOND);
    return n;
}

const char *stale_spot_name(const struct stale_spot *spot)
{
    static const char *const names[] = {"root entry",  "context entry",      "PASID directory entry",
                                        "PASID entry", "second-stage entry", "first-stage entry"};

    return names[spot->kind];
}
