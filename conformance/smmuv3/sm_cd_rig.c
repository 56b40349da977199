/* SPDX-License-Identifier: BSD-2-Clause */
#include "sm_cd_rig.h"

void cd_rig_open(struct cd_rig *rig, struct sm *sm, uint32_t config, uint32_t s1fmt, uint32_t s1cdmax, uint32_t s1dss)
{
    *rig = (struct cd_rig){.sm = sm, .sid = sm_sid(sm, 0)};
    rig->s2 = config == SM_NESTED ? sm_table_new(sm, 2, NULL) : NULL;
    rig->ste = (struct sm_ste){.config = config, .s1fmt = s1fmt, .s1cdmax = s1cdmax, .s1dss = s1dss, .vmid = 9, .s2 = rig->s2};
    rig->ste.s1contextptr = sm_cd_table_new(sm, s1fmt, s1cdmax, rig->s2);
    sm_set_ste(sm, rig->sid, &rig->ste);
    sm_invalidate_all(sm);
}

uint64_t cd_rig_substream(struct cd_rig *rig, uint32_t ssid)
{
    struct sm_path path = {.sm = rig->sm, .flavour = &sm_flavours[rig->s2 ? SM_F_NESTED_SSID : SM_F_S1_SSID], .s2 = rig->s2};
    struct sm_cd cd = {.asid = ++rig->opened};

    path.s1 = rig->s2 ? sm_table_new_nested(rig->sm, NULL, rig->s2, false) : sm_table_new(rig->sm, 1, NULL);
    cd.ttb0 = path.s1;
    sm_set_cd(rig->sm, rig->sid, ssid, &cd);
    return sm_path_page(&path, CD_RIG_INPUT, SM_RW);
}

struct iotb_request cd_rig_request(const struct cd_rig *rig, int64_t ssid)
{
    struct iotb_request r = sm_plain_request(rig->sm, rig->sid, CD_RIG_INPUT + CD_RIG_OFFSET);

    if (ssid >= 0) {
        r.flags = IOTB_RQ_PASID;
        r.pasid = (uint32_t)ssid;
    }
    return r;
}

bool cd_rig_arrives(const struct cd_rig *rig, const char *row, int64_t ssid, uint64_t host)
{
    struct iotb_request r = cd_rig_request(rig, ssid);

    return sm_expect_ok(rig->sm, row, &r, host + CD_RIG_OFFSET);
}

bool cd_rig_refused(const struct cd_rig *rig, const char *row, int64_t ssid, uint32_t type)
{
    struct iotb_request r = cd_rig_request(rig, ssid);

    return sm_expect_config(rig->sm, row, &r, type, 0);
}

uint32_t cd_rig_least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}
