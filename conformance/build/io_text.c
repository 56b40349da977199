/* SPDX-License-Identifier: BSD-2-Clause */
/* io_text.c - commands by name, with their arguments, for those who watch. */
#include "build/io.h"

#include "ioasid/uapi/kvm.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct symbol {
    uint32_t value;
    const char *name;
};

struct field {
    const char *name;
    uint16_t offset, bytes;
    enum { HEXADECIMAL, DECIMAL, ONE_OF, FLAGS, SINCE_FLAG, SINCE_SET } shown;
    const struct symbol *symbols; /* {0, NULL} at the end */
};

struct call {
    uint64_t command;
    const char *name;
    const struct field *fields; /* NULL name at the end; NULL: the argument is a number */
};

#define FIELD(type, member, shown, ...)                                                                \
    {                                                                                                  \
#member, offsetof(struct type, member), sizeof(((struct type *)0)->member), shown, __VA_ARGS__ \
    }
#define END                           \
    {                                 \
        NULL, 0, 0, HEXADECIMAL, NULL \
    }
#define NUMBER(type, member) FIELD(type, member, DECIMAL, NULL)
#define NOT_ZERO(type, member) FIELD(type, member, SINCE_SET, NULL)
#define ADDRESS(type, member) FIELD(type, member, HEXADECIMAL, NULL)

/* ---- names of values ---- */

static const struct symbol kinds[] = {
    {IOMMU_IOASID_KERNEL_TYPE1V2, "KERNEL_TYPE1V2"}, {IOMMU_IOASID_DUMMY_ROOT, "DUMMY_ROOT"},
    {IOMMU_IOASID_USER_PGTABLE, "USER_PGTABLE"},     {IOMMU_IOASID_USER_PASID_TABLE, "USER_PASID_TABLE"},
    {IOMMU_IOASID_SHARED_MM, "SHARED_MM"},           {0, NULL}};
static const struct symbol alloc_flags[] = {{IOMMU_IOASID_ALLOC_PARENT, "PARENT"},
                                            {IOMMU_IOASID_ALLOC_ENFORCE_SNOOP, "ENFORCE_SNOOP"},
                                            {IOMMU_IOASID_ALLOC_NO_SNOOP, "NO_SNOOP"},
                                            {IOMMU_IOASID_ALLOC_DIRTY, "DIRTY"},
                                            {0, NULL}};
static const struct symbol formats[] = {{IOASID_FORMAT_VTD_S1, "VTD_S1"},
                                        {IOASID_FORMAT_ARM_PASID_TABLE, "ARM_PASID_TABLE"},
                                        {IOASID_FORMAT_ARM_S1, "ARM_S1"},
                                        {0, NULL}};
static const struct symbol map_flags[] = {
    {IOMMU_MAP_DMA_READ, "READ"}, {IOMMU_MAP_DMA_WRITE, "WRITE"}, {IOMMU_MAP_DMA_AUTO_IOVA, "AUTO_IOVA"}, {0, NULL}};
static const struct symbol unmap_flags[] = {{IOMMU_UNMAP_DMA_ALL, "ALL"}, {0, NULL}};
static const struct symbol info_flags[] = {{IOMMU_DEVICE_INFO_ENFORCE_SNOOP, "ENFORCE_SNOOP"},
                                           {IOMMU_DEVICE_INFO_PGSIZES, "PGSIZES"},
                                           {IOMMU_DEVICE_INFO_ADDR_WIDTH, "ADDR_WIDTH"},
                                           {IOMMU_DEVICE_INFO_CAPS, "CAPS"},
                                           {IOMMU_DEVICE_INFO_NESTING_HW, "NESTING_HW"},
                                           {IOMMU_DEVICE_INFO_NESTING_SW, "NESTING_SW"},
                                           {IOMMU_DEVICE_INFO_DIRTY, "DIRTY"},
                                           {0, NULL}};
static const struct symbol space_flags[] = {{IOASID_INFO_MAP, "MAP"},
                                            {IOASID_INFO_NESTING_HW, "NESTING_HW"},
                                            {IOASID_INFO_NESTING_SW, "NESTING_SW"},
                                            {IOASID_INFO_CAPS, "CAPS"},
                                            {0, NULL}};
