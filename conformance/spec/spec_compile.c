/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spec_compile - checks the CSV files of this directory and writes them as C tables.
 *
 *     spec_compile OUT.c {ARCHITECTURE FILE.csv...}...
 *
 * Rows are catalogued by the architecture before their file. The header line of a file says what it holds: registers, structures,
 * descriptors or requirement rows. Anything malformed, a field over another, a bit that no field covers, a name or id used twice
 * ends it with "FILE:LINE: ..." and exit code 1.
 */
#include "spec_csv.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct field {
    char *name, *access, *reset, *note;
    uint32_t word, hi, lo;
};

struct owner {
    char *name, *place; /* place: the offset column as written, NULL for structures */
    const char *path;
    unsigned line;
    uint32_t width; /* of a register in bits, 0 for structures */
    uint64_t offset;
    size_t first, fields;
};

enum {
    ROW_ID,
    ROW_DOCUMENT,
    ROW_REVISION,
    ROW_CLAUSE,
    ROW_CHAPTER,
    ROW_REQUIREMENT,
    ROW_STIMULUS,
    ROW_GATE,
    ROW_KIND,
    ROW_CONFIDENCE,
    ROW_SCOPE,
    ROW_REASON,
    ROW_COLUMNS
};

struct row {
    char *cell[ROW_COLUMNS];
    size_t index;
};

struct catalogue { /* the rows of one architecture */
    const char *architecture;
    size_t first, rows;
};

static struct field *fields;
static struct owner *registers, *structures;
static struct row *rows;
static struct catalogue *catalogues;
static size_t field_count, register_count, structure_count, row_count, catalogue_count;

static void *grown(void *array, size_t count, size_t size)
{
    if (count & (count - 1)) /* capacity doubles at powers of two */
        return array;
    array = realloc(array, (count ? 2 * count : 1) * size);
    if (!array) {
        fprintf(stderr, "spec_compile: out of memory\n");
        exit(1);
    }
    return array;
}

static char *copy(const char *text)
{
    char *own = malloc(strlen(text) + 1);

    if (!own) {
        fprintf(stderr, "spec_compile: out of memory\n");
        exit(1);
    }
    return strcpy(own, text);
}

static uint32_t number(const struct csv *csv, size_t column, uint32_t last)
{
    const char *text = csv_cell(csv, column);
    char *end;
    unsigned long value;

    if (!isdigit((unsigned char)*text))
        csv_fail(csv, "%s is no number: \"%s\"", csv->wanted[column], text);
    value = strtoul(text, &end, 10);
    if (*end || (*text == '0' && text[1]))
        csv_fail(csv, "%s is no number: \"%s\"", csv->wanted[column], text);
    if (value > last)
        csv_fail(csv, "%s is %s, more than %u", csv->wanted[column], text, last);
    return (uint32_t)value;
}

static const char *one_of(const struct csv *csv, size_t column, const char *const *words)
{
    const char *text = csv_cell(csv, column);

    for (; *words; words++)
        if (!strcmp(*words, text))
            return text;
    csv_fail(csv, "unknown %s \"%s\"", csv->wanted[column], text);
}

static const char *filled(const struct csv *csv, size_t column)
{
    const char *text = csv_cell(csv, column);

    if (!*text)
        csv_fail(csv, "%s is empty", csv->wanted[column]);
    if (*text == ' ' || text[strlen(text) - 1] == ' ')
        csv_fail(csv, "a space at the edge of %s", csv->wanted[column]);
    return text;
}

/* ---- layouts ---- */

