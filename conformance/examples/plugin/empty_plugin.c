/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * empty_plugin.c - the least that is a plug-in: every function is there and does nothing. A place to start from; and the
 * suite must fail on it.
 */
#include <dut/dut.h>

#include <stddef.h>

struct iotb_dut {
    uint64_t now_ps;
};

static int empty_open(const struct iotb_open_args *args, struct iotb_dut **dut)
{
    static struct iotb_dut only;

    (void)args;
    only.now_ps = 0;
    *dut = &only;
    return IOTB_OK;
}

static int empty_describe(struct iotb_dut *dut, struct iotb_desc *desc)
{
    (void)dut;
    *desc = (struct iotb_desc){.size = sizeof(*desc),
                               .kind = IOTB_KIND_IOMMU,
                               .architecture = IOTB_ARCH_VTD,
                               .host_address_bits = 39,
                               .features = IOTB_F_BENCH_MEMORY | IOTB_F_TIME | IOTB_F_OVERLAP | IOTB_F_ANY_REQUESTER |
                                           IOTB_F_WIDE_ADDRESS,
                               .request_bytes_max = 64,
                               .hole_address = UINT64_MAX,
                               .name = "empty",
                               .version = "0"};
    return IOTB_OK;
}

static int empty_reset(struct iotb_dut *dut, uint32_t kind)
{
    (void)dut;
    return kind == IOTB_RESET_COLD ? IOTB_OK : IOTB_E_UNSUPPORTED;
}

static int empty_advance(struct iotb_dut *dut, struct iotb_advance *advance)
{
    dut->now_ps = advance->until_ps;
    advance->reached_ps = dut->now_ps;
    advance->idle = 1;
    return IOTB_OK;
}

static void empty_close(struct iotb_dut *dut)
{
    (void)dut;
}

static int empty_reg_read(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t *value)
{
    (void)dut;
    (void)offset;
    (void)bytes;
    *value = 0;
    return IOTB_OK;
}

static int empty_reg_write(struct iotb_dut *dut, uint64_t offset, uint32_t bytes, uint64_t value)
{
    (void)dut;
    (void)offset;
    (void)bytes;
    (void)value;
    return IOTB_OK;
}

static int empty_submit(struct iotb_dut *dut, const struct iotb_request *request)
{
    (void)dut;
    (void)request;
    return IOTB_OK;
}

static int empty_poll_completion(struct iotb_dut *dut, struct iotb_completion *completion)
{
    (void)dut;
    (void)completion;
    return IOTB_NONE;
}

static int empty_next_access(struct iotb_dut *dut, struct iotb_access *access)
{
    (void)dut;
    (void)access;
    return IOTB_NONE;
}

static int empty_answer_access(struct iotb_dut *dut, const struct iotb_answer *answer)
{
    (void)dut;
    (void)answer;
    return IOTB_OK;
}

const struct iotb_dut_ops *iotb_dut_entry(uint32_t abi)
{
    static const struct iotb_iommu_ops iommu = {.size = sizeof(iommu),
                                                .reg_read = empty_reg_read,
                                                .reg_write = empty_reg_write,
                                                .submit = empty_submit,
                                                .poll_completion = empty_poll_completion,
                                                .next_access = empty_next_access,
                                                .answer_access = empty_answer_access};
    static const struct iotb_dut_ops ops = {.size = sizeof(ops),
                                            .abi = IOTB_DUT_ABI,
                                            .name = "empty",
                                            .open = empty_open,
                                            .describe = empty_describe,
                                            .reset = empty_reset,
                                            .advance = empty_advance,
                                            .close = empty_close,
                                            .iommu = &iommu};

    return abi == IOTB_DUT_ABI ? &ops : NULL;
}
