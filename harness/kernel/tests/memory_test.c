/* SPDX-License-Identifier: BSD-2-Clause */
/* memory_test.c - frames, processes' memory, faults, pins, charges, fork and exit, notifiers. */
#include "kernel/tests/fake_machine.h"
#include "kernel/tests/process_fixture.h"

#include <errno.h>
#include <string.h>

static uint64_t map(uint64_t pages)
{
    int64_t address = process_map(process, pages * PAGE, ALL);

    assert_true(address > 0);
    return (uint64_t)address;
}

static void put(struct process *where, uint64_t address, uint8_t value)
{
    assert_int_equal(process_memory_write(where, address, &value, 1), 0);
}

static uint8_t get(struct process *where, uint64_t address)
{
    uint8_t value = 0;

    assert_int_equal(process_memory_read(where, address, &value, 1), 0);
    return value;
}

static int64_t frame(struct process *where, uint64_t address)
{
    int64_t at = process_physical(where, address);

    return at < 0 ? at : at / PAGE;
}

/* ---- frames ---- */

static void frames(void **state)
{
    (void)state;
    fixture_check(NULL, check_frames, NULL);
}

static void all_frames(void **state)
{
    (void)state;
    fixture_check(NULL, check_full, NULL);
}

static void page_bugs(void **state)
{
    static const char *const words[] = {"was free", "written after it was freed", "while it is used", "was not pinned"};

    (void)state;
    fixture_check(NULL, check_page_bugs, NULL);
    fixture_splats(4, words);
}

static void user_frames_are_no_neighbours(void **state)
{
    uint64_t at = map(200);

    (void)state;
    for (uint64_t i = 1; i < 200; i++) {
        int64_t distance = frame(process, at + i * PAGE) - frame(process, at + (i - 1) * PAGE);

        assert_true(distance != 1 && distance != -1 && distance);
    }
}

static void huge(void **state)
{
    int64_t at = process_mmap(process, 0, 2 << 20, ALL, PROCESS_PRIVATE | PROCESS_HUGE, -1, 0);

    (void)state;
    assert_true(at > 0 && at % (2 << 20) == 0);
    assert_int_equal(frame(process, (uint64_t)at) % 512, 0);
    assert_int_equal(frame(process, (uint64_t)at + 511 * PAGE), frame(process, (uint64_t)at) + 511);
    assert_int_equal(process_munmap(process, (uint64_t)at + 5 * PAGE, PAGE), 0);
}

/* ---- mmap, munmap, mprotect ---- */

static void first_use(void **state)
{
    int64_t at = process_mmap(process, 0, 4 * PAGE, ALL, PROCESS_PRIVATE, -1, 0);

    (void)state;
    assert_true(at > 0);
    assert_int_equal(frame(process, (uint64_t)at), -EFAULT);
    assert_int_equal(get(process, (uint64_t)at), 0);
    assert_true(frame(process, (uint64_t)at) > 0);
    assert_int_equal(frame(process, (uint64_t)at + PAGE), -EFAULT);
    put(process, (uint64_t)at + 3 * PAGE, 7);
    assert_int_equal(get(process, (uint64_t)at + 3 * PAGE), 7);
}

