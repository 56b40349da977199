/* SPDX-License-Identifier: BSD-2-Clause */
/* ioasid_breaches.h - an interface that breaks one requirement: erratum=call.NAME, erratum=rule.NAME. */
#ifndef DUT_IOASID_BREACHES_H
#define DUT_IOASID_BREACHES_H

#include "dut/ioasid/ioasid_dut.h"
#include "dut/ioasid/ioasid_internal.h"

bool breach_at(size_t n, struct dut_deviation *deviation);              /* the n-th; false behind the last */
bool breach_choose(struct iotb_dut *dut, const char *name);             /* false: there is no such */
bool breach_is(const char *name);                                       /* "call.", "rule." */
int64_t breach_call(struct iotb_dut *dut, struct iotb_uapi_call *call); /* dut_call(), and what is made of it */

/* Whose file is it? */
void breach_opened(struct iotb_dut *dut, uint32_t process, const char *path, int64_t fd);
void breach_shared(struct iotb_dut *dut, uint32_t process, int64_t fd, uint32_t to_process, int64_t to_fd);

/* Of what is no system call: what becomes of the result, or of the question. */
int64_t breach_module(const struct iotb_dut *dut, int64_t result);
int64_t breach_wbinvd(const struct iotb_dut *dut, int64_t result);
int64_t breach_enqcmd(const struct iotb_dut *dut, int64_t result);
uint32_t breach_vpasid(const struct iotb_dut *dut, uint32_t vpasid);

#endif
