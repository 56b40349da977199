/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * message.h - the sender of an event interrupt: raised, held back by a mask, kept pending, forgotten when its cause has been
 * serviced.
 *
 * How it leaves the unit is the owner's: a message to the interrupt fabric, a write through memory, a wire.
 */
#ifndef XLATE_MESSAGE_H
#define XLATE_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialise it, then set send and owner. */
struct message {
    void (*send)(struct message *message); /* may raise it again */
    void *owner;
    uint64_t address;
    uint32_t data;
    bool masked, pending;
};

/* The event has happened: sent now, or when the mask is taken away. */
void message_raise(struct message *message);

void message_mask(struct message *message, bool masked);

/* Its cause is gone: what has not been sent will not be. */
void message_forget(struct message *message);

#endif
