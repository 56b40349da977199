/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hazard.c - claims of regions, and the line of those whose turn has not come.
 */
#include "xlate/hazard.h"

#include <stddef.h>

static bool claimed(const struct hazard_table *table, struct merge_tag tag)
{
    const struct hazard_entry *entry = table->claims;
    while (entry && (entry->tag.word[0] != tag.word[0] || entry->tag.word[1] != tag.word[1]))
        entry = entry->next;
    return entry;
}

static void claim(struct hazard_table *table, struct hazard_entry *entry)
{
    entry->claims = true;
    entry->next = table->claims;
    table->claims = entry;
}

enum walk_progress hazard_enter(struct hazard_table *table, struct hazard_entry *entry, struct merge_tag tag,
                                struct walk_job *job)
{
    *entry = (struct hazard_entry){.tag = tag, .job = job};
    if (!table->line_first && !claimed(table, tag)) {
        claim(table, entry);
        return WALK_GO;
    }
    if (table->line_first)
        table->line_last->next = entry;
    else
        table->line_first = entry;
    table->line_last = entry;
    return walk_sleep(job);
}

static void admit(struct hazard_table *table, uint64_t now_ps)
{
    while (table->line_first && !claimed(table, table->line_first->tag)) {
        struct hazard_entry *entry = table->line_first;
        table->line_first = entry->next;
        claim(table, entry);
        if (entry->job->now_ps < now_ps)
            entry->job->now_ps = now_ps;
        walk_wake(entry->job);
    }
}

void hazard_leave(struct hazard_table *table, struct hazard_entry *entry)
{
    if (!entry->claims)
        return;
    struct hazard_entry **place = &table->claims;
    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    entry->claims = false;
    admit(table, entry->job->now_ps);
}

void hazard_forget(struct hazard_table *table)
{
    table->claims = table->line_first = table->line_last = NULL;
}
