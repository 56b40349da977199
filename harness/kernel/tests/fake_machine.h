/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_machine.h - for tests: two pieces of RAM, two pages of registers that remember, and time that stands still. Hosted. */
#ifndef FAKE_MACHINE_H
#define FAKE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct hardware;

/* arm: the firmware has an IORT. */
const struct hardware *fake_machine_start(bool arm);
void fake_machine_stop(void);
uint8_t *fake_registers(void);        /* 8192 bytes */
unsigned int fake_widest_write(void); /* bytes of the widest write since the start */

#endif
