/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plugin.h - DUTs from elsewhere: a shared object (plugin,path=FILE[,NAME=VALUE...]) and a peer on a Unix socket
 * (socket,path=FILE[,timeout_ms=N][,NAME=VALUE...]). All other parameters go to the DUT.
 */
#ifndef DUT_PLUGIN_PLUGIN_H
#define DUT_PLUGIN_PLUGIN_H

#include "dut/dut.h"

#include <stdbool.h>
#include <stddef.h>

/* Only a name: dut_link_open() loads the shared object and takes the operations from it. */
const struct iotb_dut_ops *iotb_dut_plugin(void);
/* Every call goes over the socket. Until it is opened its operations are those of an IOMMU. */
const struct iotb_dut_ops *iotb_dut_socket(void);
const struct iotb_endpoint_ops *
socket_endpoint(const struct iotb_dut *dut); /* of an opened one: NULL when the peer is an IOMMU */

/* The table of an opened one, with those functions that the peer has. False when it is no user interface. */
bool socket_uapi(struct iotb_dut *dut, struct iotb_uapi_ops *ops);

/* IOTB_OK, or a sentence in args->error. `parameters` gets what is left for the DUT. */
int plugin_load(const struct iotb_open_args *args, void **library, const struct iotb_dut_ops **ops, char *parameters,
                size_t parameters_bytes);
void plugin_unload(void *library); /* NULL is allowed */

/*
 * Takes NAME=VALUE out of a parameter list: the value goes to `value`, the others to `rest`. False, with value empty, when
 * NAME is not there or something does not fit.
 */
bool parameters_take(const char *parameters, const char *name, char *value, size_t value_bytes, char *rest, size_t rest_bytes);

#endif
