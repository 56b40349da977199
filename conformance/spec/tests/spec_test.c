/* SPDX-License-Identifier: BSD-2-Clause */
/* Relations that hold for every field and every row of the tables. */
#include "spec/spec_tables.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MAX = 64 };

static uint32_t words_of(const struct spec_owner *owner)
{
    uint32_t words = 1;

    for (uint32_t i = 0; i < owner->fields; i++)
        words = spec_fields[owner->first + i].word + 1 > words ? spec_fields[owner->first + i].word + 1 : words;
    assert_true(words <= WORDS_MAX);
    return words;
}

static const struct spec_owner *owner_at(size_t n)
{
    return n < spec_register_count ? &spec_registers[n] : &spec_structures_by_name[n - spec_register_count];
}

static size_t owner_count(void)
{
    return spec_register_count + spec_structure_count;
}

/* Writes `value` over `before` in all words and sees the field change to it and nothing else change. */
static void check_set(const struct spec_field *field, uint32_t words, uint64_t before, uint64_t value)
{
    uint32_t width = field->hi - field->lo + 1;
    uint64_t kept = width == 64 ? value : value & ((UINT64_C(1) << width) - 1);
    uint64_t word[WORDS_MAX];

    for (uint32_t i = 0; i < words; i++)
        word[i] = before;
    spec_set(field, word, value);
    assert_true(spec_get(field, word) == kept);
    for (uint32_t i = 0; i < words; i++)
        assert_true((word[i] & ~(i == field->word ? spec_mask(field) : 0)) ==
                    (before & ~(i == field->word ? spec_mask(field) : 0)));
    spec_set(field, word, before >> field->lo);
    assert_true(word[field->word] == before);
}

static void round_trip_of_every_field(void **state)
{
    static const uint64_t values[] = {
        0, 1, UINT64_C(0x5555555555555555), UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_MAX, UINT64_C(0x8000000000000000)};
    static const uint64_t backgrounds[] = {0, UINT64_MAX, UINT64_C(0x0123456789abcdef)};

    (void)state;
    for (size_t o = 0; o < owner_count(); o++)
        for (uint32_t i = 0; i < owner_at(o)->fields; i++)
            for (size_t v = 0; v < sizeof values / sizeof *values; v++)
                for (size_t b = 0; b < sizeof backgrounds / sizeof *backgrounds; b++)
                    check_set(&spec_fields[owner_at(o)->first + i], words_of(owner_at(o)), backgrounds[b], values[v]);
}

static void mask_has_the_bits_of_the_field(void **state)
{
    (void)state;
    for (size_t o = 0; o < owner_count(); o++)
        for (uint32_t i = 0; i < owner_at(o)->fields; i++) {
            const struct spec_field *field = &spec_fields[owner_at(o)->first + i];

            assert_true(field->hi < 64 && field->lo <= field->hi);
            for (uint32_t bit = 0; bit < 64; bit++)
                assert_int_equal(spec_mask(field) >> bit & 1, bit >= field->lo && bit <= field->hi);
        }
}

/* A register ends at its width; a structure is whole words, except the 32-bit halves of a message. */
static void every_bit_belongs_to_one_field(void **state)
{
    (void)state;
    for (size_t o = 0; o < owner_count(); o++) {
        const struct spec_owner *owner = owner_at(o);
        uint32_t words = words_of(owner), width = spec_fields[owner->first].width;
        uint64_t covered[WORDS_MAX] = {0};

        for (uint32_t i = 0; i < owner->fields; i++) {
            const struct spec_field *field = &spec_fields[owner->first + i];

            assert_string_equal(field->owner, owner->name);
            assert_int_equal(field->width, width);
            assert_true((covered[field->word] & spec_mask(field)) == 0);
            covered[field->word] |= spec_mask(field);
        }
        for (uint32_t i = 0; i < words; i++)
            assert_true(covered[i] == UINT64_MAX ||
                        (covered[i] == UINT32_MAX && words == 1 && (width == 32 || !strncmp(owner->name, "msi_", 4))));
        assert_true(width == 0 ? o >= spec_register_count : width == 128 ? words == 2 : words == 1);
    }
}

