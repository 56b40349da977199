/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_endpoint.c - the condition of a case on an endpoint: words for what its configuration space shows.
 *
 * Capabilities are found by their ids. PRODUCT says that the endpoint is the pasid-device, whose programming model the cases
 * need to start work: its DVSEC (vendor 1234h, id 1) says so, and repeats the straps.
 */
#include "bench/gate.h"

#include "bench/run.h"

#include <string.h>

enum { CAP_PM = 0x01, CAP_PCIE = 0x10, CAP_MSIX = 0x11 };
enum { EXT_ATS = 0x0f, EXT_PRI = 0x13, EXT_PASID = 0x1b, EXT_DVSEC = 0x23 };
#define PRODUCT_DVSEC_VENDOR 0x1234u
#define PRODUCT_DVSEC_ID 1u

/* `place`: the id of the capability, with the offset of the dword in it; `bit`: of that dword, or -1 when being there is enough.
 */
static const struct word {
    const char *name;
    enum { IN_LIST, IN_EXTENDED, IN_PRODUCT } where;
    uint32_t id, offset;
    int bit;
} words[] = {
    {"PCIE", IN_LIST, CAP_PCIE, 0, -1},
    {"PM", IN_LIST, CAP_PM, 0, -1},
    {"MSIX", IN_LIST, CAP_MSIX, 0, -1},
    {"FLR", IN_LIST, CAP_PCIE, 0x04, 28},
    {"ATS", IN_EXTENDED, EXT_ATS, 0, -1},
    {"PRI", IN_EXTENDED, EXT_PRI, 0, -1},
    {"PASID", IN_EXTENDED, EXT_PASID, 0, -1},
    {"EXEC", IN_EXTENDED, EXT_PASID, 0x04, 1},
    {"PRIV", IN_EXTENDED, EXT_PASID, 0x04, 2},
    {"GIS", IN_EXTENDED, EXT_ATS, 0x04, 6},
    {"PRODUCT", IN_PRODUCT, 0, 0, -1},
    {"EXER", IN_PRODUCT, 0, 0x0c, 0},
    {"SWENQ", IN_PRODUCT, 0, 0x0c, 1},
    {"NARROW", IN_PRODUCT, 0, 0x0c, 2},
    {"EP", IN_PRODUCT, 0, 0x0c, 3},
    {"SERIAL", IN_PRODUCT, 0, 0x0c, 4},
    {"IDXDID", IN_PRODUCT, 0, 0x0c, 5},
    {"TPASID", IN_PRODUCT, 0, 0x0c, 11},
    {"GLOB", IN_PRODUCT, 0, 0x0c, 12},
};

static const struct word *word_find(const char *name)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].name, name) == 0)
            return &words[i];
    return NULL;
}

bool gate_endpoint_word(const char *term)
{
    return word_find(term + (term[0] == '!')) != NULL;
}

/* Offset of the capability, 0 if there is none. A list that runs in a circle ends after as many steps as there is room for. */
static uint32_t find_in_list(struct test *t, uint32_t id)
{
    uint32_t at = config_read(t, 0x34, 1) & 0xfc;

    for (uint32_t steps = 0; at >= 0x40 && steps < 48; steps++, at = config_read(t, at + 1, 1) & 0xfc)
        if (config_read(t, at, 1) == id)
            return at;
    return 0;
}

static bool is_product(struct test *t, uint32_t at)
{
    return (config_read(t, at + 4, 4) & 0xffff) == PRODUCT_DVSEC_VENDOR &&
           (config_read(t, at + 8, 4) & 0xffff) == PRODUCT_DVSEC_ID;
}

static uint32_t find_extended(struct test *t, uint32_t id, bool product)
{
    uint32_t at = 0x100;

    for (uint32_t steps = 0; at >= 0x100 && steps < 960; steps++) {
        uint32_t header = config_read(t, at, 4);

        if ((header & 0xffff) == id && header != UINT32_MAX && (!product || is_product(t, at)))
            return at;
        at = header >> 20 & 0xffc;
    }
    return 0;
}

static bool has(struct test *t, const struct word *word)
{
    uint32_t at = word->where == IN_LIST
                      ? find_in_list(t, word->id)
                      : find_extended(t, word->where == IN_PRODUCT ? EXT_DVSEC : word->id, word->where == IN_PRODUCT);

    return at && (word->bit < 0 || (config_read(t, at + word->offset, 4) >> word->bit & 1));
}

void gate_of_endpoint_case(struct test *t)
{
    const char *gate = test_case(t)->gate;
    char term[32];

    for (; gate && *gate; gate += *gate == '&') {
        size_t length = strcspn(gate, "&");
        const struct word *word;
        bool negated = gate[0] == '!';

        snprintf(term, sizeof(term), "%.*s", (int)length, gate);
        word = length < sizeof(term) ? word_find(term + negated) : NULL;
        if (!word)
            test_abort(t, "gate: \"%s\" is no capability of an endpoint", term);
        if (has(t, word) == negated)
            test_skip(t, negated ? "needs an endpoint without %s" : "needs %s, which this endpoint does not have",
                      term + negated);
        gate += length;
    }
}
