/* SPDX-License-Identifier: BSD-2-Clause */
/* ep_groups.h - what the cases of page request groups share. */
#ifndef PASID_DEVICE_EP_GROUPS_H
#define PASID_DEVICE_EP_GROUPS_H

#include "pasid_device_chapters.h"

/* Four queues with block on fault: two of PASID 5, one of 6, one without PASID. */
extern const struct ep_wq pg_wqs[4];
extern const uint32_t pg_spaces[4];

/* Everything on; so many pages in a group, so many retries. */
void pg_scene(struct ep *ep, struct test *t, uint32_t pages, uint32_t retry);
uint64_t pg_fresh(struct ep *ep); /* addresses that nothing is mapped to */
void pg_submit(struct ep *ep, uint32_t wq, struct ep_work *work);
/* Page request number n since the mark; how many there were. */
const struct iotb_message *pg_request(struct ep *ep, uint32_t mark, uint32_t n);
uint32_t pg_requests(struct ep *ep, uint32_t mark);
uint32_t pg_capacity(struct ep *ep);
void pg_map_and_respond(struct ep *ep, uint32_t index);
/* Answers what waits, and what comes of it, until nothing waits. */
void pg_finish(struct ep *ep);
/* What the device says is outstanding. */
void pg_check_outstanding(struct ep *ep, const char *row, uint32_t groups, uint32_t messages, const char *what);

#endif
