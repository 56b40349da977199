/* SPDX-License-Identifier: BSD-2-Clause */
/* gate.c - see gate.h. */
#include "bench/gate.h"

#include "bench/run.h"
#include "spec/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERM_MAX 64u

/* "REGISTER.FIELD", "!...", "... >= N": what a term says. */
struct term {
    bool negated;
    char reg[TERM_MAX]; /* "" for HAW */
    char field[TERM_MAX];
    char relation; /* 0: non-zero; 'g' is >= */
    uint64_t number;
};

/* Registers that say what a DUT can do. `alone`: the field that a term without one means. */
static const struct {
    const char *name, *reg, *alone;
} registers[] = {
    {"VER", "VER_REG", NULL},    {"CAP", "CAP_REG", NULL},    {"ECAP", "ECAP_REG", NULL},  {"IDR0", "SMMU_IDR0", NULL},
    {"IDR1", "SMMU_IDR1", NULL}, {"IDR3", "SMMU_IDR3", NULL}, {"IDR5", "SMMU_IDR5", NULL}, {"AIDR", "SMMU_AIDR", "ArchMinorRev"},
};

/* Index in registers, or their number. */
static size_t find_register(const char *name, size_t length)
{
    size_t i = 0;

    while (i < sizeof(registers) / sizeof(registers[0]) &&
           (strlen(registers[i].name) != length || strncmp(registers[i].name, name, length) != 0))
        i++;
    return i;
}

static bool parse_number(const char *text, uint64_t *number)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    *number = strtoull(text, &end, 0);
    return *end == '\0';
}

static bool parse_relation(const char *text, struct term *term)
{
    if (!*text)
        return true;
    term->relation = *text == '>' ? 'g' : *text;
    if (*text == '>' && *++text != '=')
        return false;
    if (term->relation == ':' && strlen(text) > 3)
        return false;
    return !term->negated && parse_number(text + 1, &term->number) && (term->relation != ':' || term->number < 64);
}

static bool parse_place(const char *text, size_t length, struct term *term)
{
    const char *dot = memchr(text, '.', length);
    size_t name = dot ? (size_t)(dot - text) : length, i = find_register(text, name);

    if (length == 3 && strncmp(text, "HAW", 3) == 0)
        return !term->negated;
    if (i == sizeof(registers) / sizeof(registers[0]) || (!dot && !registers[i].alone))
        return false;
    snprintf(term->reg, sizeof(term->reg), "%s", registers[i].reg);
    if (dot)
        snprintf(term->field, sizeof(term->field), "%.*s", (int)(length - name - 1), dot + 1);
    else
        snprintf(term->field, sizeof(term->field), "%s", registers[i].alone);
    return spec_reg_exists(term->reg, term->field);
}

static bool parse_term(const char *text, struct term *term)
{
    size_t length;

    *term = (struct term){.negated = text[0] == '!'};
    text += term->negated;
    length = strcspn(text, "<>=:");
    if (!parse_place(text, length, term) || !parse_relation(text + length, term))
        return false;
    return term->reg[0] || term->relation; /* "HAW" alone says nothing */
}

static bool holds(const struct term *term, uint64_t value)
{
    switch (term->relation) {
    case 'g':
        return value >= term->number;
    case '=':
        return value == term->number;
    case '<':
        return value < term->number;
    case ':':
        return value >> term->number & 1;
    default:
        return (value != 0) != term->negated;
    }
}

static enum gate_result judge_term(const char *text, const struct gate_source *source, char *said, size_t said_bytes)
{
    struct term term;
    uint64_t value;

    if (!parse_term(text, &term)) {
        if (!source && (gate_endpoint_word(text) || gate_uapi_word(text)))
            return GATE_OPEN;
        snprintf(said, said_bytes, "\"%s\" is no condition on VER, CAP, ECAP, IDR0, IDR1, IDR3, IDR5, AIDR or HAW", text);
        return GATE_MALFORMED;
    }
    if (!source)
        return GATE_OPEN;
    value = term.reg[0] ? source->field(source->context, term.reg, term.field) : source->haw;
    if (holds(&term, value))
        return GATE_OPEN;
    snprintf(said, said_bytes, "needs %s, and %s%s%s is %llu", text, term.reg[0] ? term.reg : "HAW", term.reg[0] ? "." : "",
             term.field, (unsigned long long)value);
    return GATE_SHUT;
}

enum gate_result gate_judge(const char *gate, const struct gate_source *source, char *text, size_t text_bytes)
{
    enum gate_result result = GATE_OPEN;

    if (!gate)
        return GATE_OPEN;
    do {
        size_t length = strcspn(gate, "&");
        char term[TERM_MAX];

        snprintf(term, sizeof(term), "%.*s", (int)length, gate);
        if (length >= sizeof(term)) {
            snprintf(text, text_bytes, "\"%s...\" is too long for a term", term);
            return GATE_MALFORMED;
        }
        result = judge_term(term, source, text, text_bytes);
        gate += length;
    } while (result == GATE_OPEN && *gate++ == '&');
    return result;
}

/* ---- of a case ---- */

static uint64_t read_field(void *context, const char *reg, const char *field)
{
    const struct spec_field *place = spec_reg_field(reg, field);
    uint64_t value = place->width == 32 ? reg_read32(context, place->offset) : reg_read64(context, place->offset);

    return spec_get(place, &value);
}

void gate_of_case(struct test *t)
{
    struct gate_source source = {.field = read_field, .haw = test_desc(t)->host_address_bits, .context = t};
    char text[160];

    if (test_desc(t)->kind == IOTB_KIND_ENDPOINT) {
        gate_of_endpoint_case(t);
        return;
    }
    if (test_desc(t)->kind == IOTB_KIND_UAPI) {
        gate_of_uapi_case(t);
        return;
    }
    switch (gate_judge(test_case(t)->gate, &source, text, sizeof(text))) {
    case GATE_OPEN:
        break;
    case GATE_SHUT:
        test_skip(t, "%s", text);
    case GATE_MALFORMED:
        test_abort(t, "gate: %s", text);
    }
}
