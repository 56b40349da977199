/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: every check, on both sides of its boundary. */
#include "pasid_device_chapters.h"

static const struct ep_wq plain = {.size = 8, .priority = 1};

/* One well-formed descriptor of each operation, and what it uses of bytes 40 to 63. */
struct form {
    uint32_t op, size;
    bool src, dst; /* are addresses of `size` bytes */
    uint64_t data[3], used[3];
};
static const struct form forms[] = {
    {EP_OP_NOP, 0, false, false, {0}, {0}},         {EP_OP_BATCH, 2, false, false, {0}, {0}},
    {EP_OP_DRAIN, 0, false, false, {0}, {0}},       {EP_OP_MEMMOVE, 8, true, true, {0}, {0}},
    {EP_OP_FILL, 8, false, true, {0}, {0}},         {EP_OP_COMPARE, 8, true, true, {0}, {0xff}},
    {EP_OP_COMPVAL, 8, true, false, {0}, {0xff}},   {EP_OP_XFETCH, 8, true, false, {0}, {0, UINT32_MAX}},
    {EP_OP_CRC, 8, true, false, {0}, {UINT32_MAX}}, {EP_OP_ATOMIC, 0, false, false, {1, 0, 8}, {UINT64_MAX, UINT64_MAX, 0xffff}},
    {EP_OP_XLATE, 1, false, false, {0}, {0xf}},     {EP_OP_PAGEREQ, 1, false, false, {1}, {0x3}},
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* A page for operands, a list of two NOPs in its upper half, and a page for records. */
struct room {
    uint64_t page, list, records;
};

static struct room room_of(struct ep *ep, uint32_t space)
{
    struct room room = {.page = ep_buffer(ep, space, 4096, EP_RW), .records = ep_buffer(ep, space, 4096, EP_RW)};

    room.list = room.page + 2048;
    return room;
}

static struct ep_work work_of(const struct form *form, const struct room *room, uint32_t space)
{
    struct ep_work work = {.op = form->op, .space = space, .src = room->page, .dst = room->page + 1024, .size = form->size};

    if (form->op == EP_OP_BATCH)
        work.src = room->list;
    for (uint32_t i = 0; i < 3; i++)
        work.data[i] = form->data[i];
    return work;
}

/* Sent as they are, as many at a time as the queue holds, with records of their own: the status of each. */
struct trial {
    uint64_t descriptor[8];
    uint32_t status;
};
#define AT_A_TIME 8u

static void post(struct ep *ep, uint32_t wq, bool shared, const uint64_t descriptor[8])
{
    if (shared)
        CHECK_EQ(ep->t, test_first_row(ep->t), DEFERRED_ACCEPTED,
                 deferrable_write(ep->t, ep->bar[2] + ep_portal(ep, wq), descriptor, 64), "answer to a deferrable write");
    else
        bar_write(ep->t, 2, ep_portal(ep, wq), descriptor, 64);
}

static void try_all(struct ep *ep, uint32_t wq, bool shared, uint32_t space, const struct room *room, struct trial *trials,
                    uint32_t count)
{
    for (uint32_t from = 0; from < count; from += AT_A_TIME) {
        uint32_t n = count - from < AT_A_TIME ? count - from : AT_A_TIME;

        for (uint32_t i = 0; i < n; i++) {
            struct trial *trial = &trials[from + i];

            trial->descriptor[0] |= ep_bits("ep_descriptor", "CRAV", 1) | ep_bits("ep_descriptor", "RCR", 1);
            trial->descriptor[1] = room->records + 32 * i;
            mem_write64(ep->t, ep_pa(ep, space, room->records + 32 * i), 0);
            post(ep, wq, shared, trial->descriptor);
        }
        (void)test_settle(ep->t);
        for (uint32_t i = 0; i < n; i++)
            trials[from + i].status = (uint32_t)ep_peek(ep, space, room->records + 32 * i) & 0xff;
    }
}

static uint32_t status_of(struct ep *ep, uint32_t wq, bool shared, const struct room *room, const struct ep_work *work)
{
    struct trial trial;

    ep_encode(work, trial.descriptor);
    try_all(ep, wq, shared, work->space, room, &trial, 1);
    return trial.status;
}

/* ---- reserved bits ---- */

static void reserved_of(struct ep *ep, const struct room *room, const struct form *form)
{
    struct trial trials[208];
    uint32_t bits[208], count = 0;
    struct ep_work work = work_of(form, room, EP_NONE);

    for (uint32_t bit = 4 * 64 + 48; bit < 8 * 64; bit++) {
        uint32_t word = bit / 64, at = bit % 64;

        ep_encode(&work, trials[count].descriptor);
        trials[count].descriptor[word] ^= 1ull << at;
        bits[count++] = bit;
    }
    try_all(ep, 0, false, EP_NONE, room, trials, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t word = bits[i] / 64, at = bits[i] % 64;
        bool used = word > 4 && form->used[word - 5] >> at & 1;

        CHECK(ep->t, "DEV-SUB-011", (trials[i].status == 0x12) == !used,
              "status 0x%02x of operation 0x%02x with bit %u of byte %u changed, which is %s", trials[i].status, form->op, at % 8,
              8 * word + at / 8, used ? "not reserved" : "reserved");
    }
}

static void reserved(struct test *t)
{
    struct ep ep;
    struct room room;

    ep_scene_with(&ep, t, 0, &plain, 1);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    room = room_of(&ep, EP_NONE);
    for (uint32_t i = 0; i < FORMS; i++)
        reserved_of(&ep, &room, &forms[i]);
    ep_close(&ep);
}

/* The first doubleword says whose work it is in a shared queue only. */
static void first_doubleword(struct test *t)
{
    static const struct ep_wq wqs[] = {{.size = 8, .threshold = 8, .priority = 1, .shared = true, .pasid_en = true, .priv = true},
                                       {.size = 8, .priority = 1, .pasid_en = true, .pasid = 5}};
    struct ep ep;
    struct room room;

    ep_scene_with(&ep, t, ON_PASID, wqs, 2);
    room = room_of(&ep, 5);
    for (uint32_t wq = 0; wq < 2; wq++) {
        struct trial trials[32];
        struct ep_work work = {.op = EP_OP_NOP, .space = 5};

        for (uint32_t bit = 0; bit < 32; bit++) {
            ep_encode(&work, trials[bit].descriptor);
            trials[bit].descriptor[0] ^= wq || (bit >= 20 && bit != 31) ? 1ull << bit : 0;
        }
        try_all(&ep, wq, !wq, 5, &room, trials, 32);
        for (uint32_t bit = 0; bit < 32; bit++)
            CHECK_EQ(t, "DEV-SUB-011", !wq && bit >= 20 && bit != 31 ? 0x12 : 1, trials[bit].status,
                     "status with bit %u of the first doubleword changed, %s queue", bit, wq ? "dedicated" : "shared");
    }
    /* In a batch nobody looks at it. */
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t nop[8];
        struct ep_work work = {.op = EP_OP_NOP, .space = 5, .record = EP_NO_RECORD};

        ep_encode(&work, nop);
        nop[0] |= 0xfff00000ull;
        mem_write(t, ep_pa(&ep, 5, room.list + 64 * i), nop, 64);
    }
    for (uint32_t wq = 0; wq < 2; wq++) {
        struct ep_work work = {.op = EP_OP_BATCH, .space = 5, .src = room.list, .size = 2};

        CHECK_EQ(t, "DEV-SUB-011", 1, status_of(&ep, wq, !wq, &room, &work), "status of a batch of work with other PASIDs");
    }
    ep_close(&ep);
}

