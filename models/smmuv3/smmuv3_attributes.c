/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_attributes.c - chapter 13 Attribute Transformation: encodings, replace, combine, stage 2 control (FWB), consistency.
 */
#include "smmuv3/smmuv3_errata.h"
#include "smmuv3/smmuv3_formats.h"
#include "smmuv3/smmuv3_stage.h"
#include "smmuv3/smmuv3_steps.h"

#include "sim/port.h"

/* ---- encodings ---- */

static struct smmuv3_attributes device(enum smmuv3_device_type type)
{
    return (struct smmuv3_attributes){.device = true, .device_type = type, .shareability = SMMUV3_OSH};
}

static struct smmuv3_domain domain(enum smmuv3_cacheability cacheability, bool read_allocate, bool write_allocate, bool transient)
{
    return (struct smmuv3_domain){cacheability, read_allocate, write_allocate, transient};
}

/* 5.4 MAIR0: 00RW write-through transient, 0100 non-cacheable, 01RW write-back transient, 10RW and 11RW non-transient. */
static struct smmuv3_domain mair_domain(unsigned nibble)
{
    bool read = nibble & 2u, write = nibble & 1u;
    switch (nibble >> 2) {
    case 0:
        /* 5.4: 0b0000 as the inner half is Reserved and behaves as write-through transient with RW = 0b11. */
        return nibble ? domain(SMMUV3_WRITE_THROUGH, read, write, true) : domain(SMMUV3_WRITE_THROUGH, true, true, true);
    case 1:
        return nibble == 4u ? domain(SMMUV3_NON_CACHEABLE, false, false, false) : domain(SMMUV3_WRITE_BACK, read, write, true);
    case 2:
        return domain(SMMUV3_WRITE_THROUGH, read, write, false);
    default:
        return domain(SMMUV3_WRITE_BACK, read, write, false);
    }
}

struct smmuv3_attributes smmuv3_mair_decode(uint64_t mair, unsigned index, enum smmuv3_shareability sh)
{
    unsigned attr = (unsigned)(mair >> (8u * index)) & 0xffu;
    if (attr >> 4 == 0)
        return device((enum smmuv3_device_type)(attr >> 2 & 3u));
    return (struct smmuv3_attributes){.outer = mair_domain(attr >> 4), .inner = mair_domain(attr & 15u), .shareability = sh};
}

/* D8.6.5, Table D8-96: 01 non-cacheable, 10 write-through, 11 write-back; there are no hints, so they are those of 13.1.3. */
static struct smmuv3_domain memattr_domain(unsigned code)
{
    return code == 1u ? domain(SMMUV3_NON_CACHEABLE, false, false, false)
                      : domain(code == 2u ? SMMUV3_WRITE_THROUGH : SMMUV3_WRITE_BACK, true, true, false);
}

struct smmuv3_attributes smmuv3_memattr_decode(uint8_t memattr, enum smmuv3_shareability sh)
{
    unsigned outer = memattr >> 2 & 3u, inner = memattr & 3u;
    if (outer == 0)
        return device((enum smmuv3_device_type)inner);
    /* 5.2 MemAttr: 0b0100, 0b1000 and 0b1100 are Reserved and behave as Device-nGnRnE. */
    if (inner == 0)
        return device(SMMUV3_NGNRNE);
    return (struct smmuv3_attributes){.outer = memattr_domain(outer), .inner = memattr_domain(inner), .shareability = sh};
}

/* 5.4 IR0, 5.2 S2IR0: 1 write-back allocating, 2 write-through, 3 write-back without write allocation. */
static struct smmuv3_domain region_domain(unsigned code)
{
    switch (code) {
    case 1:
        return domain(SMMUV3_WRITE_BACK, true, true, false);
    case 2:
        return domain(SMMUV3_WRITE_THROUGH, true, false, false);
    case 3:
        return domain(SMMUV3_WRITE_BACK, true, false, false);
    default:
        return domain(SMMUV3_NON_CACHEABLE, false, false, false);
    }
}