static bool repeatable(const char *name)
{
    static const char *const names[] = {"R", "RSVD", "IGN", "RES0", "UNKNOWN"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

static void add_field(const struct csv *csv, const struct owner *owner, struct field field)
{
    for (size_t i = owner->first; i < field_count; i++) {
        const struct field *other = &fields[i];

        if (other->word != field.word)
            continue;
        if (field.lo <= other->hi && other->lo <= field.hi)
            csv_fail(csv, "%s.%s overlaps %s", owner->name, field.name, other->name);
        if (!strcmp(other->name, field.name) && !repeatable(field.name))
            csv_fail(csv, "%s.%s stands twice in word %u", owner->name, field.name, field.word);
    }
    fields = grown(fields, field_count, sizeof *fields);
    fields[field_count++] = field;
}

static int name_order(const void *a, const void *b)
{
    return strcmp(((const struct owner *)a)->name, ((const struct owner *)b)->name);
}

/* The owner of this record: the last one, or a new one, which may not have stood before. */
static struct owner *owner_of(const struct csv *csv, struct owner **owners, size_t *count)
{
    const char *name = filled(csv, 0);
    struct owner *owner;

    if (*count && !strcmp((*owners)[*count - 1].name, name) && (*owners)[*count - 1].path == csv->path)
        return &(*owners)[*count - 1];
    for (size_t i = 0; i < *count; i++)
        if (!strcmp((*owners)[i].name, name))
            csv_fail(csv, "%s stands already in %s:%u", name, (*owners)[i].path, (*owners)[i].line);
    *owners = grown(*owners, *count, sizeof **owners);
    owner = &(*owners)[(*count)++];
    *owner = (struct owner){.name = copy(name), .path = csv->path, .line = csv->line, .first = field_count};
    return owner;
}

/* A number, or an expression that begins with the fixed part: "0x380+8*g"; what CAP or ECAP give is 0: "FRO*16". */
static uint64_t fixed_offset(const struct csv *csv, size_t column)
{
    const char *text = filled(csv, column);
    char *end = NULL;
    uint64_t value = 0;

    if (text[0] == '0' && text[1] == 'x') {
        value = strtoull(text + 2, &end, 16);
        if (end == text + 2 || (*end && *end != '+'))
            csv_fail(csv, "offset is no number: \"%s\"", text);
    } else if (!isupper((unsigned char)*text)) {
        csv_fail(csv, "offset is neither a number with 0x nor a name: \"%s\"", text);
    }
    return value;
}

static void place_register(const struct csv *csv, struct owner *owner, uint32_t width)
{
    uint64_t offset = fixed_offset(csv, 1);

    if (width != 32 && width != 64 && width != 128)
        csv_fail(csv, "width is %u", width);
    if (!owner->place) {
        owner->place = copy(csv_cell(csv, 1));
        owner->offset = offset;
        owner->width = width;
    }
    if (strcmp(owner->place, csv_cell(csv, 1)))
        csv_fail(csv, "%s lies at %s and at %s", owner->name, owner->place, csv_cell(csv, 1));
    if (owner->width != width)
        csv_fail(csv, "%s is %u and %u bits wide", owner->name, owner->width, width);
}

/* "0", "1", "X", or a constant with 0x. */
static const char *reset_of(const struct csv *csv, size_t column)
{
    static const char *const words[] = {"0", "1", "X", NULL};
    const char *text = csv_cell(csv, column);

    if (!strncmp(text, "0x", 2) && text[2] && !text[2 + strspn(text + 2, "0123456789ABCDEFabcdef")])
        return text;
    return one_of(csv, column, words);
}

static void add_register_field(const struct csv *csv)
{
    static const char *const accesses[] = {"RO",  "RW",   "WO",    "RW1C",  "RW1CS", "ROS",
                                           "RWL", "RWLV", "RsvdZ", "RsvdP", "RES0",  NULL};
    struct owner *owner = owner_of(csv, &registers, &register_count);
    uint32_t width = number(csv, 2, 128), hi, lo;

    place_register(csv, owner, width);
    hi = number(csv, 4, width - 1);
    lo = number(csv, 5, hi);
    if (hi / 64 != lo / 64)
        csv_fail(csv, "%s.%s crosses a 64-bit word", owner->name, csv_cell(csv, 3));
    add_field(csv, owner,
              (struct field){.name = copy(filled(csv, 3)),
                             .word = lo / 64,
                             .hi = hi % 64,
                             .lo = lo % 64,
                             .access = copy(one_of(csv, 6, accesses)),
                             .reset = copy(reset_of(csv, 7)),
                             .note = copy(csv_cell(csv, 8))});
    owner->fields = field_count - owner->first;
}

static void add_structure_field(const struct csv *csv)
{
    struct owner *owner = owner_of(csv, &structures, &structure_count);
    uint32_t hi = number(csv, 3, 63);

    add_field(csv, owner,
              (struct field){.name = copy(filled(csv, 2)),
                             .word = number(csv, 1, 63),
                             .hi = hi,
                             .lo = number(csv, 4, hi),
                             .access = copy(""),
                             .reset = copy(""),
                             .note = copy(csv_cell(csv, 5))});
    owner->fields = field_count - owner->first;
}

static uint32_t bits_covered(const struct owner *owner, uint32_t word)
{
    uint32_t bits = 0;

    for (size_t i = owner->first; i < owner->first + owner->fields; i++)
        if (fields[i].word == word)
            bits += fields[i].hi - fields[i].lo + 1;
    return bits;
}

static uint32_t last_word(const struct owner *owner)
{
    uint32_t last = 0;

    for (size_t i = owner->first; i < owner->first + owner->fields; i++)
        last = fields[i].word > last ? fields[i].word : last;
    return last;
}

/* No bit without a field. A structure is a row of 64-bit words, or 32 bits. */
static void check_covered(const struct owner *owner)
{
    struct csv place = {.path = owner->path, .line = owner->line};
    uint32_t words = owner->width == 128 ? 2 : last_word(owner) + 1;

    for (uint32_t word = 0; word < words; word++) {
        uint32_t covered = bits_covered(owner, word);
        bool half = owner->width == 32 || (!owner->width && words == 1 && covered == 32);

        for (size_t i = owner->first; half && i < owner->first + owner->fields; i++)
            half = fields[i].hi < 32;
        if (covered != (half ? 32 : 64))
            csv_fail(&place, "%s: word %u has %u bits that belong to a field", owner->name, word, covered);
    }
}

/* ---- rows ---- */

static void check_id(const struct csv *csv)
{
    const char *id = filled(csv, ROW_ID);

    for (const char *c = id; *c; c++)
        if (!isupper((unsigned char)*c) && !isdigit((unsigned char)*c) && !strchr("-.", *c) && !islower((unsigned char)*c))
            csv_fail(csv, "id %s holds '%c'", id, *c);
}

static void add_row(const struct csv *csv)
{
    static const char *const kinds[] = {
        "must", "fault", "resv", "log", "set", "neg", "cache", "order", "resp", "sw", "alt", "probe", "fw", "lint",
        /* of the SMMUv3 catalogue; cu: CONSTRAINED UNPREDICTABLE, a closed set of outcomes */
        "register", "config", "ste", "cd", "walk", "permission", "attribute", "address-size", "httu", "tlb", "tlb-tag", "cmd",
        "queue", "event", "irq", "reset", "stall", "ats", "pri", "cu",
        /* of an endpoint's */
        "pasid", "data", "submit", "record", "drain", "exerciser", NULL};
    static const char *const confidences[] = {"S", "K", "U", NULL};
    static const char *const scopes[] = {"DECIDABLE", "LATER", "UNDECIDABLE", "OUT", NULL};
    struct row row = {.index = row_count};

    check_id(csv);
    one_of(csv, ROW_KIND, kinds);
    one_of(csv, ROW_CONFIDENCE, confidences);
    if (!strcmp(one_of(csv, ROW_SCOPE, scopes), "DECIDABLE") != !*csv_cell(csv, ROW_REASON))
        csv_fail(csv, "%s: a reason is for rows that are not decidable, and for all of them", csv_cell(csv, ROW_ID));
    for (size_t i = 0; i < ROW_COLUMNS; i++)
        row.cell[i] = copy(i == ROW_REASON ? csv_cell(csv, i) : filled(csv, i));
    for (size_t i = 0; i < row_count; i++)
        if (!strcmp(rows[i].cell[ROW_ID], row.cell[ROW_ID]))
            csv_fail(csv, "id %s stands twice", row.cell[ROW_ID]);
    rows = grown(rows, row_count, sizeof *rows);
    rows[row_count++] = row;
    catalogues[catalogue_count - 1].rows++;
}

static int id_order(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->cell[ROW_ID], ((const struct row *)b)->cell[ROW_ID]);
}

/* ---- what a file holds ---- */

static const char *const register_columns[] = {"register", "offset", "width", "field", "hi",
                                               "lo",       "access", "reset", "note",  NULL};
static const char *const structure_columns[] = {"structure", "qword_index", "field", "hi", "lo", "note", NULL};
static const char *const descriptor_columns[] = {"descriptor", "qword_index", "field", "hi", "lo", "note", NULL};
static const char *const row_columns[] = {"id",   "document", "revision",   "clause", "chapter", "requirement", "stimulus",
                                          "gate", "kind",     "confidence", "scope",  "reason",  NULL};

static const struct {
    const char *const *columns;
    void (*add)(const struct csv *csv);
} kinds_of_file[] = {
    {register_columns, add_register_field},
    {structure_columns, add_structure_field},
    {descriptor_columns, add_structure_field},
    {row_columns, add_row},
};

static void read_file(const char *path)
{
    struct csv csv;
    size_t kind, last = sizeof kinds_of_file / sizeof kinds_of_file[0] - 1;

    csv_open(&csv, path);
    for (kind = 0; kind < last && strcmp(csv.cell[0], kinds_of_file[kind].columns[0]); kind++)
        ;
    csv_expect(&csv, kinds_of_file[kind].columns);
    while (csv_read(&csv))
        kinds_of_file[kind].add(&csv);
}

/* ---- output ---- */

/* Everything but plain ASCII as octal: no trigraph, no encoding. */
static void put_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c > 0x7e || strchr("\"\\?", c))
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void put_fields(FILE *out, const struct owner *owners, size_t count)
{
    for (size_t o = 0; o < count; o++)
        for (size_t i = owners[o].first; i < owners[o].first + owners[o].fields; i++) {
            const struct field *f = &fields[i];

            fputs("    {", out);
            put_text(out, owners[o].name);
            fputs(", ", out);
            put_text(out, f->name);
            fprintf(out, ", %u, %u, %u, %u, UINT64_C(0x%llx), ", f->word, f->hi, f->lo, owners[o].width,
                    (unsigned long long)owners[o].offset);
            put_text(out, f->access);
            fputs(", ", out);
            put_text(out, f->reset);
            fputs(", ", out);
            put_text(out, f->note);
            fputs("},\n", out);
        }
}