/* ---- operations ---- */

static void allowed_operations(struct test *t)
{
    struct ep ep;

    ep_open(&ep, t);
    CHECK_EQ(t, "DEV-SUB-950", 0x1047f, ep_bar0_read(&ep, 0x40, 8), "OPCAP, operations 00h to 3Fh");
    CHECK_EQ(t, "DEV-SUB-950", 0, ep_bar0_read(&ep, 0x48, 8), "OPCAP, operations 40h to 7Fh");
    CHECK_EQ(t, "DEV-SUB-950", 7, ep_bar0_read(&ep, 0x50, 8), "OPCAP, operations 80h to BFh");
    CHECK_EQ(t, "DEV-SUB-950", 0, ep_bar0_read(&ep, 0x58, 8), "OPCAP, operations C0h to FFh");
    ep_close(&ep);
    for (uint32_t only = 0; only < FORMS; only++) {
        struct trial trials[FORMS];
        struct room room;

        test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
        ep_configure(&ep, &plain, 1);
        for (uint32_t word = 0; word < 4; word++)
            ep_bar0_write(&ep, 0x520 + 8 * word, 8, forms[only].op / 64 == word ? 1ull << forms[only].op % 64 : 0);
        (void)ep_command(&ep, EP_CMD_ENABLE, 0);
        (void)ep_command(&ep, EP_CMD_ENABLE_WQ, 0);
        room = room_of(&ep, EP_NONE);
        for (uint32_t i = 0; i < FORMS; i++) {
            struct ep_work work = work_of(&forms[i], &room, EP_NONE);

            ep_encode(&work, trials[i].descriptor);
        }
        try_all(&ep, 0, false, EP_NONE, &room, trials, FORMS);
        for (uint32_t i = 0; i < FORMS; i++)
            CHECK(t, "DEV-SUB-950", trials[i].status && (trials[i].status == 0x10) == (i != only),
                  "status 0x%02x of operation 0x%02x in a queue for 0x%02x only", trials[i].status, forms[i].op, forms[only].op);
        ep_close(&ep);
    }
}