/* 13.1.7 Ensuring consistent output attributes. */
static void domain_consistent(struct smmuv3_domain *d)
{
    if (d->cacheability == SMMUV3_NON_CACHEABLE)
        *d = domain(SMMUV3_NON_CACHEABLE, false, false, false);
    if (!d->read_allocate && !d->write_allocate)
        d->transient = false;
}

static bool uncached(const struct smmuv3_attributes *a)
{
    return a->inner.cacheability == SMMUV3_NON_CACHEABLE && a->outer.cacheability == SMMUV3_NON_CACHEABLE;
}

static struct smmuv3_attributes consistent(struct smmuv3_attributes a)
{
    domain_consistent(&a.inner);
    domain_consistent(&a.outer);
    if (uncached(&a))
        a.shareability = SMMUV3_OSH;
    if (a.shareability == SMMUV3_SH_RESERVED)
        a.shareability = SMMUV3_NSH;
    return a;
}

struct smmuv3_attributes smmuv3_message_attributes(uint8_t memattr, uint8_t sh)
{
    return consistent(smmuv3_memattr_decode(memattr, (enum smmuv3_shareability)sh));
}

struct smmuv3_attributes smmuv3_walk_attributes(uint8_t inner, uint8_t outer, uint8_t sh)
{
    return consistent((struct smmuv3_attributes){
        .inner = region_domain(inner), .outer = region_domain(outer), .shareability = (enum smmuv3_shareability)sh});
}

struct smmuv3_attributes smmuv3_cd_attributes(const struct smmuv3_ste *ste)
{
    struct smmuv3_attributes a = {.inner = region_domain(ste->s1cir),
                                  .outer = region_domain(ste->s1cor),
                                  .shareability = (enum smmuv3_shareability)ste->s1csh};
    /* 5.2 S1CIR: 0b01 allocates on reads, 0b11 does not; CDs are read only. */
    a.inner.read_allocate = a.inner.read_allocate && ste->s1cir != 3u;
    a.outer.read_allocate = a.outer.read_allocate && ste->s1cor != 3u;
    return consistent(a);
}

struct smmuv3_attributes smmuv3_queue_attributes(uint8_t inner, uint8_t outer, uint8_t sh, bool read_allocate,
                                                 bool write_allocate)
{
    /* 6.3.11: 0 non-cacheable, 1 write-back, 2 write-through, 3 behaves as 0. */
    struct smmuv3_attributes a = {.inner = region_domain(inner == 3u ? 0 : inner),
                                  .outer = region_domain(outer == 3u ? 0 : outer),
                                  .shareability = (enum smmuv3_shareability)sh};
    a.inner.read_allocate = a.outer.read_allocate = read_allocate;
    a.inner.write_allocate = a.outer.write_allocate = write_allocate;
    return consistent(a);
}

/* ---- 13.1.4 Replace: overrides by STE and SMMU_GBPA ---- */

static void override_hints(struct smmuv3_domain *d, uint8_t alloccfg)
{
    if (d->cacheability != SMMUV3_NON_CACHEABLE)
        *d = domain(d->cacheability, alloccfg & 4u, alloccfg & 2u, alloccfg & 1u);
}

/* A domain that was not cacheable and becomes so gets the hints of 13.1.3; one that was keeps its own. */
static void override_domain(const struct smmuv3_attributes *old, const struct smmuv3_domain *had, struct smmuv3_domain *d)
{
    if (old->device || had->cacheability == SMMUV3_NON_CACHEABLE || d->cacheability == SMMUV3_NON_CACHEABLE)
        return;
    *d = domain(d->cacheability, had->read_allocate, had->write_allocate, had->transient);
}

