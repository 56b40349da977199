/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bad_plugin.c - plug-ins that cannot be used, one for each value of BAD. The loader must say why, and survive.
 */
#include "bench/tests/fake_dut.h"

#include <string.h>

#define BAD_NO_SYMBOL 1
#define BAD_NULL 2
#define BAD_ABI 3
#define BAD_SIZE_0 4
#define BAD_SIZE_SMALL 5
#define BAD_NO_RESET 6
#define BAD_TWO_KINDS 7
#define BAD_NO_KIND 8
#define BAD_TABLE_SMALL 9
#define BAD_NO_SUBMIT 10
#define BAD_NO_MEMORY 11
#define BAD_SIZE_HUGE 12
#define GOOD_LARGER 13
#define GOOD 14

#if BAD == BAD_NO_SYMBOL
int iotb_dut_entri(void);
int iotb_dut_entri(void)
{
    return 0;
}
#else
struct larger {
    struct iotb_dut_ops ops;
    void (*from_the_future)(void);
};

const struct iotb_dut_ops *iotb_dut_entry(uint32_t abi)
{
    static struct larger table;
    static struct iotb_iommu_ops iommu;
    static const struct iotb_endpoint_ops endpoint = {.size = sizeof(endpoint)};
    struct iotb_dut_ops *ops = &table.ops;

    (void)abi;
    (void)endpoint;
    *ops = *fake_dut();
    iommu = *ops->iommu;
    ops->iommu = &iommu;
#if BAD == BAD_NULL
    return NULL;
#elif BAD == BAD_ABI
    ops->abi = 99;
#elif BAD == BAD_SIZE_0
    ops->size = 0;
#elif BAD == BAD_SIZE_SMALL
    ops->size = 8;
#elif BAD == BAD_NO_RESET
    ops->reset = NULL;
#elif BAD == BAD_TWO_KINDS
    ops->endpoint = &endpoint;
#elif BAD == BAD_NO_KIND
    ops->iommu = NULL;
#elif BAD == BAD_TABLE_SMALL
    iommu.size = 16;
#elif BAD == BAD_NO_SUBMIT
    iommu.submit = NULL;
#elif BAD == BAD_NO_MEMORY
    iommu.answer_access = NULL;
#elif BAD == BAD_SIZE_HUGE
    ops->size = 0xfffffff0u;
#elif BAD == GOOD_LARGER
    ops->size = sizeof(table);
#endif
    return ops;
}
#endif
