/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merge.c - who leads, and who waits for whom.
 */
#include "xlate/merge.h"

#include <stddef.h>

static struct merge_entry *leader_of(const struct merge_table *table, struct merge_tag tag)
{
    struct merge_entry *entry = table->leaders;
    while (entry && (entry->tag.word[0] != tag.word[0] || entry->tag.word[1] != tag.word[1]))
        entry = entry->next;
    return entry;
}

static void stand_in_line(struct merge_entry *leader, struct walk_job *job)
{
    job->next = NULL;
    if (leader->first)
        leader->last->next = job;
    else
        leader->first = job;
    leader->last = job;
}

enum walk_progress merge_join(struct merge_table *table, struct merge_entry *entry, struct merge_tag tag, struct walk_job *job)
{
    struct merge_entry *leader = leader_of(table, tag);
    if (leader == entry)
        return WALK_GO;
    if (leader) {
        stand_in_line(leader, job);
        return walk_sleep(job);
    }
    *entry = (struct merge_entry){.next = table->leaders, .tag = tag, .leading = true};
    table->leaders = entry;
    return WALK_GO;
}

static void wake(struct merge_entry *entry, uint64_t now_ps)
{
    while (entry->first) {
        struct walk_job *job = entry->first;
        entry->first = job->next;
        job->next = NULL;
        if (job->now_ps < now_ps)
            job->now_ps = now_ps;
        walk_wake(job);
    }
}

void merge_end(struct merge_table *table, struct merge_entry *entry, const struct walk_job *job)
{
    if (!entry->leading)
        return;
    struct merge_entry **place = &table->leaders;
    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    entry->leading = false;
    wake(entry, job->now_ps);
}

void merge_forget(struct merge_table *table)
{
    table->leaders = NULL;
}

uint64_t merge_usable_ps(enum merge_policy policy, uint64_t now_ps, uint64_t filled_ps, uint64_t lookup_ps)
{
    if (policy == MERGE_NONE || now_ps >= filled_ps)
        return now_ps;
    return filled_ps + (policy == MERGE_WAIT ? lookup_ps : 0);
}