static void override_types(const struct smmuv3_params *p, const struct smmuv3_override *o, struct smmuv3_attributes *a)
{
    if (o->mtcfg) {
        struct smmuv3_attributes old = *a;
        *a = smmuv3_memattr_decode(o->memattr, old.shareability);
        override_domain(&old, &old.inner, &a->inner);
        override_domain(&old, &old.outer, &a->outer);
    }
    if ((o->alloccfg & 8u) && !a->device) {
        override_hints(&a->inner, o->alloccfg);
        override_hints(&a->outer, o->alloccfg);
    }
    if (o->shcfg != 1u && !smmuv3_erratum(p, SMMUV3_E_SHCFG_IGNORED))
        a->shareability = (enum smmuv3_shareability)o->shcfg;
    *a = consistent(*a);
}

void smmuv3_override_apply(const struct smmuv3_params *p, const struct smmuv3_override *override, struct smmuv3_query *q)
{
    if (p->attr_types_ovr)
        override_types(p, override, &q->attributes);
    else
        q->attributes = consistent(q->attributes);
    bool perms = p->attr_perms_ovr || smmuv3_erratum(p, SMMUV3_E_PERMS_OVR_ALWAYS);
    if (perms && (override->privcfg & 2u) && !smmuv3_erratum(p, SMMUV3_E_PRIVCFG_IGNORED))
        q->privileged = override->privcfg & 1u;
    if (perms && (override->instcfg & 2u) && !smmuv3_erratum(p, SMMUV3_E_INSTCFG_IGNORED))
        q->instruction = override->instcfg & 1u;
    /* 13.1.2: writes, and atomics (16.7.6), are Data whatever the client or INSTCFG say. */
    if (q->write && !smmuv3_erratum(p, SMMUV3_E_WRITE_INSTRUCTION))
        q->instruction = false;
}

bool smmuv3_gbpa_apply(const struct smmuv3_params *p, uint32_t gbpa, struct smmuv3_query *q)
{
    const uint64_t word = gbpa;
    if (smmuv3_flag(&word, GBPA_ABORT) && !smmuv3_erratum(p, SMMUV3_E_GBPA_ABORT_IGNORED))
        return false;
    const struct smmuv3_override override = {
        .mtcfg = smmuv3_flag(&word, GBPA_MTCFG),
        .memattr = smmuv3_get8(&word, GBPA_MEMATTR),
        .alloccfg = smmuv3_get8(&word, GBPA_ALLOCCFG),
        .shcfg = smmuv3_get8(&word, GBPA_SHCFG),
        .privcfg = smmuv3_get8(&word, GBPA_PRIVCFG),
        .instcfg = smmuv3_get8(&word, GBPA_INSTCFG),
    };
    smmuv3_override_apply(p, &override, q);
    return true;
}

/* ---- 13.1.5 Combine: the stronger of two ---- */

static struct smmuv3_domain combine_hints(struct smmuv3_domain type, const struct smmuv3_domain *a, const struct smmuv3_domain *b)
{
    return domain(type.cacheability, a->read_allocate && b->read_allocate, a->write_allocate && b->write_allocate,
                  a->transient || b->transient);
}

static struct smmuv3_domain combine_domain(const struct smmuv3_domain *a, const struct smmuv3_domain *b)
{
    return combine_hints(a->cacheability < b->cacheability ? *a : *b, a, b);
}

/* Outer shareable before Inner shareable before Non-shareable. */
static enum smmuv3_shareability combine_sh(enum smmuv3_shareability a, enum smmuv3_shareability b)
{
    if (a == SMMUV3_OSH || b == SMMUV3_OSH)
        return SMMUV3_OSH;
    return a == SMMUV3_ISH || b == SMMUV3_ISH ? SMMUV3_ISH : SMMUV3_NSH;
}