static const struct symbol entry_flags[] = {{IOMMU_INVALIDATE_COOKIE, "COOKIE"},
                                            {IOMMU_INVALIDATE_VPASID, "VPASID"},
                                            {IOMMU_INVALIDATE_ARCHID, "ARCHID"},
                                            {IOMMU_INVALIDATE_LEAF, "LEAF"},
                                            {0, NULL}};
static const struct symbol caches[] = {
    {IOMMU_CACHE_IOTLB, "IOTLB"}, {IOMMU_CACHE_DEV_IOTLB, "DEV_IOTLB"}, {IOMMU_CACHE_PASID, "PASID"}, {0, NULL}};
static const struct symbol granularities[] = {
    {IOMMU_INVALIDATE_DEVICE, "DEVICE"}, {IOMMU_INVALIDATE_PASID, "PASID"}, {IOMMU_INVALIDATE_RANGE, "RANGE"}, {0, NULL}};
static const struct symbol codes[] = {{IOMMU_FAULT_CODE_SUCCESS, "SUCCESS"},
                                      {IOMMU_FAULT_CODE_INVALID, "INVALID"},
                                      {IOMMU_FAULT_CODE_FAILURE, "FAILURE"},
                                      {0, NULL}};
static const struct symbol respond_flags[] = {
    {IOMMU_FAULT_RESPOND_VPASID, "VPASID"}, {IOMMU_FAULT_RESPOND_FAULT_ID, "FAULT_ID"}, {0, NULL}};
static const struct symbol tracking_flags[] = {{IOMMU_DIRTY_TRACKING_ENABLE, "ENABLE"}, {0, NULL}};
static const struct symbol bitmap_flags[] = {{IOMMU_DIRTY_BITMAP_NO_CLEAR, "NO_CLEAR"}, {0, NULL}};
static const struct symbol attach_flags[] = {
    {VFIO_IOASID_VPASID, "VPASID"}, {VFIO_IOASID_SNOOP_UNUSED, "SNOOP_UNUSED"}, {0, NULL}};
static const struct symbol attach1_flags[] = {{VFIO_IOASID_USER_PASID, "USER_PASID"}, {0, NULL}};
static const struct symbol device_flags[] = {
    {VFIO_DEVICE_FLAGS_RESET, "RESET"}, {VFIO_DEVICE_FLAGS_PCI, "PCI"}, {VFIO_DEVICE_FLAGS_CAPS, "CAPS"}, {0, NULL}};

/* ---- arguments ---- */

static const struct field info2[] = {NUMBER(iommu_device_info, dev_cookie), FIELD(iommu_device_info, flags, FLAGS, info_flags),
                                     ADDRESS(iommu_device_info, pgsize_bitmap), NUMBER(iommu_device_info, addr_width), END};
static const struct field alloc2[] = {FIELD(iommu_ioasid_alloc, type, ONE_OF, kinds),
                                      FIELD(iommu_ioasid_alloc, flags, FLAGS, alloc_flags),
                                      NUMBER(iommu_ioasid_alloc, addr_width),
                                      FIELD(iommu_ioasid_alloc, parent, SINCE_FLAG, alloc_flags),
                                      FIELD(iommu_ioasid_alloc, format, ONE_OF, formats),
                                      NOT_ZERO(iommu_ioasid_alloc, data_uptr),
                                      NUMBER(iommu_ioasid_alloc, ioasid),
                                      END};
static const struct field free2[] = {NUMBER(iommu_ioasid_free, ioasid), END};
static const struct field map2[] = {NUMBER(iommu_map_dma, ioasid), FIELD(iommu_map_dma, flags, FLAGS, map_flags),
                                    ADDRESS(iommu_map_dma, iova),  ADDRESS(iommu_map_dma, vaddr),
                                    ADDRESS(iommu_map_dma, size),  END};