static void unknown_operations(struct test *t)
{
    struct ep ep;
    struct room room;
    struct trial trials[256];

    ep_scene_with(&ep, t, 0, &plain, 1);
    room = room_of(&ep, EP_NONE);
    for (uint32_t op = 0; op < 256; op++) {
        struct ep_work work = {.op = op, .space = EP_NONE};

        ep_encode(&work, trials[op].descriptor);
    }
    try_all(&ep, 0, false, EP_NONE, &room, trials, 256);
    for (uint32_t op = 0; op < 256; op++) {
        bool known = false;

        for (uint32_t i = 0; i < FORMS; i++)
            known |= forms[i].op == op;
        if (op != EP_OP_ATOMIC) /* not enabled here */
            CHECK(t, "DEV-SUB-011", (trials[op].status == 0x10) == !known, "status 0x%02x of operation 0x%02x", trials[op].status,
                  op);
    }
    ep_close(&ep);
}

/* ---- sizes ---- */

static void over_the_end(struct test *t)
{
    struct ep ep;
    struct room room;

    ep_scene_with(&ep, t, 0, &plain, 1);
    room = room_of(&ep, EP_NONE);
    for (uint32_t i = 0; i < FORMS; i++)
        for (uint32_t side = 0; side < 2; side++)
            for (uint32_t over = 0; over < 3; over++) {
                struct ep_work work = work_of(&forms[i], &room, EP_NONE);
                uint64_t size = forms[i].op == EP_OP_BATCH ? 128 : 8;
                uint64_t *address = side ? &work.dst : &work.src;
                bool counts = side ? forms[i].dst : forms[i].src || forms[i].op == EP_OP_BATCH;
                uint32_t status;

                if (forms[i].op == EP_OP_ATOMIC || (!counts && forms[i].size == 1))
                    continue;
                *address =
                    0 - size + (over == 2 ? size - 1 : over * (size / 8)); /* ends at 2^64, a little and all but one behind */
                if (forms[i].op == EP_OP_BATCH && over == 1)
                    *address = 0 - size + 64;
                status = status_of(&ep, 0, false, &room, &work);
                CHECK(t, "DEV-DMA-006", (status == 0x13) == (counts && over), "status 0x%02x of operation 0x%02x with %s 0x%llx",
                      status, forms[i].op, side ? "destination" : "source", (unsigned long long)*address);
            }
    ep_close(&ep);
}

struct size {
    uint32_t op, size, status; /* 0: any but 13h and 14h */
};

static void check_sizes(struct ep *ep, const struct room *room, const struct size *sizes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct ep_work work = {
            .op = sizes[i].op, .space = EP_NONE, .src = room->page, .dst = room->page + 8, .size = sizes[i].size};
        uint32_t status;

        if (work.op == EP_OP_BATCH)
            work.src = room->list;
        work.data[0] = work.op == EP_OP_PAGEREQ;
        status = status_of(ep, 0, false, room, &work);
        if (sizes[i].status)
            CHECK_EQ(ep->t, "DEV-SUB-011", sizes[i].status, status, "status of operation 0x%02x with size %u", work.op,
                     work.size);
        else
            CHECK(ep->t, "DEV-SUB-011", status && status != 0x13 && status != 0x14,
                  "status 0x%02x of operation 0x%02x with size %u", status, work.op, work.size);
    }
}