static struct smmuv3_attributes combine(const struct smmuv3_attributes *a, const struct smmuv3_attributes *b)
{
    if (a->device && b->device)
        return device(a->device_type < b->device_type ? a->device_type : b->device_type);
    if (a->device || b->device)
        return device(a->device ? a->device_type : b->device_type);
    return (struct smmuv3_attributes){.inner = combine_domain(&a->inner, &b->inner),
                                      .outer = combine_domain(&a->outer, &b->outer),
                                      .shareability = combine_sh(a->shareability, b->shareability)};
}

/* ---- 13.1.6 Stage 2 control of memory types: D8.6.6, Tables D8-100 and D8-101 ---- */

/* As a hint or as Normal write-back: 13.1.3 where the input has no hints. */
static struct smmuv3_domain forced_write_back(const struct smmuv3_attributes *in, const struct smmuv3_domain *d)
{
    if (in->device || d->cacheability == SMMUV3_NON_CACHEABLE)
        return domain(SMMUV3_WRITE_BACK, true, true, false);
    return domain(SMMUV3_WRITE_BACK, d->read_allocate, d->write_allocate, d->transient);
}

static struct smmuv3_attributes combine_fwb(const struct smmuv3_attributes *in, const struct smmuv3_attributes *stage2,
                                            uint8_t memattr)
{
    struct smmuv3_attributes out = *in;
    if (!(memattr & 4u))
        return combine(in, stage2);
    out.shareability = combine_sh(in->shareability, stage2->shareability);
    switch (memattr & 3u) {
    case 1: /* Normal non-cacheable, unless the input is Device */
        if (!in->device)
            out.inner = out.outer = domain(SMMUV3_NON_CACHEABLE, false, false, false);
        return out;
    case 2: /* Normal write-back */
        out.device = false;
        out.inner = forced_write_back(in, &in->inner);
        out.outer = forced_write_back(in, &in->outer);
        if (in->device) /* Device is Outer shareable; what is left is the Shareability of stage 2 */
            out.shareability = stage2->shareability;
        return out;
    case 3: /* as the input */
        return out;
    default: /* Reserved: as in 5.2 MemAttr */
        return device(SMMUV3_NGNRNE);
    }
}

struct smmuv3_attributes smmuv3_stage2_attributes(const struct smmuv3_regime *regime, uint8_t memattr,
                                                  enum smmuv3_shareability sh)
{
    const struct smmuv3_params *p = regime->params;
    if (!regime->s2fwb) {
        /* 3.23.1: with MTEPERM 0b0100 is Normal write-back. */
        return smmuv3_memattr_decode(p->mteperm && memattr == 4u ? 15u : memattr, sh);
    }
    if (!(memattr & 4u))
        return device((enum smmuv3_device_type)(memattr & 3u));
    enum smmuv3_cacheability cacheability = (memattr & 3u) == 1u ? SMMUV3_NON_CACHEABLE : SMMUV3_WRITE_BACK;
    struct smmuv3_domain d = domain(cacheability, true, true, false);
    return (struct smmuv3_attributes){.inner = d, .outer = d, .shareability = sh};
}

static struct smmuv3_attributes through_stage2(const struct smmuv3_regime *regime, const struct smmuv3_attributes *in,
                                               const struct smmuv3_attributes *stage2, uint8_t memattr)
{
    return regime->s2fwb ? combine_fwb(in, stage2, memattr) : combine(in, stage2);
}

struct smmuv3_attributes smmuv3_nested_attributes(const struct smmuv3_regime *regime, struct smmuv3_attributes attributes,
                                                  const struct smmuv3_walk *second)
{
    const struct smmuv3_params *p = regime->params;
    struct smmuv3_attributes stage2 = second->attributes;
    /* 5.2 S2PTW: with PTWNNC a walk to Device memory happens as if to Normal non-cacheable memory. */
    if (p->ptwnnc && stage2.device && !smmuv3_erratum(p, SMMUV3_E_PTWNNC_IGNORED))
        return consistent((struct smmuv3_attributes){.shareability = SMMUV3_OSH});
    return consistent(through_stage2(regime, &attributes, &stage2, second->s2_memattr));
}