static void places(void **state)
{
    uint8_t byte;
    uint64_t at = map(1), next = map(1);

    (void)state;
    assert_true(next != at + PAGE);
    assert_int_equal(process_memory_read(process, at + PAGE, &byte, 1), -EFAULT);
    assert_int_equal(process_memory_read(process, at - 1, &byte, 1), -EFAULT);
    assert_int_equal(process_mmap(process, at, PAGE, ALL, PROCESS_PRIVATE | PROCESS_NO_REPLACE, -1, 0), -EEXIST);
    put(process, at, 9);
    assert_int_equal(process_mmap(process, at, PAGE, ALL, PROCESS_PRIVATE | PROCESS_FIXED, -1, 0), at);
    assert_int_equal(get(process, at), 0);
    assert_int_equal(process_mmap(process, 0, PAGE, ALL, PROCESS_PRIVATE | PROCESS_FIXED, -1, 0), -EPERM);
    assert_int_equal(process_mmap(process, at + 1, PAGE, ALL, PROCESS_PRIVATE | PROCESS_FIXED, -1, 0), -EINVAL);
    assert_int_equal(process_mmap(process, 0, 0, ALL, PROCESS_PRIVATE, -1, 0), -EINVAL);
    assert_int_equal(process_mmap(process, UINT64_C(1) << 47, PAGE, ALL, PROCESS_PRIVATE | PROCESS_FIXED, -1, 0), -EINVAL);
    assert_int_equal(process_munmap(process, at, 0), -EINVAL);
    assert_int_equal(process_munmap(process, at + 1, PAGE), -EINVAL);
}

static void unmap_a_part(void **state)
{
    uint64_t at = map(5), before;
    uint8_t byte;

    (void)state;
    put(process, at + 4 * PAGE, 4);
    before = process_free_frames();
    assert_int_equal(process_munmap(process, at + PAGE, 2 * PAGE), 0);
    assert_int_equal(process_free_frames(), before + 2);
    assert_int_equal(get(process, at), 0);
    assert_int_equal(process_memory_read(process, at + PAGE, &byte, 1), -EFAULT);
    assert_int_equal(process_memory_read(process, at + 3 * PAGE - 1, &byte, 1), -EFAULT);
    assert_int_equal(get(process, at + 4 * PAGE), 4);
    assert_int_equal(process_munmap(process, at, 5 * PAGE), 0);
    assert_int_equal(process_free_frames(), before + 5);
}

static void protection(void **state)
{
    uint64_t at = map(3);
    uint8_t byte = 1;

    (void)state;
    put(process, at + PAGE, 5);
    assert_int_equal(process_mprotect(process, at + PAGE, PAGE, PROCESS_READ), 0);
    assert_int_equal(process_memory_write(process, at + PAGE, &byte, 1), -EFAULT);
    assert_int_equal(get(process, at + PAGE), 5);
    put(process, at, 1);
    put(process, at + 2 * PAGE, 1);
    assert_int_equal(process_mprotect(process, at + PAGE, PAGE, 0), 0);
    assert_int_equal(process_memory_read(process, at + PAGE, &byte, 1), -EFAULT);
    assert_int_equal(process_mprotect(process, at, 3 * PAGE, ALL), 0);
    assert_int_equal(get(process, at + PAGE), 5);
    put(process, at + PAGE, 6);
    assert_int_equal(process_mprotect(process, at + 3 * PAGE, PAGE, ALL), -ENOMEM);
}

/* ---- copies ---- */

static void copies_stop_at_the_first_byte(void **state)
{
    struct check_range range = {.address = map(2), .pages = 2};

    (void)state;
    fixture_check(process, check_uaccess, &range);
    fixture_check(process, check_user_sizes, &range);
}

static void read_only_memory_is_not_written(void **state)
{
    int64_t at = process_map(process, PAGE, PROCESS_READ);
    struct check_range range = {.address = (uint64_t)at, .pages = 1};
    uint8_t byte = 1;

    (void)state;
    assert_int_equal(process_memory_write(process, (uint64_t)at, &byte, 1), -EFAULT);
    range.write = 1;
    fixture_check(process, check_pin, &range);
    assert_int_equal(range.result, -EFAULT);
    fixture_check(process, check_unpin, &range);
    range.write = 0;
    fixture_check(process, check_pin, &range);
    assert_int_equal(range.result, 1);
    fixture_check(process, check_unpin, &range);
}

/* ---- pins and charges ---- */