static void fields_are_found_by_name(void **state)
{
    (void)state;
    for (size_t o = 0; o < owner_count(); o++) {
        const struct spec_owner *owner = owner_at(o);
        bool reg = o < spec_register_count;

        assert_ptr_equal(reg ? spec_reg_field(owner->name, NULL) : spec_struct_field(owner->name, NULL),
                         &spec_fields[owner->first]);
        for (uint32_t i = 0; i < owner->fields; i++) {
            const char *name = spec_fields[owner->first + i].name;
            const struct spec_field *first = reg ? spec_reg_field(owner->name, name) : spec_struct_field(owner->name, name);

            assert_true(first <= &spec_fields[owner->first + i]);
            assert_string_equal(first->name, name);
            assert_ptr_equal(reg ? spec_reg_field_at(owner->name, i) : spec_struct_field_at(owner->name, i),
                             &spec_fields[owner->first + i]);
            assert_int_equal(spec_reg_exists(owner->name, name), reg);
        }
        assert_null(reg ? spec_reg_field_at(owner->name, owner->fields) : spec_struct_field_at(owner->name, owner->fields));
    }
    assert_false(spec_reg_exists("CAP_REG", "NO_SUCH"));
    assert_false(spec_reg_exists("NO_SUCH", NULL));
    assert_true(spec_reg_exists("CAP_REG", NULL));
}

static void names_are_sorted_and_complete(void **state)
{
    size_t n;

    (void)state;
    for (n = 0; spec_reg_at(n); n++)
        assert_true(spec_reg_exists(spec_reg_at(n), NULL));
    assert_int_equal(n, spec_register_count);
    for (n = 0; spec_struct_at(n); n++)
        assert_true(n == 0 || strcmp(spec_struct_at(n - 1), spec_struct_at(n)) < 0);
    assert_int_equal(n, spec_structure_count);
}

/* 11.3: reserved fields have a reserved access, and the other way round unless the field is one of a former revision. */
static void reserved_registers_fields_say_so(void **state)
{
    (void)state;
    for (size_t o = 0; o < spec_register_count; o++)
        for (uint32_t i = 0; i < spec_registers[o].fields; i++) {
            const struct spec_field *field = &spec_fields[spec_registers[o].first + i];

            if (!strcmp(field->name, "R"))
                assert_memory_equal(field->access, "Rsvd", 4);
            assert_int_equal(!strcmp(field->name, "RES0"), !strcmp(field->access, "RES0"));
            if (!strncmp(field->access, "Rsvd", 4) && strcmp(field->name, "R"))
                assert_non_null(strstr(field->note, "until 3.x"));
        }
}

/* A few facts typed here once more, for the turns that the tool makes: words of 128 bits, symbolic offsets. */
static void facts(void **state)
{
    const struct spec_field *field = spec_reg_field("FRCD_REG[n]", "F");

    (void)state;
    assert_true(field->word == 1 && field->hi == 63 && field->lo == 63 && field->width == 128 && field->offset == 0);
    field = spec_reg_field("FRCD_REG[n]", "FI");
    assert_true(field->word == 0 && field->hi == 63 && field->lo == 12);
    field = spec_reg_field("RTADDR_REG", "SSIRWE");
    assert_true(field->hi == 7 && field->lo == 7 && field->offset == 0x20);
    assert_true(spec_reg_field("PERFEVNTCAP_REG[g]", NULL)->offset == 0x380);
    field = spec_struct_field("pasid_table_entry", "FSPTPTR");
    assert_true(field->word == 2 && field->hi == 63 && field->lo == 12 && field->width == 0);
    assert_string_equal(spec_reg_field("FECTL_REG", "IM")->reset, "1");
    assert_string_equal(spec_reg_field("FECTL_REG", "IM")->access, "RW");
}

/* The same for SMMUv3: page 1 is absolute, dwords of structures, constants at reset. */
static void smmuv3_facts(void **state)
{
    const struct spec_field *field = spec_reg_field("SMMU_EVENTQ_PROD", "OVFLG");

    (void)state;
    assert_true(field->hi == 31 && field->lo == 31 && field->width == 32 && field->offset == 0x100a8);
    assert_true(spec_reg_field("SMMU_STRTAB_BASE", NULL)->offset == 0x80);
    assert_true(spec_reg_field("SMMU_STRTAB_BASE", NULL)->width == 64);
    assert_true(spec_reg_field("SMMU_ECMDQ_BASE<n>", NULL)->offset == 0);
    assert_string_equal(spec_reg_field("SMMU_CIDR3", "CIDR3")->reset, "0xB1");
    field = spec_struct_field("STE", "S2TTB");
    assert_true(field->word == 3 && field->hi == 55 && field->lo == 4 && field->width == 0);
    field = spec_struct_field("CD", "ASID");
    assert_true(field->word == 0 && field->hi == 63 && field->lo == 48);
    field = spec_struct_field("CMD_SYNC", "MSIAddress");
    assert_true(field->word == 1 && field->hi == 55 && field->lo == 2);
}