/* ---- 13.4 Normal translation flow ---- */

/* 13.4.2: the hints of a cacheable input are combined with those of stage 1, all else is replaced. */
static struct smmuv3_domain stage1_domain(const struct smmuv3_attributes *in, const struct smmuv3_domain *input,
                                          const struct smmuv3_domain *stage1)
{
    if (in->device || input->cacheability == SMMUV3_NON_CACHEABLE)
        return *stage1;
    return combine_hints(*stage1, input, stage1);
}

struct smmuv3_attributes smmuv3_result_attributes(const struct smmuv3_regime *regime, const struct smmuv3_result *result,
                                                  const struct smmuv3_query *q)
{
    struct smmuv3_attributes a = q->attributes;
    if (result->s1) {
        struct smmuv3_attributes stage1 = result->attributes1;
        stage1.inner = stage1_domain(&a, &a.inner, &stage1.inner);
        stage1.outer = stage1_domain(&a, &a.outer, &stage1.outer);
        a = stage1;
    }
    if (result->s2 && !smmuv3_erratum(regime->params, SMMUV3_E_STAGE2_ATTRIBUTES_IGNORED))
        a = through_stage2(regime, &a, &result->attributes2, result->s2_memattr);
    return consistent(a);
}

struct smmuv3_attributes smmuv3_bypass_attributes(const struct smmuv3_query *q)
{
    return consistent(q->attributes);
}

/* ---- at the ports ---- */

struct smmuv3_attributes smmuv3_pcie_attributes(void)
{
    struct smmuv3_domain d = domain(SMMUV3_WRITE_BACK, true, true, false);
    return (struct smmuv3_attributes){.inner = d, .outer = d, .shareability = SMMUV3_ISH};
}

struct smmuv3_attributes smmuv3_no_snoop(struct smmuv3_attributes attributes)
{
    return attributes.device ? attributes : (struct smmuv3_attributes){.shareability = SMMUV3_OSH};
}

static uint32_t bus_level(const struct smmuv3_domain *d)
{
    static const uint32_t types[] = {[SMMUV3_NON_CACHEABLE] = 1, [SMMUV3_WRITE_THROUGH] = 2, [SMMUV3_WRITE_BACK] = 3};
    return PORT_BUS_LEVEL(types[d->cacheability], d->read_allocate, d->write_allocate, d->transient);
}

void smmuv3_port_attributes(const struct smmuv3_attributes *a, struct port_request *access)
{
    static const uint8_t types[] = {
        [SMMUV3_NON_CACHEABLE] = PORT_WC, [SMMUV3_WRITE_THROUGH] = PORT_WT, [SMMUV3_WRITE_BACK] = PORT_WB};
    access->snoop = !a->device && !uncached(a) && a->shareability != SMMUV3_NSH;
    access->memory_type = a->device ? PORT_UC : types[a->outer.cacheability];
    access->bus = (uint32_t)a->shareability << PORT_BUS_SH_SHIFT | PORT_BUS_PRIVILEGED;
    access->bus |= a->device ? (uint32_t)a->device_type << PORT_BUS_DEVICE_SHIFT
                             : bus_level(&a->inner) << PORT_BUS_INNER_SHIFT | bus_level(&a->outer) << PORT_BUS_OUTER_SHIFT;
    access->bus_known = PORT_BUS_ALL;
}

void smmuv3_port_client(const struct smmuv3_params *p, const struct smmuv3_query *q, struct port_request *access)
{
    if (p->minor >= 4)
        return;
    access->bus &= ~(uint32_t)PORT_BUS_PRIVILEGED;
    access->bus |= (q->privileged ? PORT_BUS_PRIVILEGED : 0u) | (q->instruction ? PORT_BUS_INSTRUCTION : 0u);
}