static const struct field unmap2[] = {NUMBER(iommu_unmap_dma, ioasid), FIELD(iommu_unmap_dma, flags, FLAGS, unmap_flags),
                                      ADDRESS(iommu_unmap_dma, iova), ADDRESS(iommu_unmap_dma, size), END};
#define ENTRY(member, shown, ...) FIELD(iommu_invalidate_cache, entry.member, shown, __VA_ARGS__)
static const struct field invalidate2[] = {ENTRY(ioasid, DECIMAL, NULL),
                                           ENTRY(flags, FLAGS, entry_flags),
                                           ENTRY(cache, FLAGS, caches),
                                           ENTRY(granularity, ONE_OF, granularities),
                                           ENTRY(vpasid, DECIMAL, NULL),
                                           ENTRY(dev_cookie, DECIMAL, NULL),
                                           ENTRY(iova, HEXADECIMAL, NULL),
                                           ENTRY(size, HEXADECIMAL, NULL),
                                           END};
static const struct field array2[] = {NUMBER(iommu_invalidate_array, entry_num), ADDRESS(iommu_invalidate_array, entries_uptr),
                                      END};
static const struct field eventfd2[] = {NUMBER(iommu_set_fault_eventfd, eventfd), END};
static const struct field respond2[] = {NUMBER(iommu_fault_respond, ioasid),
                                        FIELD(iommu_fault_respond, flags, FLAGS, respond_flags),
                                        FIELD(iommu_fault_respond, code, ONE_OF, codes),
                                        NUMBER(iommu_fault_respond, dev_cookie),
                                        NUMBER(iommu_fault_respond, vpasid),
                                        NUMBER(iommu_fault_respond, fault_id),
                                        END};
static const struct field tracking2[] = {NUMBER(iommu_set_dirty_tracking, ioasid),
                                         FIELD(iommu_set_dirty_tracking, flags, FLAGS, tracking_flags), END};
static const struct field bitmap2[] = {
    NUMBER(iommu_get_dirty_bitmap, ioasid),     FIELD(iommu_get_dirty_bitmap, flags, FLAGS, bitmap_flags),
    ADDRESS(iommu_get_dirty_bitmap, iova),      ADDRESS(iommu_get_dirty_bitmap, size),
    ADDRESS(iommu_get_dirty_bitmap, page_size), END};

static const struct field memory1[] = {ADDRESS(ioasid_memory, vaddr), ADDRESS(ioasid_memory, size), END};
static const struct field handle1[] = {NUMBER(ioasid_handle, ioasid), END};
static const struct field info1[] = {NUMBER(ioasid_info, ioasid), FIELD(ioasid_info, flags, FLAGS, space_flags),
                                     NUMBER(ioasid_info, children), NUMBER(ioasid_info, addr_width), END};
static const struct field map1[] = {NUMBER(ioasid_map_dma, ioasid), FIELD(ioasid_map_dma, flags, FLAGS, map_flags),
                                    ADDRESS(ioasid_map_dma, iova),  ADDRESS(ioasid_map_dma, vaddr),
                                    ADDRESS(ioasid_map_dma, size),  END};
static const struct field unmap1[] = {NUMBER(ioasid_unmap_dma, ioasid), ADDRESS(ioasid_unmap_dma, iova),
                                      ADDRESS(ioasid_unmap_dma, size), END};
static const struct field nesting1[] = {NUMBER(ioasid_create_nesting, parent), NUMBER(ioasid_create_nesting, ioasid), END};
static const struct field bind1[] = {NUMBER(ioasid_bind_table, ioasid), FIELD(ioasid_bind_table, format, ONE_OF, formats),
                                     ADDRESS(ioasid_bind_table, data_uptr), END};
static const struct field invalidate1[] = {NUMBER(ioasid_invalidate_cache, ioasid), NUMBER(ioasid_invalidate_cache, granularity),
                                           ADDRESS(ioasid_invalidate_cache, iova), ADDRESS(ioasid_invalidate_cache, size), END};
static const struct field eventfd1[] = {NUMBER(ioasid_set_fault_eventfd, eventfd), END};
static const struct field respond1[] = {NUMBER(ioasid_fault_respond, ioasid), FIELD(ioasid_fault_respond, code, ONE_OF, codes),
                                        END};

