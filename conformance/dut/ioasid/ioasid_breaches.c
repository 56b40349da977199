/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioasid_breaches.c - an interface that keeps all its requirements but one, made of one that keeps all: what a call asks for, or
 * what it answers, is changed on its way. erratum=call.NAME; erratum=rule.NAME declares the contrary of one of the kernel's
 * rules. They are for showing that the suite notices, and list the requirement that each breaks.
 */
#include "dut/ioasid/ioasid_breaches.h"

#include "ioasid/uapi/ioasid.h"
#include "ioasid/uapi/iommu.h"
#include "ioasid/uapi/kvm.h"
#include "ioasid/uapi/vfio.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Kinds of files; their numbers of commands overlap. */
enum { V1 = 1, V2 = 2, NODE = V1 | V2, DEVICE = 4, SYSTEM = 8, VM = 16, VFIO_OF_VM = 32 };

enum effect {
    DONE,   /* success, and nothing happens */
    REFUSE, /* -a, and nothing happens */
    EARLY,  /* the same before any ALLOC */
    TURN,   /* the result a becomes b */
    ASKS,   /* 32 bits of the argument: (word & a) | b */
    SAYS,   /* the same of the answer, after success */
    OPENS,  /* after ALLOC a descriptor is taken */
    TELLS,  /* the last PASID of the device on the bus is in the answer */
};

/* Calls that are no ioctl. */
#define OF_READ 1u
#define OF_MODULE 2u
#define OF_WBINVD 3u
#define OF_ENQCMD 4u

struct breach {
    const char *name, *rows, *parameters, *what;
    uint32_t on, command;
    enum effect effect;
    int64_t a, b;
    uint32_t offset;
};

