/* SPDX-License-Identifier: BSD-2-Clause */
/* sorting.c - sort, list_sort, bsearch. */
#include <linux/bsearch.h>
#include <linux/list_sort.h>
#include <linux/minmax.h>
#include <linux/sort.h>

static void swap_bytes(char *a, char *b, size_t bytes)
{
    while (bytes--) {
        swap(a[bytes], b[bytes]);
    }
}

static void sift(char *base, size_t at, size_t count, size_t bytes, int (*compare)(const void *, const void *))
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && compare(base + child * bytes, base + (child + 1) * bytes) < 0)
            child++;
        if (compare(base + at * bytes, base + child * bytes) >= 0)
            return;
        swap_bytes(base + at * bytes, base + child * bytes, bytes);
        at = child;
    }
}

void sort(void *base, size_t count, size_t bytes, int (*compare)(const void *, const void *),
          void (*swap_function)(void *, void *, int))
{
    for (size_t i = count / 2; i--;)
        sift(base, i, count, bytes, compare);
    for (size_t i = count; i-- > 1;) {
        swap_bytes(base, (char *)base + i * bytes, bytes);
        sift(base, 0, i, bytes, compare);
    }
}

void *bsearch(const void *key, const void *base, size_t count, size_t bytes, int (*compare)(const void *, const void *))
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;
        const char *at = (const char *)base + middle * bytes;
        int order = compare(key, at);

        if (order == 0)
            return (void *)(unsigned long)at;
        if (order < 0)
            count = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Stable: halves are sorted and merged. */
void list_sort(void *priv, struct list_head *head, list_cmp_func_t compare)
{
    LIST_HEAD(half);
    LIST_HEAD(merged);
    size_t count = list_count_nodes(head);

    if (count < 2)
        return;
    for (size_t i = 0; i < count / 2; i++)
        list_move_tail(head->next, &half);
    list_sort(priv, &half, compare);
    list_sort(priv, head, compare);
    while (!list_empty(&half) && !list_empty(head))
        list_move_tail(compare(priv, half.next, head->next) <= 0 ? half.next : head->next, &merged);
    list_splice_tail_init(&half, &merged);
    list_splice_tail_init(head, &merged);
    list_splice_init(&merged, head);
}