static void put_owners(FILE *out, const char *table, const struct owner *owners, size_t count)
{
    fprintf(out, "\nconst struct spec_owner %s[] = {\n", table);
    for (size_t i = 0; i < count; i++) {
        fputs("    {", out);
        put_text(out, owners[i].name);
        fprintf(out, ", %zu, %zu},\n", owners[i].first, owners[i].fields);
    }
    fputs("    {0},\n};\n", out);
}

/* Fields lie in the output in the order in which their files were read, registers and structures mixed. */
static int first_order(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;

    return x->first < y->first ? -1 : x->first > y->first;
}

static void put_layouts(FILE *out)
{
    size_t count = register_count + structure_count;
    struct owner *all = calloc(count + 1, sizeof *all);

    if (!all) {
        fprintf(stderr, "spec_compile: out of memory\n");
        exit(1);
    }
    if (register_count)
        memcpy(all, registers, register_count * sizeof *all);
    if (structure_count)
        memcpy(all + register_count, structures, structure_count * sizeof *all);
    qsort(all, count, sizeof *all, first_order);
    fputs("const struct spec_field spec_fields[] = {\n", out);
    put_fields(out, all, count);
    fputs("    {0},\n};\n", out);
    free(all);
    put_owners(out, "spec_registers", registers, register_count);
    if (register_count)
        qsort(registers, register_count, sizeof *registers, name_order);
    if (structure_count)
        qsort(structures, structure_count, sizeof *structures, name_order);
    put_owners(out, "spec_registers_by_name", registers, register_count);
    put_owners(out, "spec_structures_by_name", structures, structure_count);
    fprintf(out, "const uint32_t spec_register_count = %zu, spec_structure_count = %zu;\n", register_count, structure_count);
}

