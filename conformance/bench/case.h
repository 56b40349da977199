/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * case.h - what a conformance case is, and everything that it may use of the bench.
 *
 * A case knows this header, conformance/build and conformance/spec, never a model's header. It runs in a process of its
 * own, on a freshly opened DUT after a cold reset. It states facts through CHECK..., each naming the requirement row that
 * the comparison decides; it goes on after a failed check.
 *
 * Layers: dut/dut.h (the DUT) < bench/machine.c (this header's machine part: memory, pump, injection) < build/vt.h and build/sm.h
 * (tables and queues of VT-d and of SMMUv3) < cases.
 */
#ifndef BENCH_CASE_H
#define BENCH_CASE_H

#include "dut/dut.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test; /* one run of one case on one DUT */

struct iotb_case {
    const char *name;    /* "vtd.root.legacy_index": architecture, chapter, what; unique */
    const char *summary; /* the relation that it proves, one sentence */
    void (*run)(struct test *t);
    const char *rows; /* space-separated ids of all requirement rows that its checks may name */
    /*
     * Condition on the DUT, SKIP if false, the missing term named: terms joined by '&', each "REGISTER.FIELD" (non-zero),
     * "!REGISTER.FIELD", or "REGISTER.FIELD>=N", "=N", "<N", "&N" is written "REGISTER.FIELD:N" (bit N set); registers are
     * VER, CAP, ECAP with field names of conformance/spec/vtd-registers.csv, and IDR0, IDR1, IDR3, IDR5, AIDR with those of
     * smmuv3-registers.csv ("IDR0.S1P", "IDR1.SSIDSIZE>=8", "IDR0.TTF:1"); "AIDR>=2" is AIDR.ArchMinorRev. "HAW<52" compares the
     * host address width. Of an endpoint a term is a word of bench/gate_endpoint.c: "ATS", "PASID", "!SWENQ" ... Of a user
     * interface it is a word of bench/gate_uapi.c: "IOMMU.vtd", "RULE.replace", "PROFILE.s20", "PASID", "GROUP" ...
     */
    const char *gate;
    uint64_t features;    /* IOTB_F_* without which the case is NOTESTABLE */
    bool functional;      /* submits requests and must therefore fail on every negative control */
    uint8_t tier;         /* enum iotb_tier: the first tier in which it runs */
    const void *argument; /* for run, by test_argument(): one function may serve a table of cases */
};

enum iotb_tier { TIER_SMOKE = 0, TIER_FULL = 1, TIER_NIGHTLY = 2 };

/* A chapter's cases. */
struct iotb_case_list {
    const struct iotb_case *cases;
    size_t count;
};

/* ---- verdicts ---- */

/* Records a check. `row` must be in the case's rows. A failed check of a row marked U counts as WARN. Returns ok. */
bool test_check(struct test *t, const char *row, bool ok, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
bool test_check_eq(struct test *t, const char *row, uint64_t expected, uint64_t seen, const char *file, int line,
                   const char *format, ...) __attribute__((format(printf, 7, 8)));

#define CHECK(t, row, condition, ...) test_check((t), (row), (condition), __FILE__, __LINE__, __VA_ARGS__)
/* Both values go into the report; the text says what they are. */
#define CHECK_EQ(t, row, expected, seen, ...) \
    test_check_eq((t), (row), (uint64_t)(expected), (uint64_t)(seen), __FILE__, __LINE__, __VA_ARGS__)

/*
 * While this is on, a check that passes is not counted for its row: for what every case does in passing (vt_close), so that no
 * row looks checked by it. A failure counts as always.
 */
void test_count_failures_only(struct test *t, bool on);
/*
 * Rows that a check may name from now on besides the case's own: those that a builder's expectation decides in passing, whatever
 * the case is about (a field of a fault record). Space-separated, and lives as long as the case. Only failures are counted, so
 * that the row of what is wrong fails, and no row looks checked by a case that is about something else.
 */
void test_carry(struct test *t, const char *rows);

/* For rows that only record (kind probe): the row gets the verdict OBSERVED with this text. */
void test_observe(struct test *t, const char *row, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Context of the checks that follow ("PASID 0x40, level 3"); shown with a failure. NULL clears it. */
void test_context(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The rest of the case cannot run: capability missing (SKIP) or adapter unable (NOTESTABLE). Does not return. */
void test_skip(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
void test_not_testable(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
/* The case itself is wrong, or the bench failed: verdict ERROR. Does not return. */
void test_abort(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
/* Only for decoded evidence: a line in the report of a failing case (registers, structures, records by field). */
void test_note(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool test_failed(const struct test *t);
bool test_row_known(const struct test *t, const char *row); /* is it among the case's rows */
const void *test_argument(const struct test *t);
const char *test_first_row(const struct test *t); /* the first of the case's rows that is not marked U */

/* ---- what the DUT is ---- */

const struct iotb_desc *test_desc(const struct test *t);
bool test_has(const struct test *t, uint64_t features);
/* Request count that the tier allows a randomised case, and the case's seed. */
uint64_t test_request_budget(const struct test *t);
uint64_t test_seed(const struct test *t);
uint64_t test_random(struct test *t); /* seeded, per case */
uint64_t test_random_below(struct test *t, uint64_t end);

/* ---- scripts: a randomised case may play a given list of actions instead of drawing one ---- */

/* The actions to play, as the case wrote them down earlier; NULL: draw them. */
const char *test_script(const struct test *t);
/* After a failure: the actions that led to it, one word each. The runner shrinks them and puts them into the report. */
void test_offer_script(struct test *t, const char *script);

/* ---- registers: a bench fault ends the case ---- */

uint32_t reg_read32(struct test *t, uint64_t offset);
uint64_t reg_read64(struct test *t, uint64_t offset);
void reg_write32(struct test *t, uint64_t offset, uint32_t value);
void reg_write64(struct test *t, uint64_t offset, uint64_t value);
uint64_t reg_read_width(struct test *t, uint64_t offset, uint32_t bytes);
void reg_write_width(struct test *t, uint64_t offset, uint32_t bytes, uint64_t value);
void test_reset(struct test *t, enum iotb_reset_kind kind);

/* ---- memory, by physical address; works for bench-owned and DUT-owned memory alike ---- */

/* Zeroed, aligned to align_bytes (power of two), below 2^HAW, never reused within a case. */
uint64_t mem_alloc(struct test *t, uint64_t bytes, uint64_t align_bytes);
/* The same at or above an address ("RAM above 4 GiB"); 0 when the DUT has no memory there. */
uint64_t mem_alloc_above(struct test *t, uint64_t bytes, uint64_t align_bytes, uint64_t floor);
/* Exactly here: e.g. a page whose number has a certain bit set. False when it is taken or there is no memory. */
bool mem_claim(struct test *t, uint64_t address, uint64_t bytes);
/* A 4 KiB page below 2^HAW where every access aborts; with DUT-owned memory the DUT's hole. 0 when there is none. */
uint64_t mem_hole(struct test *t);
/* Every byte of it is memory: the other functions would end the case where it is not. */
bool mem_exists(const struct test *t, uint64_t address, uint64_t bytes);
uint64_t mem_read64(struct test *t, uint64_t address);
uint32_t mem_read32(struct test *t, uint64_t address);
void mem_write64(struct test *t, uint64_t address, uint64_t value);
void mem_write32(struct test *t, uint64_t address, uint32_t value);
void mem_read(struct test *t, uint64_t address, void *data, uint32_t bytes);
void mem_write(struct test *t, uint64_t address, const void *data, uint32_t bytes); /* up to 64 bytes at once: atomic */
void mem_fill(struct test *t, uint64_t address, uint64_t bytes, uint8_t value);

/* ---- requests ---- */

struct outcome {
    bool done;       /* completed within the budget of simulated time; false is a hang */
    bool has_status; /* the DUT reports completion status */
    uint32_t status; /* enum iotb_completion_status */
    uint32_t bytes;
    uint8_t data[64];
    uint64_t done_ps;
};

/* Sends a request (id and size are filled in) and runs until it completes or nothing more happens. */
struct outcome request_run(struct test *t, struct iotb_request *request);
/* Sends it and returns at once; its id. The pump does not run. */
uint32_t request_send(struct test *t, struct iotb_request *request);
/* Outcome so far; done is false while it is outstanding. */
struct outcome request_outcome(struct test *t, uint32_t id);
/* Runs until it is complete or nothing more happens. */
struct outcome request_wait(struct test *t, uint32_t id);
uint32_t request_outstanding(const struct test *t);

/* ---- the pump ---- */

/* Runs until nothing more happens: DUT idle, no answer owed except held ones, no output left. False: time budget used up. */
bool test_settle(struct test *t);
/* Runs for so much simulated time (without IOTB_F_TIME: like test_settle). */
void test_run(struct test *t, uint64_t ps);
/* Does one thing only: one access answered, or one advance. False when nothing more happens. For interleaving by hand. */
bool test_step(struct test *t);
uint64_t test_now_ps(const struct test *t);

/* Latency of the bench's memory: uniform in [min, max] ps, seeded; answers overtake one another if reorder. Default 0, 0. */
void test_latency(struct test *t, uint64_t min_ps, uint64_t max_ps, bool reorder);

/* ---- faults of the memory (bench-owned memory only; a case that needs them has IOTB_F_BENCH_MEMORY in features) ---- */

enum inject_action { INJECT_ABORT, INJECT_POISON };
/* Accesses of the kinds in kind_mask (1 << enum iotb_access_kind) that touch first..last: number nth (from 1) on, `count`
 * of them, are answered so. Returns an id. */
uint32_t inject_fault(struct test *t, enum inject_action action, uint64_t first, uint64_t last, uint32_t kind_mask, uint64_t nth,
                      uint64_t count);
void inject_clear(struct test *t); /* removes all injections */
uint64_t inject_hits(struct test *t, uint32_t id);
/* Answers to accesses that touch first..last are withheld until hold_release. */
uint32_t hold_accesses(struct test *t, uint64_t first, uint64_t last, uint32_t kind_mask);
uint32_t hold_count(struct test *t, uint32_t id); /* accesses withheld now */
void hold_release(struct test *t, uint32_t id);   /* answers them with the memory as it is now (reads) and removes the hold */
/* Called with every access before it is carried out: a case may edit memory between a read and an update. NULL removes. */
typedef void access_hook(struct test *t, void *context, const struct iotb_access *access);
void test_on_access(struct test *t, access_hook *hook, void *context);

/* ---- trace of accesses (bench-owned memory) ---- */

size_t trace_mark(struct test *t);                                                                  /* position now */
size_t trace_count(struct test *t, size_t mark, uint64_t first, uint64_t last, uint32_t kind_mask); /* accesses since mark */
const struct iotb_access *trace_find(struct test *t, size_t mark, uint64_t first, uint64_t last, uint32_t kind_mask);
size_t trace_length(struct test *t);
const struct iotb_access *trace_at(struct test *t, size_t index);

#define ACC_READS (1u << IOTB_ACC_READ)
#define ACC_WRITES (1u << IOTB_ACC_WRITE)
#define ACC_ATOMICS ((1u << IOTB_ACC_CMPXCHG) | (1u << IOTB_ACC_FETCH_ADD) | (1u << IOTB_ACC_SWAP))
#define ACC_ANY 0xffu

/* ---- interrupts and messages ---- */

size_t interrupt_count(struct test *t, enum iotb_interrupt_origin origin);                                /* seen and not taken */
bool interrupt_take(struct test *t, enum iotb_interrupt_origin origin, struct iotb_interrupt *interrupt); /* oldest first */
void message_send(struct test *t, struct iotb_message *message);
bool message_take(struct test *t, struct iotb_message *message);

/* ---- endpoints: the case is host and translation agent; build/ep.h plays both ---- */

uint32_t config_read(struct test *t, uint32_t offset, uint32_t bytes);
void config_write(struct test *t, uint32_t offset, uint32_t bytes, uint32_t value);
void config_target(struct test *t, uint16_t requester_id); /* bus, device and function of configuration requests from now on */
bool bar_read(struct test *t, uint32_t bar, uint64_t offset, uint32_t bytes, uint64_t *value); /* false: Unsupported Request */
void bar_write(struct test *t, uint32_t bar, uint64_t offset, const void *data, uint32_t bytes);
enum deferred { DEFERRED_ACCEPTED = 0, DEFERRED_RETRY = 1, DEFERRED_REFUSED = 2 };
enum deferred deferrable_write(struct test *t, uint64_t address, const void *data, uint32_t bytes);
void endpoint_block(struct test *t, uint32_t kinds); /* IOTB_BLOCK_*, 0 ends it */

/* Called with each TLP and each message as it comes, in the order in which they were sent. They may queue answers, not run the
 * DUT. */
typedef void tlp_hook(struct test *t, void *context, const struct iotb_request *tlp);
typedef void message_hook(struct test *t, void *context, const struct iotb_message *message);
void test_on_tlp(struct test *t, tlp_hook *on_tlp, message_hook *on_message, void *context);
/* Delivered to the endpoint after so much simulated time; of equal times in the order of the calls. */
void completion_queue(struct test *t, const struct iotb_completion *completion, uint64_t delay_ps);
void message_queue(struct test *t, const struct iotb_message *message, uint64_t delay_ps);
/* Something that must end has not: verdict HANG, with this text, unless a check fails. */
void test_hang(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- user interfaces: the case is every program of the machine; build/io.h is what cases use ---- */

/* The functions of struct iotb_uapi_ops (dut/dut_uapi.h has what they mean). A failure of the bench ends the case, so that what
 * comes back is -errno or a value. */
const struct iotb_uapi_machine *uapi_machine(const struct test *t);
bool uapi_device(struct test *t, uint32_t index, struct iotb_uapi_device *device); /* false: no more */
int64_t sys_open(struct test *t, uint32_t process, const char *path, uint32_t flags);
int64_t sys_close(struct test *t, uint32_t process, int32_t fd);
int64_t sys_ioctl(struct test *t, uint32_t process, int32_t fd, uint64_t command, void *argument, uint32_t bytes);
int64_t sys_ioctl_raw(struct test *t, uint32_t process, int32_t fd, uint64_t command, uint64_t argument);
int64_t sys_read(struct test *t, uint32_t process, int32_t fd, void *data, uint32_t bytes);
int64_t sys_write(struct test *t, uint32_t process, int32_t fd, const void *data, uint32_t bytes);
int64_t sys_poll(struct test *t, uint32_t process, int32_t fd, uint32_t events);
int64_t sys_eventfd(struct test *t, uint32_t process, uint32_t initial);
int64_t sys_map_memory(struct test *t, uint32_t process, uint64_t bytes, uint64_t *user_address);
int64_t sys_unmap_memory(struct test *t, uint32_t process, uint64_t user_address, uint64_t bytes);
int64_t sys_map_file(struct test *t, uint32_t process, int32_t fd, uint64_t offset, uint64_t bytes, uint32_t protection,
                     uint64_t *user_address);
int64_t sys_access(struct test *t, uint32_t process, uint64_t user_address, void *data, uint32_t bytes, bool write);
int64_t sys_fork(struct test *t, uint32_t process);
int64_t sys_exit(struct test *t, uint32_t process);
int64_t sys_share(struct test *t, uint32_t process, int32_t fd, uint32_t to_process);
int64_t sys_set_memlock(struct test *t, uint32_t process, uint64_t bytes);
int64_t device_dma(struct test *t, uint32_t device, const struct iotb_request *request, struct iotb_completion *completion);
bool device_poll(struct test *t, uint32_t device, struct iotb_completion *completion); /* false: nothing has ended */
void device_bus(struct test *t, uint32_t device, struct iotb_uapi_bus *bus);
void device_repeat(struct test *t, uint32_t device, const struct iotb_request *request, uint64_t period_ps);
int64_t driver_bind(struct test *t, uint32_t device, enum iotb_uapi_driver driver);
int64_t driver_buffer(struct test *t, uint32_t device, uint64_t *bus_address, uint32_t offset, void *data, uint32_t bytes,
                      bool write);
uint32_t task_spawn(struct test *t, const struct iotb_uapi_call *call);
bool task_collect(struct test *t, uint32_t task, struct iotb_uapi_call *call); /* false: it runs or sleeps */
void sys_quiesce(struct test *t);
int64_t sys_module(struct test *t, const char *name, enum iotb_uapi_module_action action);
int64_t sys_fail_nth(struct test *t, uint32_t process, uint32_t n);
void sys_audit(struct test *t, uint32_t process, struct iotb_uapi_audit *audit);
int64_t guest_wbinvd(struct test *t, uint32_t process, int32_t vm);
int64_t guest_enqcmd(struct test *t, uint32_t process, int32_t vm, uint32_t device, uint32_t vpasid,
                     const struct iotb_request *request, struct iotb_completion *completion);

/*
 * For whoever watches a case (`iotb flow`): what the lines that follow are about; and what somebody ("process 0", "device 0010") has
 * done. Calls and their results are told by themselves. Nothing depends on whether somebody watches, but that calls take time then.
 */
void test_say(struct test *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void test_tell(struct test *t, const char *who, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool test_watched(const struct test *t); /* by somebody, or for a time line */
/* What an ioctl is called and its arguments, for these: "NAME FIELD=VALUE..". False: not known. */
typedef bool ioctl_text(uint64_t command, const void *argument, uint32_t bytes, char *text, size_t text_bytes);
void test_on_ioctl(struct test *t, ioctl_text *describe);
const char *uapi_errno_name(int64_t value); /* of a result: "EINVAL", "success" */

/* Time line for --trace: an event on a track of the bench's own ("case"). */
void test_mark(struct test *t, const char *track, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
