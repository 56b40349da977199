/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * link.h - from an ops table of unknown origin to one that can be called.
 *
 * A table may be older (shorter) or newer (longer) than this bench's dut.h. It is copied to the bench's own version: what
 * it does not have is NULL. What it must have is checked here, before anything in it is called.
 */
#ifndef DUT_LINK_H
#define DUT_LINK_H

#include "dut/dut.h"

#include <stdbool.h>
#include <stddef.h>

struct dut_link {
    struct iotb_dut_ops ops; /* iommu, endpoint and uapi point to the copies below, or are NULL */
    struct iotb_iommu_ops iommu;
    struct iotb_endpoint_ops endpoint;
    struct iotb_uapi_ops uapi;
    struct iotb_dut *dut;
    void *library; /* dlopen handle, NULL if none */
};

/* IOTB_E_ENVIRONMENT and one sentence in error when the table cannot be used. link must stay put while it is used. */
int dut_link_adopt(struct dut_link *link, const struct iotb_dut_ops *ops, char *error, size_t error_bytes);

/*
 * Opens: of a plug-in, the shared object first. On failure nothing stays open and args->error holds a sentence.
 */
int dut_link_open(struct dut_link *link, const struct iotb_dut_ops *ops, const struct iotb_open_args *args);
void dut_link_close(struct dut_link *link);

/* "the DUT died" and the like. */
const char *dut_result_text(int result);

#endif
