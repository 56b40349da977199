/* SPDX-License-Identifier: BSD-2-Clause */
/* Invalidation: descriptors, the queue, register-based invalidation (6.5 Invalidation of Translation Caches). */
#include "build/vt_internal.h"

#include <string.h>

#define VT_WAIT_SLOTS 500u /* the rest of the status page is the cases' own */

enum { TYPE_CONTEXT = 1, TYPE_IOTLB = 2, TYPE_WAIT = 5, TYPE_PIOTLB = 6, TYPE_PASID = 7 }; /* 6.5.2 */

static void set(struct vt_descriptor *d, const char *structure, const char *field, uint64_t value)
{
    spec_set(spec_struct_field(structure, field), d->word, value);
}

static struct vt_descriptor descriptor(const char *structure, uint32_t type)
{
    struct vt_descriptor d = {{0}};

    set(&d, structure, "TYPE[3:0]", type & 0xf);
    set(&d, structure, "TYPE[6:4]", type >> 4);
    return d;
}

struct vt_descriptor vt_desc_context(uint32_t g, uint32_t did, uint32_t sid, uint32_t fm)
{
    static const char s[] = "cc_inv_dsc";
    struct vt_descriptor d = descriptor(s, TYPE_CONTEXT);

    set(&d, s, "G", g);
    set(&d, s, "DID", did);
    set(&d, s, "SID", sid);
    set(&d, s, "FM", fm);
    return d;
}

struct vt_descriptor vt_desc_pasid(uint32_t g, uint32_t did, uint32_t pasid)
{
    static const char s[] = "pc_inv_dsc";
    struct vt_descriptor d = descriptor(s, TYPE_PASID);

    set(&d, s, "G", g);
    set(&d, s, "DID", did);
    set(&d, s, "PASID", pasid);
    return d;
}

struct vt_descriptor vt_desc_iotlb(uint32_t g, uint32_t did, uint64_t address, uint32_t am, bool ih)
{
    static const char s[] = "iotlb_inv_dsc";
    struct vt_descriptor d = descriptor(s, TYPE_IOTLB);

    set(&d, s, "G", g);
    set(&d, s, "DID", did);
    set(&d, s, "AM", am);
    set(&d, s, "IH", ih);
    set(&d, s, "ADDR", address >> 12);
    return d;
}

struct vt_descriptor vt_desc_piotlb(uint32_t g, uint32_t did, uint32_t pasid, uint64_t address, uint32_t am, bool ih)
{
    static const char s[] = "p_iotlb_inv_dsc";
    struct vt_descriptor d = descriptor(s, TYPE_PIOTLB);

    set(&d, s, "G", g);
    set(&d, s, "DID", did);
    set(&d, s, "PASID", pasid);
    set(&d, s, "AM", am);
    set(&d, s, "IH", ih);
    set(&d, s, "ADDR", address >> 12);
    return d;
}

struct vt_descriptor vt_desc_wait(bool interrupt, bool status, bool fence, uint32_t data, uint64_t address)
{
    static const char s[] = "inv_wait_dsc";
    struct vt_descriptor d = descriptor(s, TYPE_WAIT);

    set(&d, s, "IF", interrupt);
    set(&d, s, "SW", status);
    set(&d, s, "FN", fence);
    set(&d, s, "STDATA", data);
    set(&d, s, "STADDR[63:2]", address >> 2);
    return d;
}

void vt_put(struct vt *vt, const struct vt_descriptor *d)
{
    if (!vt->queue_on)
        test_abort(vt->t, "a descriptor is put although queued invalidation is off");
    vt_write_entry(vt, vt->queue + vt->queue_tail, d->word, vt->descriptor_bytes / 8);
    vt->queue_tail = (vt->queue_tail + vt->descriptor_bytes) % vt->queue_bytes;
}

void vt_ring(struct vt *vt)
{
    vt_reg_set(vt->t, "IQT_REG", vt->queue_tail);
}

uint64_t vt_queue_head(struct vt *vt)
{
    return vt_reg(vt->t, "IQH_REG");
}

bool vt_queue_error(struct vt *vt, uint32_t *iqei)
{
    bool error = vt_field(vt->t, "FSTS_REG", "IQE") != 0;

    if (error && iqei)
        *iqei = (uint32_t)vt_field(vt->t, "IQERCD_REG", "IQEI");
    return error;
}