static const struct field device_info[] = {FIELD(vfio_device_info, flags, FLAGS, device_flags),
                                           NUMBER(vfio_device_info, num_regions), NUMBER(vfio_device_info, cap_offset), END};
static const struct field region_info[] = {NUMBER(vfio_region_info, index), ADDRESS(vfio_region_info, size),
                                           ADDRESS(vfio_region_info, offset), END};
static const struct field bind_device[] = {NUMBER(vfio_device_bind_iommufd, iommu_fd),
                                           NUMBER(vfio_device_bind_iommufd, dev_cookie), END};
static const struct field attach_device[] = {NUMBER(vfio_device_attach_ioasid, iommu_fd),
                                             NUMBER(vfio_device_attach_ioasid, ioasid),
                                             FIELD(vfio_device_attach_ioasid, flags, FLAGS, attach_flags),
                                             FIELD(vfio_device_attach_ioasid, vpasid, SINCE_FLAG, attach_flags), END};
static const struct field bind_device1[] = {NUMBER(vfio_bind_ioasid_fd, ioasid_fd), END};
static const struct field nothing[] = {END};
static const struct field attach_device1[] = {NUMBER(vfio_attach_ioasid, ioasid),
                                              FIELD(vfio_attach_ioasid, flags, FLAGS, attach1_flags),
                                              FIELD(vfio_attach_ioasid, user_pasid, SINCE_FLAG, attach1_flags), END};
static const struct field map_pasid[] = {NUMBER(kvm_map_pasid, iommu_fd), NUMBER(kvm_map_pasid, user_pasid),
                                         NUMBER(kvm_map_pasid, ioasid), END};
static const struct field attribute[] = {NUMBER(kvm_device_attr, group), NUMBER(kvm_device_attr, attr),
                                         ADDRESS(kvm_device_attr, addr), END};
static const struct field create_device[] = {NUMBER(kvm_create_device, type), NUMBER(kvm_create_device, fd), END};

#define CALL(command, fields)     \
    {                             \
        command, #command, fields \
    }
static const struct call calls[] = {CALL(IOMMU_CHECK_EXTENSION, NULL),
                                    CALL(IOMMU_DEVICE_GET_INFO, info2),
                                    CALL(IOMMU_IOASID_ALLOC, alloc2),
                                    CALL(IOMMU_IOASID_FREE, free2),
                                    CALL(IOMMU_MAP_DMA, map2),
                                    CALL(IOMMU_UNMAP_DMA, unmap2),
                                    CALL(IOMMU_INVALIDATE_CACHE, invalidate2),
                                    CALL(IOMMU_INVALIDATE_ARRAY, array2),
                                    CALL(IOMMU_SET_FAULT_EVENTFD, eventfd2),
                                    CALL(IOMMU_FAULT_RESPOND, respond2),
                                    CALL(IOMMU_SET_DIRTY_TRACKING, tracking2),
                                    CALL(IOMMU_GET_DIRTY_BITMAP, bitmap2),
                                    CALL(IOASID_CHECK_EXTENSION, NULL),
                                    CALL(IOASID_REGISTER_MEMORY, memory1),
                                    CALL(IOASID_UNREGISTER_MEMORY, memory1),
                                    CALL(IOASID_ALLOC, handle1),
                                    CALL(IOASID_FREE, handle1),
                                    CALL(IOASID_GET_INFO, info1),
                                    CALL(IOASID_MAP_DMA, map1),
                                    CALL(IOASID_UNMAP_DMA, unmap1),
                                    CALL(IOASID_CREATE_NESTING, nesting1),
                                    CALL(IOASID_BIND_PGTABLE, bind1),
                                    CALL(IOASID_UNBIND_PGTABLE, handle1),
                                    CALL(IOASID_BIND_PASID_TABLE, bind1),
                                    CALL(IOASID_UNBIND_PASID_TABLE, handle1),
                                    CALL(IOASID_INVALIDATE_CACHE, invalidate1),
                                    CALL(IOASID_SET_FAULT_EVENTFD, eventfd1),
                                    CALL(IOASID_FAULT_RESPOND, respond1),
                                    CALL(VFIO_DEVICE_GET_INFO, device_info),
                                    CALL(VFIO_DEVICE_GET_REGION_INFO, region_info),
                                    CALL(VFIO_DEVICE_BIND_IOMMUFD, bind_device),
                                    CALL(VFIO_DEVICE_ATTACH_IOASID, attach_device),
                                    CALL(VFIO_DEVICE_DETACH_IOASID, attach_device),
                                    CALL(VFIO_BIND_IOASID_FD, bind_device1),
                                    CALL(VFIO_UNBIND_IOASID_FD, nothing),
                                    CALL(VFIO_ATTACH_IOASID, attach_device1),
                                    CALL(VFIO_DETACH_IOASID, attach_device1),
                                    CALL(KVM_CREATE_VM, NULL),
                                    CALL(KVM_CREATE_DEVICE, create_device),
                                    CALL(KVM_SET_DEVICE_ATTR, attribute),
                                    CALL(KVM_MAP_PASID, map_pasid),
                                    CALL(KVM_UNMAP_PASID, map_pasid)};

