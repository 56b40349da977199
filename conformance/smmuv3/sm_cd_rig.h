/* SPDX-License-Identifier: BSD-2-Clause */
/* sm_cd_rig.h - a stream with substreams: what the chapters on substreams and on CD tables share. */
#ifndef SMMUV3_SM_CD_RIG_H
#define SMMUV3_SM_CD_RIG_H

#include "build/sm.h"

#define CD_RIG_INPUT UINT64_C(0x01e63000)
#define CD_RIG_OFFSET 0xa8u

/* Stage 1 tables of its own for each SubstreamID that is opened. */
struct cd_rig {
    struct sm *sm;
    struct sm_ste ste;
    struct sm_table *s2;
    uint32_t sid, opened;
};

void cd_rig_open(struct cd_rig *rig, struct sm *sm, uint32_t config, uint32_t s1fmt, uint32_t s1cdmax, uint32_t s1dss);
/* A CD for this SubstreamID; where its requests arrive: a page of its own at CD_RIG_INPUT. */
uint64_t cd_rig_substream(struct cd_rig *rig, uint32_t ssid);
/* A write at CD_RIG_INPUT + CD_RIG_OFFSET; ssid < 0: without SubstreamID. */
struct iotb_request cd_rig_request(const struct cd_rig *rig, int64_t ssid);
bool cd_rig_arrives(const struct cd_rig *rig, const char *row, int64_t ssid, uint64_t host);
bool cd_rig_refused(const struct cd_rig *rig, const char *row, int64_t ssid, uint32_t type); /* a configuration event */
uint32_t cd_rig_least(uint32_t a, uint32_t b);

#endif
