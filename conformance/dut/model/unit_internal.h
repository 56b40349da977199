/* SPDX-License-Identifier: BSD-2-Clause */
/* unit_internal.h - one DUT in the two files that make it: unit_dut.c, its life, and unit_traffic.c, all that goes in and out. */
#ifndef DUT_MODEL_UNIT_INTERNAL_H
#define DUT_MODEL_UNIT_INTERNAL_H

#include "dut/model/unit_dut.h"

#include "sim/memory.h"

/* A first-in first-out queue of anything, growing. */
struct fifo {
    uint8_t *items;
    size_t item_bytes, first, count, room;
};

struct slot {
    struct pcie_request request; /* first member: done() gets back here from it */
    struct iotb_dut *dut;
    struct slot *next, *previous; /* list of requests in flight */
};

/* An access that the bench has pulled. */
struct handed {
    uint32_t tag;
    struct port_request *request;
};

struct iotb_dut {
    struct sim sim;
    const struct unit_ops *ops;
    const struct unit_time *time;
    void *params; /* ops->params_bytes */
    void *unit;
    struct unit_ports ports;
    struct memory *memory; /* memory=dut, else NULL */
    struct slot *in_flight;
    struct fifo waiting;     /* struct port_request *, not pulled yet */
    struct fifo completions; /* struct iotb_completion */
    struct fifo interrupts;  /* struct iotb_interrupt */
    struct fifo messages;    /* struct iotb_message, down to endpoints */
    struct fifo probes;      /* struct iotb_probe */
    bool probing;            /* somebody has asked for probes */
    struct handed *handed;
    size_t handed_count, handed_room;
    uint32_t next_tag;
    char preset[32];
    char parameters[512];
};

void *unit_checked(void *memory); /* aborts without memory */

/* Makes queues and ports. */
void unit_dut_connect(struct iotb_dut *dut);
void unit_dut_free_queues(struct iotb_dut *dut);
void unit_dut_drop_requests(struct iotb_dut *dut);
/* Every access that the port took must be answered, after a reset too; the model drops what comes late. */
void unit_dut_abort_accesses(struct iotb_dut *dut);

/* Of struct iotb_iommu_ops. */
int unit_dut_submit(struct iotb_dut *dut, const struct iotb_request *request);
int unit_dut_poll_completion(struct iotb_dut *dut, struct iotb_completion *completion);
int unit_dut_mem_read(struct iotb_dut *dut, uint64_t address, void *data, uint32_t bytes);
int unit_dut_mem_write(struct iotb_dut *dut, uint64_t address, const void *data, uint32_t bytes);
int unit_dut_next_access(struct iotb_dut *dut, struct iotb_access *access);
int unit_dut_answer_access(struct iotb_dut *dut, const struct iotb_answer *answer);
int unit_dut_poll_interrupt(struct iotb_dut *dut, struct iotb_interrupt *interrupt);
int unit_dut_send_message(struct iotb_dut *dut, const struct iotb_message *message);
int unit_dut_poll_message(struct iotb_dut *dut, struct iotb_message *message);
int unit_dut_next_probe(struct iotb_dut *dut, struct iotb_probe *probe);

#endif