/* 4.1.1 Command opcodes, 7.3 Event records, 5.2 and 5.4: commands are 16 bytes, events 32, STEs and CDs 64. */
static void smmuv3_sizes(void **state)
{
    const char *name;
    size_t commands = 0, events = 0;

    (void)state;
    for (size_t n = 0; (name = spec_struct_at(n)) != NULL; n++) {
        uint32_t words = words_of(&spec_structures_by_name[n]);
        bool command = !strncmp(name, "CMD_", 4);
        bool event = !strncmp(name, "F_", 2) || !strncmp(name, "C_BAD_", 6) || !strncmp(name, "E_PAGE", 6);

        if (command)
            assert_int_equal(words, 2);
        if (event)
            assert_int_equal(words, 4);
        if (!strcmp(name, "STE") || !strcmp(name, "CD"))
            assert_int_equal(words, 8);
        if (command || event)
            assert_string_equal(spec_struct_field_at(name, 0)->name, command ? "Opcode" : "EventNumber");
        commands += command;
        events += event;
    }
    assert_int_equal(commands, 35);
    assert_int_equal(events, 19);
}

/* The fault record stands twice: as a register of 128 bits and as two words of memory-like form. */
static void fault_record_is_the_register(void **state)
{
    const struct spec_field *field;
    size_t fields = 0;

    (void)state;
    for (size_t i = 0; (field = spec_struct_field_at("fault_record", i)) != NULL; i++) {
        if (!strcmp(field->name, "RSVD"))
            continue;
        fields++;
        assert_int_equal(field->word, spec_reg_field("FRCD_REG[n]", field->name)->word);
        assert_true(spec_mask(field) == spec_mask(spec_reg_field("FRCD_REG[n]", field->name)));
    }
    for (size_t i = 0; (field = spec_reg_field_at("FRCD_REG[n]", i)) != NULL; i++)
        fields -= strcmp(field->name, "R") != 0;
    assert_int_equal(fields, 0);
}

/* 11.4.12.3: register field n of a fixed-range register is byte n. */
static void fixed_ranges_are_bytes(void **state)
{
    (void)state;
    for (size_t n = 0; spec_reg_at(n); n++)
        for (uint32_t byte = 0; byte < 8 && !strncmp(spec_reg_at(n), "MTRR_FIX", 8); byte++) {
            char name[] = {'R', (char)('0' + byte), '\0'};

            assert_int_equal(spec_reg_field(spec_reg_at(n), name)->lo, 8 * byte);
            assert_int_equal(spec_reg_field(spec_reg_at(n), name)->hi, 8 * byte + 7);
        }
}

/* ---- names that are not there: a bug of the caller, so the program ends ---- */

static void ask_field(void)
{
    spec_reg_field("CAP_REG", "NO_SUCH");
}

static void ask_register(void)
{
    spec_reg_field("NO_SUCH", NULL);
}

static void ask_structure(void)
{
    spec_struct_field_at("CAP_REG", 0); /* a register is no structure */
}

static void check_aborts(void (*ask)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        ask();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void unknown_names_abort(void **state)
{
    (void)state;
    check_aborts(ask_field);
    check_aborts(ask_register);
    check_aborts(ask_structure);
}

/* ---- rows ---- */

static void every_row_is_found_by_its_id(void **state)
{
    size_t total = 0;

    (void)state;
    for (const char *const *a = spec_architectures(); *a; a++) {
        for (size_t n = 0; n < spec_row_count(*a); n++) {
            const struct spec_row *row = spec_row_at(*a, n);

            assert_ptr_equal(spec_row(row->id), row); /* so no id stands twice */
            assert_int_equal(spec_row_unsure(row->id), row->confidence == 'U');
        }
        assert_null(spec_row_at(*a, spec_row_count(*a)));
        total += spec_row_count(*a);
    }
    assert_int_equal(total, spec_row_total);
    assert_null(spec_row("VTD-0-000"));
    assert_null(spec_row(""));
    assert_null(spec_row("~"));
    assert_false(spec_row_unsure("VTD-0-000"));
    assert_int_equal(spec_row_count("none"), 0);
    assert_null(spec_row_at("none", 0));
}

static bool is_document(const struct spec_row *row, const char *architecture)
{
    static const char *const known[][3] = {{"vtd", "D51397", "5.10"},
                                           {"vtd", "D51397", "4.1"},
                                           {"smmuv3", "IHI 0070", "G.b"},
                                           {"smmuv3", "DDI 0487", "M.a.a"},
                                           {"pasid-device", "PCI Express Base", "6.0"},
                                           {"pasid-device", "iotb pasid-device", "1"},
                                           {"pasid-device", "Linux", "6.12"},
                                           {"ioasid", "/dev/ioasid RFC v1", "2021-05-27"},
                                           {"ioasid", "/dev/iommu RFC v2", "2021-07-09"},
                                           {"ioasid", "/dev/ioasid RFC v1; /dev/iommu RFC v2", "2021-05-27; 2021-07-09"},
                                           {"ioasid", "discussion of the RFCs", "2021"},
                                           {"ioasid", "RFC 00/20 of September 2021", "2021-09-19"},
                                           {"ioasid", "no-snoop contract with KVM", "2021-06"},
                                           {"ioasid", "Linux iommufd", "6.12"}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i][0], architecture) && !strcmp(known[i][1], row->document) && !strcmp(known[i][2], row->revision))
            return true;
    return false;
}