static void put_row(FILE *out, const struct row *row)
{
    fputs("    {", out);
    for (size_t i = 0; i < ROW_COLUMNS; i++) {
        if (i)
            fputs(", ", out);
        if (i == ROW_CONFIDENCE)
            fprintf(out, "'%s'", row->cell[i]);
        else if (i == ROW_SCOPE)
            fprintf(out, "SPEC_%s", row->cell[i]);
        else
            put_text(out, row->cell[i]);
    }
    fputs("},\n", out);
}

static void put_catalogues(FILE *out)
{
    fputs("\nconst struct spec_catalogue spec_catalogues[] = {\n", out);
    for (size_t i = 0; i < catalogue_count; i++)
        fprintf(out, "    {\"%s\", %zu, %zu},\n", catalogues[i].architecture, catalogues[i].first, catalogues[i].rows);
    fprintf(out, "};\nconst uint32_t spec_catalogue_count = %zu;\n", catalogue_count);
    fputs("const char *const spec_architecture_names[] = {", out);
    for (size_t i = 0; i < catalogue_count; i++)
        fprintf(out, "\"%s\", ", catalogues[i].architecture);
    fputs("0};\n", out);
}

static void put_rows(FILE *out)
{
    fputs("\nconst struct spec_row spec_rows[] = {\n", out);
    for (size_t i = 0; i < row_count; i++)
        put_row(out, &rows[i]);
    fputs("    {0},\n};\n\nconst struct spec_id spec_ids[] = {\n", out);
    if (row_count)
        qsort(rows, row_count, sizeof *rows, id_order);
    for (size_t i = 0; i < row_count; i++)
        fprintf(out, "    {\"%s\", %zu},\n", rows[i].cell[ROW_ID], rows[i].index);
    fprintf(out, "    {0},\n};\nconst uint32_t spec_row_total = %zu;\n", row_count);
    put_catalogues(out);
}