static void any_size(struct test *t)
{
    static const struct size sizes[] = {
        {EP_OP_MEMMOVE, 0, 0x13}, {EP_OP_FILL, 0, 0x13},      {EP_OP_COMPARE, 0, 0x13}, {EP_OP_COMPVAL, 0, 0x13},
        {EP_OP_XFETCH, 0, 0x13},  {EP_OP_CRC, 0, 0x13},       {EP_OP_MEMMOVE, 1, 1},    {EP_OP_FILL, 1, 1},
        {EP_OP_COMPARE, 1, 1},    {EP_OP_COMPVAL, 1, 1},      {EP_OP_CRC, 1, 1},        {EP_OP_XLATE, 0, 0x14},
        {EP_OP_XLATE, 1, 0},      {EP_OP_XLATE, 8, 0},        {EP_OP_XLATE, 9, 0x14},   {EP_OP_PAGEREQ, 0, 0x14},
        {EP_OP_PAGEREQ, 1, 0},    {EP_OP_PAGEREQ, 8, 0},      {EP_OP_PAGEREQ, 9, 0x14}, {EP_OP_BATCH, 0, 0x14},
        {EP_OP_BATCH, 1, 0x14},   {EP_OP_BATCH, 2, 1},        {EP_OP_NOP, 0, 1},        {EP_OP_DRAIN, 0, 1},
        {EP_OP_XLATE, 256, 0x14}, {EP_OP_PAGEREQ, 256, 0x14},
    };
    struct ep ep;
    struct room room;

    ep_scene_with(&ep, t, 0, &plain, 1);
    room = room_of(&ep, EP_NONE);
    check_sizes(&ep, &room, sizes, sizeof(sizes) / sizeof(sizes[0]));
    ep_close(&ep);
}

/* The largest of the device, and smaller ones of a queue. A comparison that differs at once need not go on to its end. */
static void largest(struct test *t)
{
    struct ep ep;

    for (uint32_t way = 0; way < 4; way++) {
        uint32_t xfer, batch, most;
        struct room room;
        struct ep_work work;
        uint64_t word;

        if (way)
            test_reset(t, IOTB_RESET_COLD);
        ep_open(&ep, t);
        xfer = (uint32_t)ep_get(&ep, "BAR0_GENCAP", "MAX_XFER");
        batch = (uint32_t)ep_get(&ep, "BAR0_GENCAP", "MAX_BATCH");
        xfer = way == 0 ? xfer : way == 1 ? xfer - 1 : way == 2 ? 1 : 12;
        batch = way == 0 ? batch : way == 1 ? batch - 1 : way == 2 ? 1 : 2;
        ep_configure(&ep, &plain, 1);
        word = ep_bar0_read(&ep, 0x508, 8) & ~(ep_bits("ep_wqcfg", "MAX_XFER", 0x1f) | ep_bits("ep_wqcfg", "MAX_BATCH", 0xf));
        ep_bar0_write(&ep, 0x508, 8, word | ep_bits("ep_wqcfg", "MAX_XFER", xfer) | ep_bits("ep_wqcfg", "MAX_BATCH", batch));
        CHECK_EQ(t, "DEV-SUB-011", 0, ep_command(&ep, EP_CMD_ENABLE, 0), "error of enabling the device");
        CHECK_EQ(t, "DEV-SUB-011", 0, ep_command(&ep, EP_CMD_ENABLE_WQ, 0), "error of enabling the queue");
        room = room_of(&ep, EP_NONE);
        mem_write64(t, ep_pa(&ep, EP_NONE, room.page), 1);
        for (uint32_t more = 0; more < 2; more++) {
            static const uint32_t ops[] = {EP_OP_COMPVAL, EP_OP_COMPARE, EP_OP_MEMMOVE, EP_OP_FILL, EP_OP_CRC};

            for (uint32_t i = 0; i < (more ? 5 : 2); i++) {
                work = (struct ep_work){
                    .op = ops[i], .space = EP_NONE, .src = room.page, .dst = room.page + 512, .size = (1u << xfer) + more};
                if (ops[i] == EP_OP_COMPVAL)
                    work.dst = 0;
                CHECK_EQ(t, "DEV-SUB-011", more ? 0x13 : 1, status_of(&ep, 0, false, &room, &work),
                         "status of operation 0x%02x with 2^%u%s bytes", ops[i], xfer, more ? " + 1" : "");
            }
        }
        work = (struct ep_work){.op = EP_OP_XFETCH, .space = EP_NONE, .src = room.page, .size = 8192};
        CHECK(t, "DEV-SUB-011", status_of(&ep, 0, false, &room, &work) != 0x13, "XFETCH moves no bytes: none are too many");
        most = 1u << batch;
        work = (struct ep_work){.op = EP_OP_BATCH, .space = EP_NONE, .src = room.list, .size = most + 1};
        CHECK_EQ(t, "DEV-SUB-011", 0x14, status_of(&ep, 0, false, &room, &work), "status of a batch of %u, at most %u", most + 1,
                 most);
        work.size = most;
        CHECK_EQ(t, "DEV-SUB-011", 1, status_of(&ep, 0, false, &room, &work), "status of a batch of %u, at most as many", most);
        ep_close(&ep);
    }
}

