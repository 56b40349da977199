/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_ats.c - the size encoding against the examples of the specifications, entries there and back, and owed responses.
 */
#include "pcie/ats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        uint64_t address;
        uint8_t size_lg2;
        uint64_t word;
    } examples[] = {
        {0x12345678, 12, 0x12345000},
        {0x12346000, 13, 0x12346800},          /* 8 KiB: bit 12 is 0 */
        {0x12344000, 14, 0x12345800},          /* 16 KiB: bit 12 is 1, bit 13 is 0 */
        {0x40000000, 21, 0x400ff800},          /* 2 MiB: bits 19:12 ones, bit 20 zero */
        {0x80000000, 30, 0x9ffff800},          /* 1 GiB: bits 28:12 ones, bit 29 zero */
        {0, 64, UINT64_C(0x7ffffffffffff800)}, /* everything */
        {UINT64_C(0xffff800000003000), 12, UINT64_C(0xffff800000003000)},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        assert_true(pcie_range_encode(examples[i].address, examples[i].size_lg2) == examples[i].word);
        assert_int_equal(pcie_range_lg2(examples[i].word), examples[i].size_lg2);
    }
    for (unsigned lg2 = 12; lg2 <= 64; lg2++) {
        uint64_t word = pcie_range_encode(UINT64_C(0xdeadbeefcafef00d), (uint8_t)lg2);
        uint64_t first = lg2 == 64 ? 0 : UINT64_C(0xdeadbeefcafef00d) >> lg2 << lg2;
        assert_int_equal(pcie_range_lg2(word), lg2);
        assert_true(pcie_range_first(word) == first);
        assert_int_equal(word >> 11 & 1u, lg2 > 12);
    }
    assert_int_equal(pcie_range_lg2(UINT64_C(0xfffffffffffff800)), 64);
}

static void test_entries(void **state)
{
    (void)state;
    const struct pcie_translation all = {.address = 0x40000000,
                                         .size_lg2 = 21,
                                         .read = true,
                                         .write = true,
                                         .execute = true,
                                         .privileged = true,
                                         .global = true,
                                         .untranslated_only = true,
                                         .non_snooped = true};
    assert_true(pcie_translation_encode(&all) == (0x400ff800u | 0x43fu));
    for (unsigned bits = 0; bits < 128; bits++) {
        const struct pcie_translation one = {.address = UINT64_C(0x123400000),
                                             .size_lg2 = (uint8_t)(bits & 1u ? 12 : 21),
                                             .read = bits & 1u,
                                             .write = bits & 2u,
                                             .execute = bits & 4u,
                                             .privileged = bits & 8u,
                                             .global = bits & 16u,
                                             .untranslated_only = bits & 32u,
                                             .non_snooped = bits & 64u};
        struct pcie_translation back = pcie_translation_decode(pcie_translation_encode(&one));
        assert_true(back.address == one.address && back.size_lg2 == one.size_lg2);
        assert_true(back.read == one.read && back.write == one.write && back.execute == one.execute);
        assert_true(back.privileged == one.privileged && back.global == one.global);
        assert_true(back.untranslated_only == one.untranslated_only && back.non_snooped == one.non_snooped);
    }
    /* The bits, as 10.2.3 counts them. */
    const struct pcie_translation w = {.size_lg2 = 12, .write = true}, u = {.size_lg2 = 12, .untranslated_only = true},
                                  priv = {.size_lg2 = 12, .privileged = true}, n = {.size_lg2 = 12, .non_snooped = true};
    assert_true(pcie_translation_encode(&w) == 2 && pcie_translation_encode(&u) == 4);
    assert_true(pcie_translation_encode(&priv) == 16 && pcie_translation_encode(&n) == 1024);
}

static void test_responses(void **state)
{
    (void)state;
    struct pcie_message request = {
        .kind = PCIE_PAGE_REQUEST, .device_id = 0x1234, .has_pasid = true, .pasid = 0xabcde, .group_index = 0x1ff, .read = true};
    struct pcie_message response;
    assert_false(pcie_page_response(&request, PCIE_RESPONSE_SUCCESS, &response));
    request.last = true;
    assert_true(pcie_page_response(&request, PCIE_RESPONSE_INVALID, &response));
    assert_int_equal(response.kind, PCIE_PAGE_RESPONSE);
    assert_int_equal(response.device_id, 0x1234);
    assert_true(response.has_pasid && response.pasid == 0xabcde);
    assert_int_equal(response.group_index, 0x1ff);
    assert_int_equal(response.response_code, 1);
    request.read = false; /* a stop marker */
    assert_false(pcie_page_response(&request, PCIE_RESPONSE_SUCCESS, &response));
    request.has_pasid = false; /* not one */
    assert_true(pcie_page_response(&request, PCIE_RESPONSE_SUCCESS, &response));
    assert_false(response.has_pasid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_responses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