static void pin_half_of_a_range(void **state)
{
    struct check_range range = {.address = map(4), .pages = 6, .write = 1};

    (void)state;
    fixture_check(process, check_pin, &range);
    assert_int_equal(range.result, 4);
    assert_int_equal(process_pinned_pages(), 4);
    for (unsigned int i = 0; i < 4; i++)
        assert_int_equal(range.frames[i], frame(process, range.address + i * PAGE));
    fixture_check(process, check_unpin, &range);
    range.address += 4 * PAGE;
    fixture_check(process, check_pin, &range);
    assert_int_equal(range.result, -EFAULT);
    fixture_check(process, check_unpin, &range);
}

/* What is pinned stays when it is unmapped, and when the process goes. */
static void pins_outlive_the_mapping(void **state)
{
    struct check_range range = {.address = map(3), .pages = 3, .write = 1};
    uint64_t before = process_free_frames();

    (void)state;
    fixture_check(process, check_pin, &range);
    assert_int_equal(process_munmap(process, range.address, 3 * PAGE), 0);
    assert_int_equal(process_free_frames(), before);
    process_exit(process);
    process = NULL;
    assert_int_equal(process_spaces(), 1); /* who pinned holds it */
    assert_int_equal(process_pinned_pages(), 3);
    before = process_free_frames();
    fixture_check(NULL, check_unpin, &range);
    assert_int_equal(process_spaces(), 0);
    assert_int_equal(process_pinned_pages(), 0);
    assert_int_equal(process_free_frames(), before + 4); /* and the top of the page table */
}

static void charges(void **state)
{
    struct check_range range = {.pages = 64, .write = 1}, one = {.pages = 1, .write = 1};

    (void)state;
    fixture_check(process, check_charge, &range);
    assert_int_equal(range.result, 0);
    assert_int_equal(process_locked_pages(process), 64);
    fixture_check(process, check_charge, &one);
    assert_int_equal(one.result, -ENOMEM);
    assert_int_equal(process_locked_pages(process), 64);
    assert_int_equal(process_set_memlock(process, 65 * PAGE + 1), 0);
    fixture_check(process, check_charge, &one);
    assert_int_equal(one.result, 0);
    range.write = one.write = 0;
    fixture_check(process, check_charge, &range);
    fixture_check(process, check_charge, &one);
    assert_int_equal(process_locked_pages(process), 0);
}

static void a_capability_has_no_limit(void **state)
{
    struct process *other =
        process_create(&(struct process_config){.name = "able", .uid = 7, .capabilities = PROCESS_CAP_IPC_LOCK, .memlock = PAGE});
    struct check_range range = {.pages = 100, .write = 1};

    (void)state;
    fixture_check(other, check_charge, &range);
    assert_int_equal(range.result, 0);
    range.write = 0;
    fixture_check(other, check_charge, &range);
    process_exit(other);
}

/* ---- fork, exit ---- */

static void fork_copies_at_the_first_write(void **state)
{
    uint64_t at = map(2), free_frames;
    struct process *child;

    (void)state;
    put(process, at, 1);
    put(process, at + PAGE, 2);
    child = process_fork(process);
    assert_int_equal(frame(process, at), frame(child, at));
    free_frames = process_free_frames();
    put(process, at, 3);
    assert_int_equal(get(child, at), 1);
    put(child, at + PAGE, 4);
    assert_int_equal(get(process, at + PAGE), 2);
    assert_int_equal(process_free_frames(), free_frames - 2);
    put(child, at, 5); /* the last one keeps the page */
    put(process, at + PAGE, 6);
    assert_int_equal(process_free_frames(), free_frames - 2);
    assert_int_equal(get(process, at), 3);
    process_exit(child);
    assert_int_equal(get(process, at + PAGE), 6);
}

static void fork_copies_what_is_pinned(void **state)
{
    struct check_range range = {.address = map(2), .pages = 1, .write = 1};
    struct process *child;

    (void)state;
    put(process, range.address, 1);
    fixture_check(process, check_pin, &range);
    child = process_fork(process);
    assert_int_equal(frame(process, range.address), range.frames[0]);
    assert_true(frame(child, range.address) != (int64_t)range.frames[0]);
    assert_int_equal(get(child, range.address), 1);
    put(process, range.address, 2);
    assert_int_equal(frame(process, range.address), range.frames[0]);
    assert_int_equal(get(child, range.address), 1);
    process_exit(child);
    fixture_check(process, check_unpin, &range);
}