#define VTD "iommu=vtd"
#define ARM "iommu=smmuv3"
#define S20 "iommu=vtd,profile=s20"
#define UP "iommu=vtd,profile=up"
#define ALL_ONES 0xffffffffll
#define AT(type, member) offsetof(struct type, member)
#define REFUSES(errno_) .effect = REFUSE, .a = (errno_)
#define EARLIER(errno_) .effect = EARLY, .a = (errno_)
#define TURNS(from, to) .effect = TURN, .a = (from), .b = (to)
#define CHANGES(which, at, keep, set) .effect = (which), .offset = (at), .a = (keep), .b = (set)
static const struct breach breaches[] = {
    /* numbers and files */
    {"call.alloc_descriptor", "R-IOASID-005 R-IOASID-013", VTD, "ALLOC takes a descriptor as well", NODE, 0, .effect = OPENS},
    {"call.free_nothing", "R-IOASID-009 R-IOASID-141", VTD, "FREE does nothing", V2, IOMMU_IOASID_FREE, .effect = DONE},
    {"call.free_errno", "R-IOASID-010", VTD, "FREE of an attached IOASID is EINVAL", NODE, IOMMU_IOASID_FREE,
     TURNS(-EBUSY, -EINVAL)},
    {"call.free_used", "R-IOASID-010 R-IOASID-136", VTD, "FREE of an IOASID in use says success", V2, IOMMU_IOASID_FREE,
     TURNS(-EBUSY, 0)},
    {"call.alloc_any", "R-IOASID-008 R-IOASID-129 R-IOASID-174", VTD, "ALLOC of what cannot be says success", V2,
     IOMMU_IOASID_ALLOC, TURNS(-EINVAL, 0)},
    {"call.alloc_snoop_any", "R-IOASID-176", S20, "ALLOC without enforce-snoop says success", V2, IOMMU_IOASID_ALLOC,
     TURNS(-EINVAL, 0)},
    {"call.alloc_unsupported", "R-IOASID-138", VTD, "ALLOC of a format that no hardware has says success", V2, IOMMU_IOASID_ALLOC,
     TURNS(-EOPNOTSUPP, 0)},
    /* questions */
    {"call.extension_all", "R-IOASID-014", VTD, "every extension is there", V2, IOMMU_CHECK_EXTENSION, TURNS(0, 1)},
    {"call.extension_none", "R-IOASID-015 R-IOASID-014", VTD, "no extension is there", V2, IOMMU_CHECK_EXTENSION, TURNS(1, 0)},
    {"call.extension_s20", "R-IOASID-016", S20, "every extension is there", V2, IOMMU_CHECK_EXTENSION, TURNS(0, 1)},
    {"call.info_unattached", "R-IOASID-017", VTD, "GET_INFO without attached device says success", V1, IOASID_GET_INFO,
     TURNS(-EINVAL, 0)},
    {"call.info_children", "R-IOASID-018", VTD, "the number of children is told as 0", V1, IOASID_GET_INFO,
     CHANGES(SAYS, AT(ioasid_info, children), 0, 0)},
    {"call.info_child_nests", "R-IOASID-019", VTD, "children say that they can be parents", V1, IOASID_GET_INFO,
     CHANGES(SAYS, AT(ioasid_info, flags), ALL_ONES, IOASID_INFO_NESTING_HW | IOASID_INFO_NESTING_SW)},
    {"call.info_early", "R-IOASID-020", VTD, "DEVICE_GET_INFO is refused before any ALLOC", V2, IOMMU_DEVICE_GET_INFO,
     EARLIER(EINVAL)},
    {"call.info_any_cookie", "R-IOASID-021", VTD, "DEVICE_GET_INFO of an unknown cookie says success", V2, IOMMU_DEVICE_GET_INFO,
     TURNS(-EINVAL, 0)},
    {"call.info_small_pages", "R-IOASID-022", VTD, "pages of 2 KiB are told of", V2, IOMMU_DEVICE_GET_INFO,
     CHANGES(SAYS, AT(iommu_device_info, pgsize_bitmap), ALL_ONES, 0x800)},
    {"call.info_snoop", "R-IOASID-025", VTD, "no IOMMU is told to enforce snoop", V2, IOMMU_DEVICE_GET_INFO,
     CHANGES(SAYS, AT(iommu_device_info, flags), ALL_ONES ^ IOMMU_DEVICE_INFO_ENFORCE_SNOOP, 0)},
    {"call.info_nesting", "R-IOASID-026", VTD, "nesting in hardware is not told of", V2, IOMMU_DEVICE_GET_INFO,
     CHANGES(SAYS, AT(iommu_device_info, flags), ALL_ONES ^ IOMMU_DEVICE_INFO_NESTING_HW, 0)},
    /* bind */
    {"call.bind_again", "R-IOASID-038", VTD, "a second BIND says success", DEVICE, VFIO_DEVICE_BIND_IOMMUFD, TURNS(-EBUSY, 0)},
    {"call.bind_again_v1", "R-IOASID-032", VTD, "a second BIND of v1 says success", DEVICE, VFIO_BIND_IOASID_FD,
     TURNS(-EBUSY, 0)},
    {"call.bind_again_up", "R-IOASID-034", UP, "a second BIND says success", DEVICE, VFIO_DEVICE_BIND_IOMMUFD, TURNS(-EBUSY, 0)},
    {"call.bind_errno", "R-IOASID-038", VTD, "a second BIND is EPERM", DEVICE, VFIO_DEVICE_BIND_IOMMUFD, TURNS(-EBUSY, -EPERM)},
    {"call.bind_flags", "R-IOASID-037", VTD, "BIND does not look at flags", DEVICE, VFIO_DEVICE_BIND_IOMMUFD,
     CHANGES(ASKS, AT(vfio_device_bind_iommufd, flags), 0, 0)},
    {"call.bind_legacy", "R-IOASID-039", VTD, "BIND of a device of a legacy container says success", DEVICE,
     VFIO_DEVICE_BIND_IOMMUFD, TURNS(-ENOTTY, 0)},
    {"call.bind_any", "R-IOASID-048 R-IOASID-051 R-IOASID-062", VTD, "BIND of a device in other hands says success", DEVICE,
     VFIO_DEVICE_BIND_IOMMUFD, TURNS(-EPERM, 0)},
    {"call.bind_short_cookie", "R-IOASID-035", VTD, "of a cookie half is kept", DEVICE, VFIO_DEVICE_BIND_IOMMUFD,
     CHANGES(ASKS, AT(vfio_device_bind_iommufd, dev_cookie) + 4, 0, 0)},
    {"call.unbind_v2", "R-IOASID-043", VTD, "UNBIND of what v2 has bound says success", DEVICE, VFIO_UNBIND_IOASID_FD,
     TURNS(-ENOTTY, 0)},
    {"call.unbind_nothing", "R-IOASID-046", VTD, "UNBIND does nothing", DEVICE, VFIO_UNBIND_IOASID_FD, .effect = DONE},
    {"call.access_unbound", "R-IOASID-040", VTD, "GET_REGION_INFO before BIND says success", DEVICE, VFIO_DEVICE_GET_REGION_INFO,
     TURNS(-EINVAL, 0)},
    /* attach */
    {"call.attach_any", "R-IOASID-030 R-IOASID-071 R-IOASID-072 R-IOASID-081", VTD, "ATTACH that cannot be says success", DEVICE,
     VFIO_DEVICE_ATTACH_IOASID, TURNS(-EINVAL, 0)},
    {"call.attach_delegated", "R-IOASID-085", ARM, "ATTACH with a vPASID beside a table of the user says success", DEVICE,
     VFIO_DEVICE_ATTACH_IOASID, TURNS(-EINVAL, 0)},
    {"call.attach_any_v1", "R-IOASID-030 R-IOASID-073", VTD, "ATTACH of v1 that cannot be says success", DEVICE,
     VFIO_ATTACH_IOASID, TURNS(-EINVAL, 0)},
    {"call.attach_taken", "R-IOASID-056 R-IOASID-066 R-IOASID-083 R-IOASID-096", VTD,
     "ATTACH to a place that is taken says success", DEVICE, VFIO_DEVICE_ATTACH_IOASID, TURNS(-EBUSY, 0)},
    {"call.attach_taken_s20", "R-IOASID-065", S20, "a second ATTACH is EINVAL", DEVICE, VFIO_DEVICE_ATTACH_IOASID,
     TURNS(-EBUSY, -EINVAL)},
    {"call.attach_errno", "R-IOASID-072", VTD, "ATTACH to an unknown IOASID is ENOENT", DEVICE, VFIO_DEVICE_ATTACH_IOASID,
     TURNS(-EINVAL, -ENOENT)},
    {"call.detach_nothing", "R-IOASID-075 R-IOASID-054 R-IOASID-100", VTD, "DETACH does nothing", DEVICE,
     VFIO_DEVICE_DETACH_IOASID, .effect = DONE},
    {"call.detach_errno", "R-IOASID-076", VTD, "DETACH of what is not attached is ENOENT", DEVICE, VFIO_DEVICE_DETACH_IOASID,
     TURNS(-EINVAL, -ENOENT)},
    {"call.pasid_flags", "R-IOASID-082", ARM, "the capability does not say DELEGATED", DEVICE, VFIO_DEVICE_GET_INFO,
     CHANGES(SAYS,
             sizeof(struct vfio_device_info) + sizeof(struct vfio_device_info_cap_no_snoop) +
                 AT(vfio_device_info_cap_pasid, flags),
             ALL_ONES ^ VFIO_DEVICE_PASID_DELEGATED, 0)},
    {"call.pasid_virt", "R-IOASID-093", VTD, "no device says CPU_VIRT", DEVICE, VFIO_DEVICE_GET_INFO,
     CHANGES(SAYS,
             sizeof(struct vfio_device_info) + sizeof(struct vfio_device_info_cap_no_snoop) +
                 AT(vfio_device_info_cap_pasid, flags),
             ALL_ONES ^ VFIO_DEVICE_PASID_CPU_VIRT, 0)},
    {"call.pasid_told", "R-IOASID-087 R-IOASID-094", VTD, "the PASID on the bus is in the answer of GET_INFO", DEVICE,
     VFIO_DEVICE_GET_INFO, .effect = TELLS, .offset = AT(vfio_device_info, pad)},
    /* the CPU's translation */
    {"call.kvm_flags", "R-IOASID-098", VTD, "MAP_PASID does not look at flags", VM, KVM_MAP_PASID,
     CHANGES(ASKS, AT(kvm_map_pasid, flags), 0, 0)},
    {"call.kvm_any", "R-IOASID-099 R-IOASID-103 R-IOASID-104", VTD, "MAP_PASID of what is not attached says success", VM,
     KVM_MAP_PASID, TURNS(-EINVAL, 0)},
    {"call.kvm_unmap_nothing", "R-IOASID-100", VTD, "UNMAP_PASID does nothing", VM, KVM_UNMAP_PASID, .effect = DONE},
    {"call.kvm_capability", "R-IOASID-105", VTD, "the capability is not told of", SYSTEM | VM, KVM_CHECK_EXTENSION, TURNS(1, 0)},
    {"call.enqcmd_other", "R-IOASID-101", VTD, "ENQCMD goes out with the vPASID that was mapped last", 0, OF_ENQCMD,
     .effect = ASKS},
    {"call.enqcmd_shut", "R-IOASID-102", VTD, "a portal that is shut looks as if it were open", 0, OF_ENQCMD,
     TURNS(-EFAULT, -EACCES)},
    /* map */
    {"call.map_rights", "R-IOASID-107", VTD, "what is mapped can be written", V2, IOMMU_MAP_DMA,
     CHANGES(ASKS, AT(iommu_map_dma, flags), ALL_ONES, IOMMU_MAP_DMA_WRITE)},
    {"call.map_any", "R-IOASID-113 R-IOASID-114 R-IOASID-125", VTD, "MAP of what cannot be says success", V2, IOMMU_MAP_DMA,
     TURNS(-EINVAL, 0)},
    {"call.map_any_v1", "R-IOASID-106 R-IOASID-113", VTD, "MAP of v1 of what cannot be says success", V1, IOASID_MAP_DMA,
     TURNS(-EINVAL, 0)},
    {"call.map_errno", "R-IOASID-125", VTD, "MAP with bad words is ENOENT", V2, IOMMU_MAP_DMA, TURNS(-EINVAL, -ENOENT)},
    {"call.map_overlap", "R-IOASID-115", VTD, "MAP over a mapping says success", V2, IOMMU_MAP_DMA, TURNS(-EEXIST, 0)},
    {"call.map_user", "R-IOASID-111 R-IOASID-137", VTD, "MAP of a table of the user says success", V2, IOMMU_MAP_DMA,
     TURNS(-EOPNOTSUPP, 0)},
    {"call.map_limit", "R-IOASID-123 R-IOASID-122", VTD, "MAP above the limit says success", V2, IOMMU_MAP_DMA,
     TURNS(-ENOMEM, 0)},
    {"call.map_unregistered", "R-IOASID-116", VTD, "MAP of unregistered memory says success", V1, IOASID_MAP_DMA,
     TURNS(-EFAULT, 0)},
    {"call.map_told", "R-IOASID-126", VTD, "the IOVA that was chosen is told wrong", V2, IOMMU_MAP_DMA,
     CHANGES(SAYS, AT(iommu_map_dma, iova), ALL_ONES, 0x1000)},
    {"call.map_partly", "R-IOASID-058", VTD, "MAP while a group is attached in part says success", V1, IOASID_MAP_DMA,
     TURNS(-EDEADLK, 0)},
    {"call.map_partly_errno", "R-IOASID-059", VTD, "MAP while a group is attached in part is EINVAL", V1, IOASID_MAP_DMA,
     TURNS(-EDEADLK, -EINVAL)},
    {"call.register_nothing", "R-IOASID-116 R-IOASID-118", VTD, "REGISTER_MEMORY does nothing", V1, IOASID_REGISTER_MEMORY,
     .effect = DONE},
    {"call.unmap_nothing", "R-IOASID-108 R-IOASID-110", VTD, "UNMAP does nothing", V2, IOMMU_UNMAP_DMA, .effect = DONE},
    {"call.unmap_refused", "R-IOASID-108 R-IOASID-110 R-IOASID-135", VTD, "UNMAP is refused", V2, IOMMU_UNMAP_DMA,
     REFUSES(EBUSY)},
    {"call.unmap_bytes", "R-IOASID-127", VTD, "UNMAP tells of no bytes", V2, IOMMU_UNMAP_DMA,
     CHANGES(SAYS, AT(iommu_unmap_dma, size), 0, 0)},
    {"call.unmap_cuts", "R-IOASID-109", VTD, "UNMAP of a part says success", V2, IOMMU_UNMAP_DMA, TURNS(-EINVAL, 0)},
    /* nesting */
    {"call.nest_any", "R-IOASID-128 R-IOASID-142", VTD, "CREATE_NESTING on what cannot nest says success", V1,
     IOASID_CREATE_NESTING, TURNS(-EINVAL, 0)},
    {"call.nest_root", "R-IOASID-139 R-IOASID-129", VTD, "BIND_PGTABLE of a root says success", V1, IOASID_BIND_PGTABLE,
     TURNS(-EINVAL, 0)},
    {"call.nest_unbind", "R-IOASID-140", VTD, "UNBIND_PGTABLE does nothing", V1, IOASID_UNBIND_PGTABLE, .effect = DONE},
    {"call.nest_elsewhere", "R-IOASID-133", VTD, "a child's mapping leads to the page beside", V1, IOASID_MAP_DMA,
     CHANGES(ASKS, AT(ioasid_map_dma, vaddr), ALL_ONES ^ 0x1000, 0)},
    /* invalidate */
    {"call.invalidate_refused", "R-IOASID-143 R-IOASID-148 R-IOASID-150", VTD, "INVALIDATE is refused", V2,
     IOMMU_INVALIDATE_CACHE, REFUSES(EINVAL)},
    {"call.invalidate_any", "R-IOASID-152", VTD, "INVALIDATE of what is not there says success", V2, IOMMU_INVALIDATE_CACHE,
     TURNS(-EINVAL, 0)},
    {"call.invalidate_any_v1", "R-IOASID-147", VTD, "INVALIDATE of v1 takes any granularity", V1, IOASID_INVALIDATE_CACHE,
     TURNS(-EINVAL, 0)},
    {"call.invalidate_pasids_not", "R-IOASID-151", ARM, "entries of PASID tables are not invalidated", V2, IOMMU_INVALIDATE_CACHE,
     CHANGES(ASKS, AT(iommu_invalidate_cache, entry.cache), ALL_ONES ^ IOMMU_CACHE_PASID, IOMMU_CACHE_IOTLB)},
    {"call.invalidate_nothing", "R-IOASID-144 R-IOASID-145 R-IOASID-153 R-IOASID-215", VTD, "INVALIDATE does nothing", V2,
     IOMMU_INVALIDATE_CACHE, .effect = DONE},
    {"call.invalidate_nothing_arm", "R-IOASID-217 R-IOASID-151", ARM, "INVALIDATE does nothing", V2, IOMMU_INVALIDATE_CACHE,
     .effect = DONE},
    /* faults */
    {"call.record_ioasid", "R-IOASID-157", VTD, "records name another IOASID", V2, OF_READ,
     CHANGES(SAYS, AT(iommu_fault_record, ioasid), ALL_ONES, 0x100)},
    {"call.record_ioasid_v1", "R-IOASID-156", VTD, "records of v1 name another IOASID", V1, OF_READ,
     CHANGES(SAYS, AT(ioasid_fault_record, ioasid), ALL_ONES, 0x100)},
    {"call.record_address", "R-IOASID-157 R-IOASID-219 R-IOASID-170", VTD, "records name address 0", V2, OF_READ,
     CHANGES(SAYS, AT(iommu_fault_record, addr), 0, 0)},
    {"call.record_perm", "R-IOASID-157", VTD, "records name no permission", V2, OF_READ,
     CHANGES(SAYS, AT(iommu_fault_record, perm), 0, 0)},
    {"call.record_response", "R-IOASID-170", VTD, "every record asks for a response", V2, OF_READ,
     CHANGES(SAYS, AT(iommu_fault_record, flags), ALL_ONES, IOMMU_FAULT_RECORD_RESPONSE)},
    {"call.respond_success", "R-IOASID-165", VTD, "every response is one of success", V2, IOMMU_FAULT_RESPOND,
     CHANGES(ASKS, AT(iommu_fault_respond, code), 0, 0)},
    {"call.respond_failure", "R-IOASID-164 R-IOASID-219", VTD, "every response is one of failure", V2, IOMMU_FAULT_RESPOND,
     CHANGES(ASKS, AT(iommu_fault_respond, code), 0, 1)},
    {"call.respond_any", "R-IOASID-166 R-IOASID-167", VTD, "responses to nothing say success", V2, IOMMU_FAULT_RESPOND,
     TURNS(-ENOENT, 0)},
    {"call.respond_nothing", "R-IOASID-164 R-IOASID-165", VTD, "a response does nothing", V2, IOMMU_FAULT_RESPOND,
     .effect = DONE},
    {"call.respond_refused", "R-IOASID-163", VTD, "responses are refused", V2, IOMMU_FAULT_RESPOND, REFUSES(EINVAL)},
    /* snoop, KVM */
    {"call.wbinvd_never", "R-IOASID-183 R-IOASID-184 R-IOASID-191 R-IOASID-192 R-IOASID-193", VTD, "WBINVD never does anything",
     0, OF_WBINVD, TURNS(1, 0)},
    {"call.wbinvd_always", "R-IOASID-181 R-IOASID-182 R-IOASID-185 R-IOASID-188 R-IOASID-189 R-IOASID-190", VTD,
     "WBINVD does something always", 0, OF_WBINVD, TURNS(0, 1)},
    {"call.add_refused", "R-IOASID-187", VTD, "ADD and DEL are refused", VFIO_OF_VM, KVM_SET_DEVICE_ATTR, REFUSES(EPERM)},
    {"call.add_again", "R-IOASID-194", VTD, "a second ADD says success", VFIO_OF_VM, KVM_SET_DEVICE_ATTR, TURNS(-EEXIST, 0)},
    {"call.add_without_provider", "R-IOASID-198", VTD, "ADD without provider says success", VFIO_OF_VM, KVM_SET_DEVICE_ATTR,
     TURNS(-ENODEV, 0)},
    /* modules */
    {"call.unload_used", "R-IOASID-202", VTD, "unloading of a module in use says success", 0, OF_MODULE, TURNS(-EBUSY, 0)},
    {"call.load_fails", "R-IOASID-195 R-IOASID-196 R-IOASID-197 R-IOASID-200 R-IOASID-201", VTD, "loading and unloading fail", 0,
     OF_MODULE, TURNS(0, -ENOENT)},
    /* anything */
    {"call.unknown", "R-IOASID-203", VTD, "unknown commands say success", NODE, 0, TURNS(-ENOTTY, 0)},
    {"call.pointer", "R-IOASID-204", VTD, "bad pointers are EINVAL", NODE, 0, TURNS(-EFAULT, -EINVAL)},
    {"call.padding", "R-IOASID-206", VTD, "padding of MAP is not looked at", V2, IOMMU_MAP_DMA,
     CHANGES(ASKS, AT(iommu_map_dma, __reserved), 0, 0)},
    {"call.short", "R-IOASID-028", VTD, "structures that are too short are accepted", NODE, 0, TURNS(-EINVAL, 0)},
    {"call.dirty_nothing", "R-IOASID-211", VTD, "no page is ever told to be dirty", V2, IOMMU_GET_DIRTY_BITMAP, .effect = DONE},
    {"call.dirty_refused", "R-IOASID-210", VTD, "dirty tracking is there and does not work", V2, IOMMU_SET_DIRTY_TRACKING,
     REFUSES(EOPNOTSUPP)},
};
#define BREACHES (sizeof(breaches) / sizeof(breaches[0]))

