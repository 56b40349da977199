/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_params.c - parameters by name: what is set, what is refused and changes nothing.
 */
#include "xlate/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct things {
    uint8_t byte;
    uint16_t half;
    uint32_t word;
    uint64_t dword;
    struct cache_geometry store;
    uint64_t errata[2];
};

static const char *erratum_name(size_t id)
{
    static const char *const names[] = {"FIRST", "SECOND"};
    return id == 64 ? "LATER" : id < 2 ? names[id] : "-";
}

static const struct params_field fields[] = {
    {"byte", offsetof(struct things, byte), 1, 7, 1, 0},
    {"half", offsetof(struct things, half), 2, 0xffff, 1, 4},
    {"word", offsetof(struct things, word), 4, UINT32_MAX, 2, 8},
    {"dword", offsetof(struct things, dword), 8, UINT64_MAX, PARAMS_NOWHERE, 0},
};
static const struct params_cache caches[] = {{"store", offsetof(struct things, store)}};
static const struct params_set sets[] = {{"small", NULL, "byte=1 word=2"}, {"large", "small", "half=0x10 store.replacement=off"}};
static const struct params_rule rules[] = {{"half", "byte"}, {"dword", NULL}};
static const struct params_table table = {
    .bytes = sizeof(struct things),
    .fields = fields,
    .field_count = 4,
    .caches = caches,
    .cache_count = 1,
    .sets = sets,
    .set_count = 2,
    .rules = rules,
    .rule_count = 2,
    .errata_offset = offsetof(struct things, errata),
    .errata_count = 65,
    .erratum_name = erratum_name,
};

static void values_are_set(void **state)
{
    (void)state;
    struct things t = {0};
    assert_true(params_put(&table, &t, "byte", "7"));
    assert_true(params_put(&table, &t, "half", "0xffff"));
    assert_true(params_put(&table, &t, "word", "4294967295"));
    assert_true(params_put(&table, &t, "dword", "0xffffffffffffffff"));
    assert_true(params_put(&table, &t, "store.sets", "8"));
    assert_true(params_put(&table, &t, "store.ways", "2"));
    assert_true(params_put(&table, &t, "store.replacement", "lru"));
    assert_true(params_put(&table, &t, "erratum", "SECOND+LATER"));
    assert_int_equal(t.byte, 7);
    assert_int_equal(t.half, 0xffff);
    assert_int_equal(t.word, UINT32_MAX);
    assert_true(t.dword == UINT64_MAX);
    assert_true(t.store.sets == 8 && t.store.ways == 2 && t.store.replacement == CACHE_LRU);
    assert_true(t.errata[0] == 2 && t.errata[1] == 1);
    assert_true(params_get(&table, &t, "half") == 0xffff);
    assert_true(params_register(&table, &t, 1) == (7u | UINT64_C(0xffff) << 4));
    assert_true(params_register(&table, &t, 2) == UINT64_C(0xffffffff) << 8);
    assert_true(params_register(&table, &t, 3) == 0);
}

static void nonsense_changes_nothing(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {{"byte", "8"},
                                           {"byte", "-1"},
                                           {"byte", ""},
                                           {"byte", "1 "},
                                           {"word", "1e3"},
                                           {"byte ", "1"},
                                           {"", "1"},
                                           {"store", "1"},
                                           {"store.", "1"},
                                           {"stor.sets", "1"},
                                           {"store.sets", "9999999"},
                                           {"store.replacement", "lifo"},
                                           {"erratum", ""},
                                           {"erratum", "FIRST+"},
                                           {"erratum", "FIRST+NONE"},
                                           {"erratum", "FIR"},
                                           {"dword", "0x10000000000000000"}};
    struct things t, before;
    memset(&t, 0, sizeof t);
    memcpy(&before, &t, sizeof t);
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (params_put(&table, &t, wrong[i][0], wrong[i][1]))
            fail_msg("%s=%s was taken", wrong[i][0], wrong[i][1]);
        assert_memory_equal(&t, &before, sizeof t);
    }
}

static void sets_stand_on_each_other(void **state)
{
    (void)state;
    struct things t = {.dword = 5};
    assert_true(params_apply_set(&table, &t, "large"));
    assert_true(t.byte == 1 && t.word == 2 && t.half == 16 && t.dword == 0);
    assert_false(params_apply_set(&table, &t, "huge"));
}

static void rules_are_checked(void **state)
{
    (void)state;
    char text[64];
    struct things t = {0};
    assert_null(params_wrong(&table, &t, text, sizeof text));
    t.half = 1;
    assert_string_equal(params_wrong(&table, &t, text, sizeof text), "half needs byte");
    t.byte = 1;
    assert_null(params_wrong(&table, &t, text, sizeof text));
    t.dword = 1;
    assert_string_equal(params_wrong(&table, &t, text, sizeof text), "dword is not modelled");
    t.dword = 0;
    t.byte = 9;
    assert_string_equal(params_wrong(&table, &t, text, sizeof text), "byte is out of range");
    t.byte = 1;
    t.store = (struct cache_geometry){3, 1, CACHE_LRU};
    assert_non_null(params_wrong(&table, &t, text, sizeof text));
    t.store = (struct cache_geometry){4, 3, CACHE_PSEUDO_LRU};
    assert_non_null(params_wrong(&table, &t, text, sizeof text));
    t.store = (struct cache_geometry){4, 3, CACHE_LRU};
    assert_null(params_wrong(&table, &t, text, sizeof text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_set),
        cmocka_unit_test(nonsense_changes_nothing),
        cmocka_unit_test(sets_stand_on_each_other),
        cmocka_unit_test(rules_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