/* ---- atomics, alignment ---- */

static void atomic_forms(struct test *t)
{
    struct ep ep;
    struct room room;
    struct ep_work work;
    uint32_t mark, sent = 0;

    ep_scene_with(&ep, t, 0, &plain, 1);
    ep_set(&ep, "CFG_PCIE_DEVCTL2", "ATOMICREQ", 1);
    room = room_of(&ep, EP_NONE);
    mark = ep_mark(&ep);
    for (uint32_t width = 0; width < 256; width += width < 18 ? 1 : 17) {
        bool good = width == 4 || width == 8;

        work = (struct ep_work){.op = EP_OP_ATOMIC, .space = EP_NONE, .dst = room.page, .data = {1, 0, width}};
        CHECK_EQ(t, "DEV-DMA-005", good ? 1 : 0x13, status_of(&ep, 0, false, &room, &work), "status of an atomic of %u bytes",
                 width);
        sent += good;
    }
    for (uint32_t kind = 0; kind < 256; kind = kind < 5 ? kind + 1 : 2 * kind) {
        uint32_t status;

        work = (struct ep_work){.op = EP_OP_ATOMIC, .space = EP_NONE, .dst = room.page, .data = {1, 0, 8 | kind << 8}};
        status = status_of(&ep, 0, false, &room, &work);
        if (kind < 3)
            CHECK_EQ(t, "DEV-DMA-005", 1, status, "status of an atomic of kind %u", kind);
        else
            CHECK(t, "DEV-DMA-005", status == 0x12 || status == 0x13, "status 0x%02x of an atomic of kind %u", status, kind);
        sent += kind < 3;
    }
    for (uint32_t width = 4; width <= 8; width += 4)
        for (uint32_t offset = 0; offset < 16; offset++) {
            bool good = offset % width == 0;

            work = (struct ep_work){.op = EP_OP_ATOMIC, .space = EP_NONE, .dst = room.page + 64 + offset, .data = {1, 0, width}};
            CHECK_EQ(t, "DEV-DMA-005", good ? 1 : 0x1c, status_of(&ep, 0, false, &room, &work),
                     "status of an atomic of %u bytes at offset %u", width, offset);
            sent += good;
        }
    CHECK_EQ(t, "DEV-DMA-005", sent, ep_count(&ep, mark, EP_ATOMIC, 0, UINT64_MAX), "atomics sent");
    ep_close(&ep);
}