/* To be read by a device, a page that is shared becomes one of its own before it is pinned. */
static void a_pin_unshares(void **state)
{
    struct check_range range = {.address = map(1), .pages = 1};
    struct process *child;

    (void)state;
    put(process, range.address, 8);
    child = process_fork(process);
    fixture_check(process, check_pin, &range);
    assert_int_equal(range.result, 1);
    assert_int_equal(frame(process, range.address), range.frames[0]);
    put(process, range.address, 9);
    assert_int_equal(frame(process, range.address), range.frames[0]);
    assert_int_equal(get(child, range.address), 8);
    fixture_check(process, check_unpin, &range);
    process_exit(child);
}

static void shared_memory_stays_shared(void **state)
{
    int64_t at = process_mmap(process, 0, PAGE, ALL, PROCESS_SHARED, -1, 0);
    struct process *child = process_fork(process);

    (void)state;
    put(child, (uint64_t)at, 6);
    assert_int_equal(get(process, (uint64_t)at), 6);
    process_exit(child);
    assert_int_equal(get(process, (uint64_t)at), 6);
}

static void a_child_has_no_charges(void **state)
{
    struct check_range range = {.pages = 10, .write = 1};
    struct process *child;

    (void)state;
    fixture_check(process, check_charge, &range);
    child = process_fork(process);
    assert_int_equal(process_locked_pages(child), 0);
    process_exit(child);
    range.write = 0;
    fixture_check(process, check_charge, &range);
}

static void all_frames_come_back(void **state)
{
    uint64_t before;

    (void)state;
    process_exit(process);
    before = process_free_frames();
    process = fixture_process(1, PAGE);
    map(100);
    process_exit(process_fork(process));
    process_exit(process);
    process = NULL;
    assert_int_equal(process_free_frames(), before);
}

/* ---- notifiers, address spaces in other hands ---- */

static void watched(struct check_range *range)
{
    fixture_check(NULL, check_watched, range);
    assert_int_equal(range->frames[0], range->frames[1]);
}

static void notifiers(void **state)
{
    struct check_range range = {0};
    uint64_t at = map(3);

    (void)state;
    fixture_check(process, check_watch, &range);
    assert_int_equal(process_munmap(process, at, PAGE), 0);
    watched(&range);
    assert_int_equal(range.frames[0], 1);
    assert_int_equal(range.result, 1);
    assert_int_equal(range.frames[2], 1); /* by taking it off */

    fixture_check(process, check_watch, &range);
    process_exit(process_fork(process));
    put(process, at + PAGE, 1); /* nobody else has it any more: nothing changes place */
    watched(&range);
    assert_true(range.frames[0] >= 1 && range.result >= 1);

    fixture_check(process, check_watch, &range);
    process_exit(process);
    process = NULL;
    watched(&range);
    assert_int_equal(range.frames[2], 1);
}

static void a_copy_invalidates(void **state)
{
    struct check_range range = {0};
    uint64_t at = map(1);
    struct process *child;

    (void)state;
    put(process, at, 1);
    child = process_fork(process);
    fixture_check(process, check_watch, &range);
    put(process, at, 2);
    watched(&range);
    assert_int_equal(range.frames[0], 1);
    assert_int_equal(range.result, 1);
    process_exit(child);
}

static void lent(void **state)
{
    struct check_range range = {.address = map(1)};

    (void)state;
    put(process, range.address, 0x42);
    fixture_check(process, check_borrow, &range);
    fixture_check(NULL, check_lent, &range);
    assert_int_equal(range.result, 0x42);
}