bool vt_submit(struct vt *vt, const struct vt_descriptor *descriptors, uint32_t count)
{
    uint32_t data = ++vt->wait_count;
    uint64_t status = vt->status + 8 * (data % VT_WAIT_SLOTS);
    struct vt_descriptor wait = vt_desc_wait(false, true, false, data, status);

    mem_write64(vt->t, status, 0);
    for (uint32_t i = 0; i < count; i++)
        vt_put(vt, &descriptors[i]);
    vt_put(vt, &wait);
    vt_ring(vt);
    test_settle(vt->t);
    return mem_read32(vt->t, status) == data;
}

bool vt_submit_one(struct vt *vt, struct vt_descriptor d)
{
    return vt_submit(vt, &d, 1);
}

/* 6.5.1.1 Register Based Context-cache Invalidation: G has the encoding of CIRG. */
static bool context_by_register(struct vt *vt, uint32_t g, uint32_t did, uint32_t sid, uint32_t fm)
{
    vt_reg_set(vt->t, "CCMD_REG",
               vt_reg_bits("CCMD_REG", "ICC", 1) | vt_reg_bits("CCMD_REG", "CIRG", g) | vt_reg_bits("CCMD_REG", "FM", fm) |
                   vt_reg_bits("CCMD_REG", "SID", sid) | vt_reg_bits("CCMD_REG", "DID", did));
    test_settle(vt->t);
    return vt_field(vt->t, "CCMD_REG", "ICC") == 0 && vt_field(vt->t, "CCMD_REG", "CAIG") != 0;
}

/* 6.5.1.2 Register Based IOTLB Invalidation */
static bool iotlb_by_register(struct vt *vt, uint32_t g, uint32_t did, uint64_t address, uint32_t am, bool ih)
{
    if (g == VT_IOTLB_PAGE)
        vt_reg_set(vt->t, "IVA_REG", (address & ~UINT64_C(0xfff)) | vt_reg_bits("IVA_REG", "IH", ih) |
                                         vt_reg_bits("IVA_REG", "AM", am));
    vt_reg_set(vt->t, "IOTLB_REG",
               vt_reg_bits("IOTLB_REG", "IVT", 1) | vt_reg_bits("IOTLB_REG", "IIRG", g) | vt_reg_bits("IOTLB_REG", "DID", did) |
                   vt_reg_bits("IOTLB_REG", "DR", 1) | vt_reg_bits("IOTLB_REG", "DW", 1));
    test_settle(vt->t);
    return vt_field(vt->t, "IOTLB_REG", "IVT") == 0 && vt_field(vt->t, "IOTLB_REG", "IAIG") != 0;
}

bool vt_invalidate_context(struct vt *vt, uint32_t g, uint32_t did, uint32_t sid, uint32_t fm)
{
    return vt->queue_on ? vt_submit_one(vt, vt_desc_context(g, did, sid, fm)) : context_by_register(vt, g, did, sid, fm);
}

bool vt_invalidate_iotlb(struct vt *vt, uint32_t g, uint32_t did, uint64_t address, uint32_t am, bool ih)
{
    return vt->queue_on ? vt_submit_one(vt, vt_desc_iotlb(g, did, address, am, ih))
                        : iotlb_by_register(vt, g, did, address, am, ih);
}

bool vt_invalidate_all(struct vt *vt)
{
    bool ok = vt_invalidate_context(vt, VT_CC_GLOBAL, 0, 0, 0);

    if (vt->config.mode == VT_SCALABLE && vt->queue_on)
        ok &= vt_submit_one(vt, vt_desc_pasid(VT_PC_GLOBAL, 0, 0));
    return vt_invalidate_iotlb(vt, VT_IOTLB_GLOBAL, 0, 0, 0, false) && ok;
}

bool vt_queue_repair(struct vt *vt)
{
    uint32_t data = ++vt->wait_count;
    uint64_t status = vt->status + 8 * (data % VT_WAIT_SLOTS);
    struct vt_descriptor wait = vt_desc_wait(false, true, false, data, status);

    mem_write64(vt->t, status, 0);
    vt_write_entry(vt, vt->queue + vt_queue_head(vt), wait.word, vt->descriptor_bytes / 8);
    vt_reg_set(vt->t, "FSTS_REG", vt_reg_bits("FSTS_REG", "IQE", 1));
    test_settle(vt->t);
    return mem_read32(vt->t, status) == data && !vt_queue_error(vt, NULL);
}