static void alignments(struct test *t)
{
    struct ep ep;
    struct room room;
    uint64_t descriptor[8];

    ep_scene_with(&ep, t, 0, &plain, 1);
    room = room_of(&ep, EP_NONE);
    for (uint32_t offset = 0; offset <= 64; offset = offset ? 2 * offset : 1) {
        struct ep_work work = {.op = EP_OP_BATCH, .space = EP_NONE, .src = room.list + offset, .size = 2};

        CHECK_EQ(t, "DEV-SUB-012", offset % 64 ? 0x18 : 1, status_of(&ep, 0, false, &room, &work),
                 "status of a batch whose list is at offset %u", offset);
    }
    for (uint32_t valid = 0; valid < 2; valid++)
        for (uint32_t offset = 0; offset <= 32; offset = offset ? 2 * offset : 1) {
            struct ep_work work = ep_write_work(EP_NONE, room.page, 8, offset + 1);
            uint32_t mark = ep_mark(&ep), code;

            work.record = room.records + 256 + offset;
            work.flags = EP_RCR;
            ep_encode(&work, descriptor);
            if (!valid)
                descriptor[0] &= ~(uint64_t)(EP_CRAV | EP_RCR) << 32 | 0xffffffff;
            ep_write(&ep, "BAR0_SWERR0", 3);
            bar_write(t, 2, ep_portal(&ep, 0), descriptor, 64);
            (void)test_settle(t);
            code = ep_get(&ep, "BAR0_SWERR0", "VALID") ? (uint32_t)ep_get(&ep, "BAR0_SWERR0", "ERROR") : 0;
            CHECK_EQ(t, "DEV-REC-004", valid && offset % 32 ? 0x1b : 0, code, "SWERR with a record at offset %u, CRAV %u", offset,
                     valid);
            CHECK_EQ(t, "DEV-REC-004", valid && offset % 32 == 0,
                     ep_count(&ep, mark, EP_WRITE, room.records + 256, room.records + 511), "writes to the record, offset %u",
                     offset);
            CHECK_EQ(t, "DEV-REC-004", !(valid && offset % 32), ep_count(&ep, mark, EP_WRITE, room.page, room.page + 7),
                     "writes of the work, offset %u", offset);
        }
    ep_close(&ep);
}

/* ---- handle, privilege ---- */

static void handles(struct test *t)
{
    struct ep ep;
    struct room room;
    uint32_t vectors;

    ep_scene_with(&ep, t, 0, &plain, 1);
    vectors = (uint32_t)ep_get(&ep, "CFG_MSIX_CAP", "SIZE") + 1;
    ep_vectors(&ep, vectors);
    room = room_of(&ep, EP_NONE);
    for (uint32_t wanted = 0; wanted < 2; wanted++)
        for (uint32_t handle = 0; handle < 0x10000; handle = handle < vectors + 2 ? handle + 1 : 2 * handle) {
            struct ep_work work = {.op = EP_OP_NOP, .space = EP_NONE, .flags = wanted ? EP_RCI : 0, .handle = handle};
            uint32_t mark = ep_mark(&ep), status = status_of(&ep, 0, false, &room, &work);

            CHECK_EQ(t, "DEV-REC-005", wanted && handle >= vectors ? 0x19 : 1, status, "status with handle %u of %u, RCI %u",
                     handle, vectors, wanted);
            CHECK_EQ(t, "DEV-REC-005", wanted && handle < vectors, ep_count(&ep, mark, EP_MSI, 0, UINT64_MAX),
                     "interrupts with handle %u, RCI %u", handle, wanted);
            if (wanted && handle < vectors)
                CHECK_EQ(t, "DEV-REC-005", 1, ep_interrupts(&ep, mark, handle), "interrupts of vector %u", handle);
        }
    ep_close(&ep);
}

struct permission {
    uint32_t entry; /* of MSIXPERM: bit 2 ignore, bit 3 PASID enable; the PASID is 5 */
    bool ours;      /* the work has PASID 5, else 6 */
    bool good;
};

