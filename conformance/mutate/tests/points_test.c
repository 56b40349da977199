/* SPDX-License-Identifier: BSD-2-Clause */
/* What points.c finds in small texts, and what the texts become. */
#include "mutate/mutate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Applies every mutation of the text; true when `result` is among them under that operator. */
static size_t yields(const char *text, enum mutation_operator operator, const char * result)
{
    struct mutation_list list = {0};
    size_t found = 0;

    assert_true(mutate_find(text, strlen(text), 0, &list));
    for (size_t i = 0; i < list.count; i++) {
        char *changed = mutate_apply(text, strlen(text), &list.items[i]);

        assert_non_null(changed);
        assert_string_not_equal(changed, text);
        found += list.items[i].operator== operator&& !strcmp(changed, result);
        free(changed);
    }
    free(list.items);
    return found;
}

static size_t count(const char *text)
{
    struct mutation_list list = {0};

    assert_true(mutate_find(text, strlen(text), 0, &list));
    free(list.items);
    return list.count;
}

static void each_operator(void **state)
{
    (void)state;
    assert_int_equal(1, yields("if (a) b;", MUTATE_CONDITION, "if (!(a)) b;"));
    assert_int_equal(1, yields("if (a) b;", MUTATE_CONDITION, "if (1 || (a)) b;"));
    assert_int_equal(1, yields("while (f(a)) b;", MUTATE_CONDITION, "while (0 && (f(a))) b;"));
    assert_int_equal(1, yields("x = a < b;", MUTATE_BOUNDARY, "x = a <= b;"));
    assert_int_equal(1, yields("x = a >= b;", MUTATE_BOUNDARY, "x = a > b;"));
    assert_int_equal(1, yields("x = a == b;", MUTATE_EQUALITY, "x = a != b;"));
    assert_int_equal(1, yields("x = a && !b;", MUTATE_LOGIC, "x = a || !b;"));
    assert_int_equal(1, yields("x = a && !b;", MUTATE_LOGIC, "x = a && b;"));
    assert_int_equal(1, yields("x = true;", MUTATE_LOGIC, "x = false;"));
    assert_int_equal(1, yields("x = a + b;", MUTATE_ARITHMETIC, "x = a - b;"));
    assert_int_equal(1, yields("x = a << b;", MUTATE_ARITHMETIC, "x = a >> b;"));
    assert_int_equal(1, yields("x = a & ~b;", MUTATE_BITS, "x = a | ~b;"));
    assert_int_equal(1, yields("x = a & ~b;", MUTATE_BITS, "x = a & b;"));
    assert_int_equal(1, yields("x = 0x1fu;", MUTATE_CONSTANT, "x = (0x1fu + 1);"));
    assert_int_equal(1, yields("x = 0x1fu;", MUTATE_CONSTANT, "x = 0;"));
    assert_int_equal(1, yields("{ f(a, b); g(); }", MUTATE_STATEMENT, "{ ; g(); }"));
    assert_int_equal(1, yields("{ p->x[2] |= y; }", MUTATE_STATEMENT, "{ ; }"));
    assert_int_equal(1, yields("{ break; }", MUTATE_JUMP, "{ ; }"));
    assert_int_equal(1, yields("{ return; }", MUTATE_JUMP, "{ ; }"));
}

static void what_is_no_code(void **state)
{
    (void)state;
    assert_int_equal(0, count("/* a < b */ // 1 + 2\n"));
    assert_int_equal(0, count("#include <x.h>\n#if 1 < 2 && \\\n 3\n#endif\n"));
    assert_int_equal(0, count("\"a < 1\" '1'"));
    assert_int_equal(0, count("static void f(int *a);"));
    assert_int_equal(0, yields("{ uint64_t x; }", MUTATE_STATEMENT, "{ ; }"));
    assert_int_equal(0, yields("{ return f(x); }", MUTATE_STATEMENT, "{ ; }"));
    assert_int_equal(0, count("{ VTD_PROBE(vtd, 1, a < b ? 2 : 3, \"x\"); }"));
    assert_int_equal(0, yields("x = -a;", MUTATE_ARITHMETIC, "x = +a;"));
    assert_int_equal(0, yields("x = (struct s){ F(1), G(2) };", MUTATE_STATEMENT, "x = (struct s){ ;"));
}

static void definitions_are_code(void **state)
{
    (void)state;
    assert_int_equal(1, yields("#define WIDTH(x) 12\n", MUTATE_CONSTANT, "#define WIDTH(x) (12 + 1)\n"));
}

static void line_numbers(void **state)
{
    static const char text[] = "/* one\n two */\n#define A \\\n  b\nx = 7;\n";
    struct mutation_list list = {0};
    char what[80];

    (void)state;
    assert_true(mutate_find(text, strlen(text), 3, &list));
    assert_int_equal(2, list.count);
    assert_int_equal(5, list.items[0].line);
    assert_int_equal(3, list.items[0].file);
    mutate_describe(text, strlen(text), &list.items[1], what, sizeof what);
    assert_string_equal("constant: \"7\" becomes \"0\"", what);
    free(list.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operator),
        cmocka_unit_test(what_is_no_code),
        cmocka_unit_test(definitions_are_code),
        cmocka_unit_test(line_numbers),
    };

    return cmocka_run_group_tests_name("mutation points", tests, NULL, NULL);
}
