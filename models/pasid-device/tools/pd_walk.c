/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_walk.c - does libpci see the device that we mean? Reads a dump through libpci's method "dump" and compares the
 * capabilities that the library finds with those that a walk of our own finds, and with those that are expected.
 *
 *   pd_walk DUMP CAPABILITY...      a capability is c10@40 or e0f@220, in the order of its list
 *
 * libpci is under the GPL: nothing but this program is linked with it.
 */
#include <pci/pci.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPABILITIES_MAX 32u

struct found {
    char name[16];
    unsigned kind, id, at;
};

static void add(struct found *found, unsigned *count, unsigned kind, unsigned id, unsigned at)
{
    if (*count == CAPABILITIES_MAX) {
        fprintf(stderr, "the list has no end\n");
        exit(1);
    }
    found[*count] = (struct found){.kind = kind, .id = id, .at = at};
    snprintf(found[*count].name, sizeof found[0].name, "%c%02x@%02x", kind == PCI_CAP_NORMAL ? 'c' : 'e', id, at);
    ++*count;
}

/* 7.5.1.1.11 and 7.6.3: our own walk. */
static unsigned walk(struct pci_dev *device, struct found *found)
{
    unsigned count = 0;
    for (unsigned at = pci_read_byte(device, 0x34); at; at = pci_read_byte(device, (int)at + 1))
        add(found, &count, PCI_CAP_NORMAL, pci_read_byte(device, (int)at), at);
    for (unsigned at = 0x100; at; at = pci_read_long(device, (int)at) >> 20)
        if (pci_read_long(device, (int)at))
            add(found, &count, PCI_CAP_EXTENDED, pci_read_long(device, (int)at) & 0xffffu, at);
    return count;
}

static bool library_agrees(struct pci_dev *device, const struct found *found, unsigned count)
{
    unsigned seen = 0;
    for (struct pci_cap *cap = device->first_cap; cap; cap = cap->next)
        seen++;
    for (unsigned i = 0; i < count; i++) {
        const struct pci_cap *cap = pci_find_cap(device, found[i].id, found[i].kind);
        if (cap && cap->addr == found[i].at)
            continue;
        fprintf(stderr, "libpci does not find %s\n", found[i].name);
        return false;
    }
    if (seen != count)
        fprintf(stderr, "libpci finds %u capabilities, we find %u\n", seen, count);
    return seen == count;
}

static bool as_expected(const struct found *found, unsigned count, char **expected, unsigned expected_count)
{
    bool good = count == expected_count;
    for (unsigned i = 0; i < count && i < expected_count; i++) {
        printf("%s\n", found[i].name);
        if (strcmp(found[i].name, expected[i]) == 0)
            continue;
        fprintf(stderr, "capability %u is %s, expected is %s\n", i, found[i].name, expected[i]);
        good = false;
    }
    if (count != expected_count)
        fprintf(stderr, "%u capabilities, expected are %u\n", count, expected_count);
    return good;
}

int main(int argc, char **argv)
{
    static char method[] = "dump.name";
    struct found found[CAPABILITIES_MAX];

    if (argc < 2) {
        fprintf(stderr, "usage: pd_walk DUMP CAPABILITY...\n");
        return 2;
    }
    struct pci_access *access = pci_alloc();
    access->method = PCI_ACCESS_DUMP;
    pci_set_param(access, method, argv[1]);
    pci_init(access);
    pci_scan_bus(access);
    struct pci_dev *device = access->devices;
    if (!device || device->next) {
        fprintf(stderr, "%s: libpci does not see one device\n", argv[1]);
        return 1;
    }
    pci_fill_info(device, PCI_FILL_IDENT | PCI_FILL_CAPS | PCI_FILL_EXT_CAPS);
    unsigned count = walk(device, found);
    bool good = library_agrees(device, found, count) && as_expected(found, count, argv + 2, (unsigned)argc - 2u);
    pci_cleanup(access);
    return good ? 0 : 1;
}