/* The last user takes the addresses down, not the exit. */
static void lent_beyond_the_exit(void **state)
{
    struct check_range range = {.address = map(1), .write = 1};

    (void)state;
    put(process, range.address, 0x43);
    fixture_check(process, check_borrow, &range);
    process_exit(process);
    process = NULL;
    fixture_check(NULL, check_lent, &range);
    assert_int_equal(range.result, 0x43);
}

static void faults_for_a_device(void **state)
{
    int64_t at = process_mmap(process, 0, 2 * PAGE, ALL, PROCESS_PRIVATE, -1, 0);
    struct check_range range = {.address = (uint64_t)at, .write = 1};

    (void)state;
    fixture_check(process, check_borrow, &range);
    fixture_check(NULL, check_fault, &range);
    assert_int_equal(range.result, 0);
    assert_true(frame(process, (uint64_t)at) > 0);
    assert_int_equal(process_mprotect(process, (uint64_t)at, 2 * PAGE, PROCESS_READ), 0);
    fixture_check(NULL, check_fault, &range);
    assert_int_equal(range.result, -EFAULT);
    range.address += 2 * PAGE;
    fixture_check(NULL, check_fault, &range);
    assert_int_equal(range.result, -EFAULT);
    fixture_check(NULL, check_give_back, &range);
}

/* ---- the format of the table: as the IOMMU will read it ---- */

/* What the entries above and of an address must have set and clear; formats as their architectures have them. */
struct format {
    uint64_t table_set, page_set, writable, read_only;
};

static void walk(const struct format *format)
{
    uint64_t at = map(2);
    struct check_range range = {.address = at};

    assert_int_equal(process_mprotect(process, at + PAGE, PAGE, PROCESS_READ), 0);
    fixture_check(process, check_walk, &range);
    for (unsigned int level = 3; level; level--)
        assert_int_equal(range.frames[level] & format->table_set, format->table_set);
    assert_int_equal(range.frames[0] & format->page_set, format->page_set);
    assert_int_equal(range.frames[0] & (format->writable | format->read_only), format->writable);
    assert_int_equal((range.frames[0] & 0xfffffffff000) / PAGE, frame(process, at));
    range.address += PAGE;
    fixture_check(process, check_walk, &range);
    assert_int_equal(range.frames[0] & (format->writable | format->read_only), format->read_only);
}

static void x86_table(void **state)
{
    (void)state;
    walk(&(struct format){.table_set = 0x7, .page_set = 0x25, .writable = 0x2});
}

static void arm_table(void **state)
{
    (void)state;
    walk(&(struct format){.table_set = 0x3, .page_set = 0xf43, .read_only = 0x80});
}

int main(void)
{
    static int arm;
    const struct CMUnitTest tests[] = {
        fixture_test(frames),
        fixture_test(all_frames),
        fixture_test(page_bugs),
        fixture_test(user_frames_are_no_neighbours),
        fixture_test(huge),
        fixture_test(first_use),
        fixture_test(places),
        fixture_test(unmap_a_part),
        fixture_test(protection),
        fixture_test(copies_stop_at_the_first_byte),
        fixture_test(read_only_memory_is_not_written),
        fixture_test(pin_half_of_a_range),
        fixture_test(pins_outlive_the_mapping),
        fixture_test(charges),
        fixture_test(a_capability_has_no_limit),
        fixture_test(fork_copies_at_the_first_write),
        fixture_test(fork_copies_what_is_pinned),
        fixture_test(a_pin_unshares),
        fixture_test(shared_memory_stays_shared),
        fixture_test(a_child_has_no_charges),
        fixture_test(all_frames_come_back),
        fixture_test(notifiers),
        fixture_test(a_copy_invalidates),
        fixture_test(lent),
        fixture_test(lent_beyond_the_exit),
        fixture_test(faults_for_a_device),
        fixture_test(x86_table),
        cmocka_unit_test_prestate_setup_teardown(arm_table, fixture_start, fixture_stop, &arm),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
