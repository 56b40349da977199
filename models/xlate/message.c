/* SPDX-License-Identifier: BSD-2-Clause */
#include "xlate/message.h"

static void deliver(struct message *message)
{
    if (!message->pending || message->masked)
        return;
    message->pending = false;
    message->send(message);
}

void message_raise(struct message *message)
{
    message->pending = true;
    deliver(message);
}

void message_mask(struct message *message, bool masked)
{
    message->masked = masked;
    deliver(message);
}

void message_forget(struct message *message)
{
    message->pending = false;
}