/* ---- text ---- */

struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text->at, text->left, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= text->left)
        length = (int)text->left - 1; /* what does not fit is cut off */
    text->at += length;
    text->left -= (size_t)length;
}

static void put_flags(struct text *text, const struct symbol *symbols, uint64_t value)
{
    const char *between = "";

    for (; symbols->name; symbols++)
        if (value & symbols->value) {
            put(text, "%s%s", between, symbols->name);
            between = "|";
            value &= ~(uint64_t)symbols->value;
        }
    if (value)
        put(text, "%s0x%" PRIx64, between, value);
}

static void put_choice(struct text *text, const struct symbol *symbols, uint64_t value)
{
    while (symbols->name && symbols->value != value)
        symbols++;
    if (symbols->name)
        put(text, "%s", symbols->name);
    else
        put(text, "%" PRIu64, value);
}

static uint64_t load(const struct field *field, const uint8_t *argument)
{
    uint64_t value = 0; /* little-endian hosts only, as everywhere in conformance/build/io */

    memcpy(&value, argument + field->offset, field->bytes);
    return value;
}

/* Of an optional field: the flag that its symbols begin with is set in the 32 bits behind argsz. */
static bool is_there(const struct field *field, const uint8_t *argument)
{
    uint32_t flags;

    memcpy(&flags, argument + 4, sizeof(flags));
    return field->shown != SINCE_FLAG || flags & field->symbols[0].value;
}

static void put_field(struct text *text, const struct field *field, const uint8_t *argument)
{
    const char *dot = strrchr(field->name, '.');
    uint64_t value = load(field, argument);

    if (!is_there(field, argument) ||
        ((field->shown == FLAGS || field->shown == SINCE_SET || field->symbols == formats) && !value))
        return;
    put(text, " %s=", dot ? dot + 1 : field->name);
    if (field->shown == FLAGS)
        put_flags(text, field->symbols, value);
    else if (field->shown == ONE_OF)
        put_choice(text, field->symbols, value);
    else if (field->shown == HEXADECIMAL || field->shown == SINCE_SET)
        put(text, "0x%" PRIx64, value);
    else
        put(text, "%" PRIu64, value);
}

bool io_text(uint64_t command, const void *argument, uint32_t bytes, char *out, size_t out_bytes)
{
    struct text text = {out, out_bytes};
    const struct call *call = NULL;

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (calls[i].command == command)
            call = &calls[i];
    if (!call)
        return false;
    put(&text, "%s", call->name);
    if (!bytes || !call->fields) {
        uint64_t number = 0;

        if (argument && !bytes)
            memcpy(&number, argument, sizeof(number));
        put(&text, " argument=%" PRIu64, number);
        return true;
    }
    for (const struct field *field = call->fields; field->name; field++)
        if (field->offset + field->bytes <= bytes)
            put_field(&text, field, argument);
    return true;
}