/* A promise that is not kept, or one that is and was not made. */
static const struct {
    const char *name, *rows, *parameters;
    uint64_t bit;
} rules[] = {
    {"rule.multi_bind", "R-IOASID-033", UP, IOTB_UAPI_RULE_MULTI_BIND},
    {"rule.multi_bind_not", "R-IOASID-034", VTD, IOTB_UAPI_RULE_MULTI_BIND},
    {"rule.same_cookie", "R-IOASID-036", VTD, IOTB_UAPI_RULE_SAME_COOKIE},
    {"rule.replace", "R-IOASID-080", VTD, IOTB_UAPI_RULE_REPLACE},
    {"rule.one_ioasid", "R-IOASID-065", VTD, IOTB_UAPI_RULE_ONE_IOASID},
    {"rule.map_early", "R-IOASID-124", S20, IOTB_UAPI_RULE_MAP_EARLY},
    {"rule.map_early_not", "R-IOASID-106 R-IOASID-124", VTD, IOTB_UAPI_RULE_MAP_EARLY},
    {"rule.singleton", "R-IOASID-060", VTD, IOTB_UAPI_RULE_SINGLETON},
    {"rule.snoop_stage", "R-IOASID-180", VTD, IOTB_UAPI_RULE_SNOOP_STAGE},
    {"rule.snoop_required", "R-IOASID-176", VTD, IOTB_UAPI_RULE_SNOOP_REQUIRED},
    {"rule.wbinvd_once", "R-IOASID-186", VTD, IOTB_UAPI_RULE_WBINVD_ONCE},
    {"rule.s20_extensions", "R-IOASID-016", VTD, IOTB_UAPI_RULE_S20_EXTENSIONS},
    {"rule.portable_pasid", "R-IOASID-097", ARM, IOTB_UAPI_RULE_PORTABLE_PASID},
    {"rule.software_nesting", "R-IOASID-133 R-IOASID-214", S20, IOTB_UAPI_RULE_SOFTWARE_NESTING},
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

bool breach_at(size_t n, struct dut_deviation *deviation)
{
    if (n < BREACHES) {
        *deviation = (struct dut_deviation){.name = breaches[n].name,
                                            .rule = breaches[n].what,
                                            .source = "breach of a requirement",
                                            .rows = breaches[n].rows,
                                            .parameters = breaches[n].parameters};
        return true;
    }
    n -= BREACHES;
    if (n >= RULES)
        return false;
    *deviation = (struct dut_deviation){rules[n].name, "the contrary is declared", "breach of a requirement",
                                        rules[n].rows, rules[n].parameters,        .other_cases = true};
    return true;
}

bool breach_is(const char *name)
{
    return !strncmp(name, "call.", 5) || !strncmp(name, "rule.", 5);
}

bool breach_choose(struct iotb_dut *dut, const char *name)
{
    dut->breach = NULL;
    for (size_t i = 0; i < BREACHES; i++)
        if (!strcmp(name, breaches[i].name))
            dut->breach = &breaches[i];
    for (size_t i = 0; i < RULES; i++)
        if (!strcmp(name, rules[i].name)) {
            dut->rules ^= rules[i].bit;
            return true;
        }
    return dut->breach;
}

/* ---- kinds of files ---- */

static uint8_t *kind_of(struct iotb_dut *dut, uint32_t process, int64_t fd)
{
    static uint8_t unknown;

    unknown = 0;
    return process < PROCESSES && fd >= 0 && fd < BREACH_FDS ? &dut->file_kinds[process][fd] : &unknown;
}

void breach_opened(struct iotb_dut *dut, uint32_t process, const char *path, int64_t fd)
{
    *kind_of(dut, process, fd) = !strcmp(path, "/dev/iommu")                ? V2
                                 : !strcmp(path, "/dev/ioasid")             ? V1
                                 : !strcmp(path, "/dev/kvm")                ? SYSTEM
                                 : !strncmp(path, "/dev/vfio/devices/", 18) ? DEVICE
                                                                            : 0;
}

void breach_shared(struct iotb_dut *dut, uint32_t process, int64_t fd, uint32_t to_process, int64_t to_fd)
{
    *kind_of(dut, to_process, to_fd) = *kind_of(dut, process, fd);
}

/* What ioctl() has made. */
static void note_made(struct iotb_dut *dut, const struct iotb_uapi_call *call, int64_t result)
{
    struct kvm_create_device made;

    if (call->command == IOMMU_IOASID_ALLOC)
        dut->breach_allocs++;
    if (call->command == KVM_MAP_PASID && call->bytes >= sizeof(struct kvm_map_pasid))
        dut->breach_mapped = ((const struct kvm_map_pasid *)call->argument)->user_pasid;
    if (call->command == VFIO_GROUP_GET_DEVICE_FD)
        *kind_of(dut, call->process, result) = DEVICE;
    if (call->command == KVM_CREATE_VM)
        *kind_of(dut, call->process, result) = VM;
    if (call->command == KVM_CREATE_DEVICE && call->bytes >= sizeof(made)) {
        memcpy(&made, call->argument, sizeof(made));
        *kind_of(dut, call->process, made.fd) = VFIO_OF_VM;
    }
}

/* ---- on the way ---- */

static bool concerns(const struct breach *breach, uint32_t kind, uint64_t command)
{
    bool known = kind & breach->on || (!kind && !breach->on);

    return known && (!breach->command || breach->command == command);
}

static uint32_t *word_of(const struct breach *breach, void *argument, uint32_t bytes)
{
    return argument && breach->offset + 4 <= bytes ? (uint32_t *)(void *)((uint8_t *)argument + breach->offset) : NULL;
}

static void change(uint32_t *word, const struct breach *breach)
{
    if (word)
        *word = (*word & (uint32_t)breach->a) | (uint32_t)breach->b;
}

/* The last device with a PASID on the bus. */
static uint32_t last_pasid(const struct iotb_dut *dut)
{
    uint32_t pasid = 0;

    for (uint32_t i = 0; i < DEVICES; i++)
        if (dut->devices[i].bus.has_pasid && dut->devices[i].fd >= 0)
            pasid = dut->devices[i].bus.pasid;
    return pasid;
}

static int64_t answer(struct iotb_dut *dut, const struct breach *breach, struct iotb_uapi_call *call, int64_t result)
{
    uint32_t *word = word_of(breach, call->argument, call->bytes);

    if (breach->effect == TURN && result == breach->a)
        return breach->b;
    if (breach->effect == OPENS && result >= 0 && (call->command == IOMMU_IOASID_ALLOC || call->command == IOASID_ALLOC))
        (void)uapi_eventfd(dut, call->process, 0);
    if (result < 0 || !word)
        return result;
    if (breach->effect == SAYS)
        change(word, breach);
    else if (breach->effect == TELLS && (call->kind != IOTB_UAPI_CALL_READ || result))
        *word = last_pasid(dut);
    return result;
}

int64_t breach_call(struct iotb_dut *dut, struct iotb_uapi_call *call)
{
    const struct breach *breach = dut->breach;
    uint32_t kind = *kind_of(dut, call->process, call->fd), kept = 0, *word;
    int64_t result;

    if (!breach || !kind || !concerns(breach, kind, call->kind == IOTB_UAPI_CALL_READ ? OF_READ : call->command)) {
        result = dut_call(dut, call);
        if (result >= 0)
            note_made(dut, call, result);
        return result;
    }
    if (breach->effect == DONE)
        return 0;
    if (breach->effect == REFUSE || (breach->effect == EARLY && !dut->breach_allocs))
        return -breach->a;
    word = breach->effect == ASKS ? word_of(breach, call->argument, call->bytes) : NULL;
    if (word) {
        kept = *word;
        change(word, breach);
    }
    result = dut_call(dut, call);
    if (word)
        *word = kept;
    if (result >= 0)
        note_made(dut, call, result);
    return answer(dut, breach, call, result);
}

static int64_t turned(const struct iotb_dut *dut, uint32_t what, int64_t result)
{
    const struct breach *breach = dut->breach;

    return breach && breach->command == what && breach->effect == TURN && result == breach->a ? breach->b : result;
}

uint32_t breach_vpasid(const struct iotb_dut *dut, uint32_t vpasid)
{
    const struct breach *breach = dut->breach;

    bool other = breach && breach->command == OF_ENQCMD && breach->effect == ASKS && dut->breach_mapped;

    return other ? dut->breach_mapped : vpasid;
}

int64_t breach_module(const struct iotb_dut *dut, int64_t result)
{
    return turned(dut, OF_MODULE, result);
}

int64_t breach_wbinvd(const struct iotb_dut *dut, int64_t result)
{
    return turned(dut, OF_WBINVD, result);
}

int64_t breach_enqcmd(const struct iotb_dut *dut, int64_t result)
{
    return turned(dut, OF_ENQCMD, result);
}