static bool is_file(const char *argument)
{
    size_t length = strlen(argument);

    return length > 4 && !strcmp(argument + length - 4, ".csv");
}

static void read_arguments(char **arguments)
{
    for (; *arguments; arguments++) {
        if (is_file(*arguments)) {
            read_file(*arguments);
            continue;
        }
        catalogues = grown(catalogues, catalogue_count, sizeof *catalogues);
        catalogues[catalogue_count++] = (struct catalogue){.architecture = *arguments, .first = row_count};
    }
}

int main(int argc, char **argv)
{
    FILE *out;

    if (argc < 4 || is_file(argv[2])) {
        fprintf(stderr, "usage: spec_compile OUT.c {ARCHITECTURE FILE.csv...}...\n");
        return 2;
    }
    read_arguments(argv + 2);
    for (size_t i = 0; i < register_count; i++)
        check_covered(&registers[i]);
    for (size_t i = 0; i < structure_count; i++)
        check_covered(&structures[i]);
    out = fopen(argv[1], "w");
    if (!out) {
        fprintf(stderr, "%s: cannot be written: %s\n", argv[1], strerror(errno));
        return 1;
    }
    fputs("/* SPDX-License-Identifier: BSD-2-Clause */\n/* Written by spec_compile; do not edit. */\n", out);
    fputs("#include \"spec/spec_tables.h\"\n\n", out);
    put_layouts(out);
    put_rows(out);
    if (ferror(out) | fclose(out)) {
        fprintf(stderr, "%s: cannot be written: %s\n", argv[1], strerror(errno));
        remove(argv[1]);
        return 1;
    }
    return 0;
}