static void permissions(struct test *t)
{
    static const struct permission table[] = {
        {0x0, true, true},  {0x0, false, true}, {0x8, true, true},  {0x8, false, false},
        {0x4, false, true}, {0xc, true, true},  {0xc, false, true},
    };
    static const struct ep_wq wqs[] = {{.size = 8, .priority = 1, .pasid_en = true, .pasid = 5},
                                       {.size = 8, .priority = 1, .pasid_en = true, .pasid = 6},
                                       {.size = 8, .priority = 1}};
    struct ep ep;

    ep_scene_with(&ep, t, ON_PASID, wqs, 3);
    ep_vectors(&ep, 3);
    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct permission *c = &table[i];
        struct room room = room_of(&ep, c->ours ? 5 : 6);
        struct ep_work work = {.op = EP_OP_NOP, .space = c->ours ? 5 : 6, .flags = EP_RCI, .handle = 2};
        uint32_t mark = ep_mark(&ep);

        ep_bar0_write(&ep, 0x710, 4, c->entry | ep_bits("ep_msixperm", "PASID", 5));
        CHECK_EQ(t, "DEV-REC-006", c->good ? 1 : 0x19, status_of(&ep, !c->ours, false, &room, &work),
                 "status of work of PASID %u with MSIXPERM 0x%x of PASID 5", c->ours ? 5 : 6, c->entry);
        CHECK_EQ(t, "DEV-REC-006", c->good, ep_interrupts(&ep, mark, 2), "its interrupts");
    }
    for (uint32_t enabled = 0; enabled < 2; enabled++) { /* PASID 0 is a PASID */
        struct room room = room_of(&ep, EP_NONE);
        struct ep_work work = {.op = EP_OP_NOP, .space = EP_NONE, .flags = EP_RCI, .handle = 2};

        ep_bar0_write(&ep, 0x710, 4, ep_bits("ep_msixperm", "PASID_EN", enabled));
        CHECK_EQ(t, "DEV-REC-006", enabled ? 0x19 : 1, status_of(&ep, 2, false, &room, &work),
                 "status of work without PASID, vector of PASID 0: %u", enabled);
    }
    ep_close(&ep);
}

static void privilege(struct test *t)
{
    static const struct ep_wq wqs[] = {
        {.size = 8, .threshold = 8, .priority = 1, .shared = true, .pasid_en = true},
        {.size = 8, .threshold = 8, .priority = 1, .shared = true, .pasid_en = true, .priv = true},
        {.size = 8, .priority = 1, .pasid_en = true, .pasid = 5},
    };
    struct ep ep;
    struct room room;

    ep_scene_with(&ep, t, ON_PASID, wqs, 3);
    ep_vectors(&ep, 2);
    room = room_of(&ep, 5);
    for (uint32_t wq = 0; wq < 3; wq++)
        for (uint32_t raised = 0; raised < 2; raised++) {
            struct ep_work work = {.op = EP_OP_NOP, .space = 5, .privileged = raised};

            CHECK_EQ(t, "DEV-SUB-011", wq == 0 && raised ? 0x1d : 1, status_of(&ep, wq, wq < 2, &room, &work),
                     "status of work with Priv %u in queue %u", raised, wq);
            if (!raised || wq)
                continue;
            work.flags = EP_RCI; /* the handle is looked at before */
            work.handle = 99;
            CHECK_EQ(t, "DEV-SUB-011", 0x19, status_of(&ep, wq, true, &room, &work), "status with a bad handle besides");
        }
    ep_close(&ep);
}

static const struct iotb_case cases[] = {
    SENDS("checks.reserved", reserved, "DEV-SUB-011", "", "Reserved bits are refused, used ones are not"),
    SENDS("checks.first_doubleword", first_doubleword, "DEV-SUB-011", "&PASID&PRIV&!SWENQ",
          "The first doubleword counts in a shared queue only"),
    SENDS("checks.allowed_operations", allowed_operations, "DEV-SUB-950", "", "A queue takes the operations that it is for"),
    SENDS("checks.unknown_operations", unknown_operations, "DEV-SUB-011", "", "Operations that do not exist are refused"),
    SENDS("checks.over_the_end", over_the_end, "DEV-DMA-006", "", "No operand goes over the end of all addresses"),
    SENDS("checks.sizes", any_size, "DEV-SUB-011", "", "Each operation has its smallest and largest size"),
    SENDS("checks.largest", largest, "DEV-SUB-011", "", "The largest transfer and batch are those of device and queue"),
    SENDS("checks.atomics", atomic_forms, "DEV-DMA-005", "", "Atomics have 4 or 8 bytes, are aligned, and of three kinds"),
    SENDS("checks.alignments", alignments, "DEV-SUB-012 DEV-REC-004", "", "Lists and records are aligned"),
    SENDS("checks.handles", handles, "DEV-REC-005", "&MSIX", "A handle is a vector that exists"),
    SENDS("checks.permissions", permissions, "DEV-REC-006", "&PASID&MSIX", "A vector serves whom MSIXPERM names"),
    SENDS("checks.privilege", privilege, "DEV-SUB-011", "&PASID&PRIV&MSIX&!SWENQ", "A queue for users takes no privileged work"),
};

LIST(ep_checks_cases, cases);
