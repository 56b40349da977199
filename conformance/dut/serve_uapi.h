/* SPDX-License-Identifier: BSD-2-Clause */
/* serve_uapi.h - a question for a user interface, for serve.c. */
#ifndef DUT_SERVE_UAPI_H
#define DUT_SERVE_UAPI_H

#include "dut/plugin/wire.h"

#include <stdbool.h>

/* The question has room for one byte more; the reply for WIRE_PAYLOAD_MAX. */
int serve_uapi(const struct iotb_uapi_ops *ops, struct iotb_dut *dut, uint8_t *question, uint32_t question_bytes, uint8_t *reply,
               uint32_t *reply_bytes);

#endif
