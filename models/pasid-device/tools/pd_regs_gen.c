/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_regs_gen.c - from pasid_device_regs.def: the C header, the SystemVerilog package, or the manual, on standard output.
 *
 *   pd_regs_gen header | package | manual
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    const char *name, *title;
};
struct reg {
    const char *block, *name, *lock, *text;
    uint32_t offset, bytes, count, stride;
};
struct field {
    const char *reg, *name, *access, *text;
    uint32_t high, low;
    uint64_t reset;
};
struct group {
    const char *name, *title;
};
struct code {
    const char *group, *name, *text;
    uint32_t value;
};

#define BLOCK(...)
#define REGISTER(...)
#define FIELD(...)
#define GROUP(...)
#define CODE(...)
#undef BLOCK
#define BLOCK(name, title) {#name, title},
static const struct block blocks[] = {
#include "pasid-device/pasid_device_regs.def"
};
#undef BLOCK
#define BLOCK(...)
#undef REGISTER
#define REGISTER(block, name, offset, bytes, count, stride, lock, text) \
    {#block, #name, #lock, text, offset, bytes, count, stride},
static const struct reg registers[] = {
#include "pasid-device/pasid_device_regs.def"
};
#undef REGISTER
#define REGISTER(...)
#undef FIELD
#define FIELD(reg, name, high, low, access, reset, text) {#reg, #name, #access, text, high, low, reset},
static const struct field fields[] = {
#include "pasid-device/pasid_device_regs.def"
};
#undef FIELD
#define FIELD(...)
#undef GROUP
#define GROUP(name, title) {#name, title},
static const struct group groups[] = {
#include "pasid-device/pasid_device_regs.def"
};
#undef GROUP
#define GROUP(...)
#undef CODE
#define CODE(group, name, value, text) {#group, #name, text, value},
static const struct code codes[] = {
#include "pasid-device/pasid_device_regs.def"
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define EACH(type, item, array) for (const struct type *item = (array); item < (array) + COUNT(array); item++)

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool in_memory(const struct reg *reg)
{
    return strncmp(reg->block, "BAR", 3) != 0;
}

static const struct reg *register_of(const struct field *field)
{
    EACH(reg, reg, registers)
    if (same(reg->name, field->reg))
        return reg;
    fprintf(stderr, "pd_regs_gen: field %s.%s: there is no such register\n", field->reg, field->name);
    exit(1);
}

static uint64_t bits(uint32_t high, uint32_t low)
{
    return UINT64_MAX >> (63u - (high - low)) << low;
}

/* ---- is the description sound? ---- */

static void refuse(const char *reg, const char *name, const char *why)
{
    fprintf(stderr, "pd_regs_gen: %s%s%s: %s\n", reg, *name ? "." : "", name, why);
    exit(1);
}

static void check(void)
{
    EACH(field, field, fields)
    {
        const struct reg *reg = register_of(field);
        if (field->high < field->low || field->high >= reg->bytes * 8u || field->high / 64u != field->low / 64u)
            refuse(field->reg, field->name, "a field lies within one 64-bit word of its register");
        for (const struct field *other = fields; other < field; other++)
            if (same(other->reg, field->reg) && other->low <= field->high && field->low <= other->high)
                refuse(field->reg, field->name, "overlaps another field");
    }
    EACH(reg, reg, registers)
    {
        if (reg->count > 1u && reg->stride < reg->bytes)
            refuse(reg->name, "", "instances overlap");
        for (const struct reg *other = registers; other < reg; other++) {
            if (same(other->name, reg->name))
                refuse(reg->name, "", "the name is used twice");
            uint32_t end = reg->offset + (reg->count - 1u) * reg->stride + reg->bytes;
            uint32_t other_end = other->offset + (other->count - 1u) * other->stride + other->bytes;
            if (same(other->block, reg->block) && other->offset < end && reg->offset < other_end)
                refuse(reg->name, "", "overlaps another register");
        }
    }
    EACH(code, code, codes)
    for (const struct code *other = codes; other < code; other++)
        if (same(other->group, code->group) && other->value == code->value)
            refuse(code->group, code->name, "the value is used twice");
}

/* ---- C ---- */

/* A doubleword register may share its 64-bit word with the one after it: masks are placed by the byte offset. */
static void word_row(const struct reg *reg, uint32_t word)
{
    uint64_t rw = 0, w1c = 0, wo = 0, reset = 0;
    EACH(field, field, fields)
    {
        if (!same(field->reg, reg->name) || field->low / 64u != word)
            continue;
        uint64_t mask = bits(field->high % 64u, field->low % 64u);
        reset |= field->reset << field->low % 64u;
        if (same(field->access, "RW"))
            rw |= mask;
        else if (same(field->access, "W1C"))
            w1c |= mask;
        else if (same(field->access, "WO"))
            wo |= mask;
    }
    uint32_t bytes = reg->bytes - word * 8u < 8u ? reg->bytes - word * 8u : 8u;
    printf("    X(0x%04x, %u, %u, %u, UINT64_C(0x%" PRIx64 "), UINT64_C(0x%" PRIx64 "), UINT64_C(0x%" PRIx64
           "), UINT64_C(0x%" PRIx64 "), %s) \\\n",
           reg->offset + word * 8u, bytes, reg->count, reg->stride, rw, w1c, wo, reset, reg->lock);
}

static void table(const char *block)
{
    printf("\n/* Words of %s: X(offset, bytes, count, stride, rw, w1c, wo, reset, lock) */\n#define PD_%s_WORDS(X) \\\n", block,
           block);
    EACH(reg, reg, registers)
    if (same(reg->block, block))
        for (uint32_t word = 0; word * 8u < reg->bytes; word++)
            word_row(reg, word);
    printf("    /* end */\n");
}

static void header(void)
{
    printf("/* SPDX-License-Identifier: BSD-2-Clause */\n/*\n * pd_regs.h - made from pasid_device_regs.def by "
           "tools/pd_regs_gen.c; do not edit.\n */\n/* clang-format off */\n#ifndef PASID_DEVICE_PD_REGS_H\n"
           "#define PASID_DEVICE_PD_REGS_H\n\n#include <stdint.h>\n\n"
           "/* Where a field is: byte offset of its 64-bit word, lowest bit, width. */\n"
           "#define PD_FIELD(word, low, width) ((word) << 12 | (low) << 6 | ((width) - 1))\n\nenum pd_register {\n");
    EACH(reg, reg, registers)
    printf("    PD_AT_%s = 0x%04x,\n", reg->name, reg->offset);
    printf("};\n\nenum pd_stride {\n");
    EACH(reg, reg, registers)
    if (reg->count > 1u)
        printf("    PD_STRIDE_%s = %u, PD_N_%s = %u,\n", reg->name, reg->stride, reg->name, reg->count);
    printf("};\n\nenum pd_field {\n");
    EACH(field, field, fields)
    printf("    PD_%s_%s = PD_FIELD(0x%x, %u, %u),\n", field->reg, field->name,
           register_of(field)->offset + field->low / 64u * 8u, field->low % 64u, field->high - field->low + 1u);
    printf("};\n");
    EACH(group, group, groups)
    {
        printf("\n/* %s */\nenum pd_code_%s {\n", group->title, group->name);
        EACH(code, code, codes)
        if (same(code->group, group->name))
            printf("    PD_%s_%s = 0x%02x,\n", code->group, code->name, code->value);
        printf("};\n");
    }
    table("BAR0");
    table("BAR4");
    printf("\n#endif\n");
}

/* ---- SystemVerilog ---- */

static void package(void)
{
    printf("// SPDX-License-Identifier: BSD-2-Clause\n// pasid_device_pkg.sv - made from pasid_device_regs.def by "
           "tools/pd_regs_gen.c; do not edit.\npackage pasid_device_pkg;\n");
    EACH(reg, reg, registers)
    {
        printf("\n    // %s %s\n", reg->block, reg->text);
        if (!in_memory(reg))
            printf("    localparam logic [15:0] AT_%s = 16'h%04x;\n", reg->name, reg->offset);
        if (reg->count > 1u)
            printf("    localparam int COUNT_%s = %u, STRIDE_%s = %u;\n", reg->name, reg->count, reg->name, reg->stride);
        EACH(field, field, fields)
        {
            if (!same(field->reg, reg->name))
                continue;
            uint32_t width = field->high - field->low + 1u;
            printf("    localparam int %s_%s_LOW = %u, %s_%s_WIDTH = %u;\n", reg->name, field->name, field->low, reg->name,
                   field->name, width);
            if (!in_memory(reg))
                printf("    localparam logic [%u:0] %s_%s_RESET = %u'h%" PRIx64 ";\n", width - 1u, reg->name, field->name, width,
                       field->reset);
        }
    }
    EACH(group, group, groups)
    {
        printf("\n    // %s\n", group->title);
        EACH(code, code, codes)
        if (same(code->group, group->name))
            printf("    localparam logic [7:0] %s_%s = 8'h%02x;\n", code->group, code->name, code->value);
    }
    printf("\nendpackage\n");
}

/* ---- manual ---- */

static void manual_register(const struct reg *reg)
{
    if (in_memory(reg))
        printf("\n");
    else if (reg->count > 1u)
        printf("\n### %s: %04X + %02X * n, n = 0..%u\n\n%s\n\n", reg->name, reg->offset, reg->stride, reg->count - 1u, reg->text);
    else
        printf("\n### %s: %04X\n\n%s\n\n", reg->name, reg->offset, reg->text);
    if (same(reg->lock, "DEVICE"))
        printf("Writes are ignored while the device is not disabled.\n\n");
    if (same(reg->lock, "QUEUE"))
        printf("Writes are ignored while the work queue is not disabled.\n\n");
    bool any = false;
    EACH(field, field, fields)
    {
        if (!same(field->reg, reg->name))
            continue;
        if (!any)
            printf(in_memory(reg) ? "| bits | field | |\n|---|---|---|\n"
                                  : "| bits | field | access | reset | |\n|---|---|---|---|---|\n");
        any = true;
        if (field->high == field->low)
            printf("| %u ", field->low);
        else
            printf("| %u:%u ", field->high, field->low);
        if (in_memory(reg))
            printf("| %s | %s |\n", field->name, field->text);
        else
            printf("| %s | %s | %" PRIX64 "h | %s |\n", field->name, field->access, field->reset, field->text);
    }
}

static void manual(void)
{
    printf("<!-- SPDX-License-Identifier: BSD-2-Clause -->\n<!-- Made from pasid_device_regs.def by tools/pd_regs_gen.c; do not "
           "edit. -->\n# Registers of the PASID device\n\nOffsets are hexadecimal. RO: a write has no effect. RW: stored. W1C: a "
           "1 clears. WO: reads 0. The reset of a field that\nreports a parameter of the device is given as 0.\n");
    EACH(block, block, blocks)
    {
        printf("\n## %s\n", block->title);
        EACH(reg, reg, registers)
        if (same(reg->block, block->name))
            manual_register(reg);
    }
    EACH(group, group, groups)
    {
        printf("\n## %s\n\n| value | name | |\n|---|---|---|\n", group->title);
        EACH(code, code, codes)
        if (same(code->group, group->name))
            printf("| %02Xh | %s | %s |\n", code->value, code->name, code->text);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } outputs[] = {{"header", header}, {"package", package}, {"manual", manual}};

    check();
    for (size_t i = 0; argc == 2 && i < COUNT(outputs); i++) {
        if (!same(argv[1], outputs[i].name))
            continue;
        outputs[i].print();
        return fflush(stdout) ? 1 : 0;
    }
    fprintf(stderr, "usage: pd_regs_gen header | package | manual\n");
    return 2;
}