static void every_row_is_complete(void **state)
{
    (void)state;
    for (const char *const *a = spec_architectures(); *a; a++)
        for (size_t n = 0; n < spec_row_count(*a); n++) {
            const struct spec_row *row = spec_row_at(*a, n);

            assert_true(is_document(row, *a));
            assert_true(*row->clause && *row->chapter && *row->requirement && *row->stimulus && *row->gate && *row->kind);
            assert_true(strchr("SKU", row->confidence) && row->confidence);
            assert_true(row->scope == SPEC_DECIDABLE || row->scope == SPEC_LATER || row->scope == SPEC_UNDECIDABLE ||
                        row->scope == SPEC_OUT);
            assert_int_equal(row->scope == SPEC_DECIDABLE, *row->reason == '\0');
        }
}

/* "duplicate of ID, ID": rows that stand, and are no duplicates themselves. */
static void duplicates_name_what_they_double(void **state)
{
    static const char prefix[] = "duplicate of ";
    size_t duplicates = 0;

    (void)state;
    for (size_t n = 0; n < spec_row_total; n++) {
        char ids[160];

        if (strncmp(spec_rows[n].reason, prefix, sizeof prefix - 1) != 0)
            continue;
        assert_true(strlen(spec_rows[n].reason) < sizeof ids);
        strcpy(ids, spec_rows[n].reason + sizeof prefix - 1);
        for (char *id = strtok(ids, ", "); id; id = strtok(NULL, ", ")) {
            assert_non_null(spec_row(id));
            assert_true(strncmp(spec_row(id)->reason, prefix, sizeof prefix - 1) != 0);
        }
        assert_int_equal(spec_rows[n].scope, SPEC_OUT);
        duplicates++;
    }
    assert_true(duplicates > 0);
}

/* The catalogues were imported once; a row that gets lost is a row that nobody misses. */
static void no_row_is_lost(void **state)
{
    (void)state;
    assert_int_equal(spec_row_count("vtd"), 950);
    assert_string_equal(spec_row_at("vtd", 0)->id, "VTD-3-001");
    assert_string_equal(spec_row_at("vtd", 949)->id, "VTD-SW-562");
    assert_int_equal(spec_row_count("smmuv3"), 1093);
    assert_string_equal(spec_row_at("smmuv3", 0)->id, "SMMU-3-001");
    assert_string_equal(spec_row_at("smmuv3", 1092)->id, "SMMU-2-026");
    assert_int_equal(spec_row_count("pasid-device"), 230);
    assert_string_equal(spec_row_at("pasid-device", 0)->id, "DEV-CFG-001");
    assert_string_equal(spec_row_at("pasid-device", 229)->id, "DEV-EXR-018");
    assert_int_equal(spec_row_count("ioasid"), 220);
    assert_string_equal(spec_row_at("ioasid", 0)->id, "R-IOASID-001");
    assert_string_equal(spec_row_at("ioasid", 219)->id, "R-IOASID-220");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip_of_every_field),
        cmocka_unit_test(mask_has_the_bits_of_the_field),
        cmocka_unit_test(every_bit_belongs_to_one_field),
        cmocka_unit_test(fields_are_found_by_name),
        cmocka_unit_test(names_are_sorted_and_complete),
        cmocka_unit_test(reserved_registers_fields_say_so),
        cmocka_unit_test(facts),
        cmocka_unit_test(smmuv3_facts),
        cmocka_unit_test(smmuv3_sizes),
        cmocka_unit_test(fault_record_is_the_register),
        cmocka_unit_test(fixed_ranges_are_bytes),
        cmocka_unit_test(unknown_names_abort),
        cmocka_unit_test(every_row_is_found_by_its_id),
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(duplicates_name_what_they_double),
        cmocka_unit_test(no_row_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
