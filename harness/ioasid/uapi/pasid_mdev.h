/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * pasid_mdev.h - what a guest sees of an mdev made from a work queue of the PASID device: region 0 (BAR0) of its device fd, by
 * read() and write() of 4 or 8 bytes, trapped and emulated by the parent driver. One operation at a time.
 *
 * An operation: write its registers, write 1 to GO, read STATUS until BUSY is clear. Addresses are IOVAs of the address space
 * that the operation names: that of VPASID where FLAGS says so, else the default one (attached without a vPASID). The driver puts
 * the PASID on the bus in place of the vPASID; a vPASID that is not attached reaches nothing: STATUS.CODE is PMDEV_NO_SPACE and
 * the device does no access at all (R-IOASID-087, -090). Registers other than GO are ignored while BUSY.
 */
#ifndef IOTB_UAPI_PASID_MDEV_H
#define IOTB_UAPI_PASID_MDEV_H

#define PMDEV_MAGIC 0x00 /* 4 bytes, RO: PMDEV_MAGIC_VALUE */
#define PMDEV_MAGIC_VALUE 0x56454d50
#define PMDEV_KIND 0x04        /* 4, RO */
#define PMDEV_KIND_DEDICATED 1 /* a work queue of its own, type 6 */
#define PMDEV_KIND_SHARED 2    /* has a portal in region 2 (4 KiB) for ENQCMD besides, type 8 */
#define PMDEV_KIND_SOFTWARE 3  /* copied by the processor: nothing of it is in the IOMMU, type 2 (R-IOASID-079) */
#define PMDEV_OP 0x10          /* 4, RW */
#define PMDEV_OP_READ 1        /* LENGTH bytes from IOVA to DATA; LENGTH <= 128 */
#define PMDEV_OP_WRITE 2       /* LENGTH bytes of DATA to IOVA; LENGTH <= 128 */
#define PMDEV_OP_FILL 3        /* LENGTH bytes at IOVA with the 8 bytes at DATA, through the work queue */
#define PMDEV_OP_COPY 4        /* LENGTH bytes from IOVA to IOVA2, through the work queue */
#define PMDEV_FLAGS 0x14       /* 4, RW */
#define PMDEV_FLAG_VPASID 1u   /* VPASID counts */
#define PMDEV_FLAG_BLOCK 2u    /* FILL, COPY: wait for pages that are absent (page request) instead of failing */
#define PMDEV_FLAG_NO_SNOOP 4u
#define PMDEV_VPASID 0x18 /* 4, RW */
#define PMDEV_LENGTH 0x1c /* 4, RW; 1 .. 2 MiB, see OP */
#define PMDEV_IOVA 0x20   /* 8, RW */
#define PMDEV_IOVA2 0x28  /* 8, RW */
#define PMDEV_GO 0x30     /* 4, WO: 1 starts */
#define PMDEV_STATUS 0x34 /* 4, RO */
#define PMDEV_BUSY 1u
#define PMDEV_DONE 2u
#define PMDEV_CODE(status) ((status) >> 8 & 0xff)
#define PMDEV_OK 1
#define PMDEV_FAULT 2         /* the IOMMU refused, or the page request was answered negatively; FAULT_IOVA: where, if known */
#define PMDEV_NO_SPACE 3      /* nothing is attached there */
#define PMDEV_INVALID 4       /* registers make no operation; or the device under the mdev does not have it */
#define PMDEV_ERROR 5         /* the device failed in another way */
#define PMDEV_FAULT_IOVA 0x38 /* 8, RO */
#define PMDEV_DATA 0x80       /* 128 bytes, RW */
#define PMDEV_BAR0_BYTES 0x1000

/*
 * Region 2 of a SHARED mdev, the portal: 64-byte descriptors by ENQCMD of a guest, in the device's own format (REGISTERS.md),
 * DWORD 0 filled in by the CPU. Not reachable by read(), write(): only a guest's ENQCMD gets there (KVM_MAP_PASID), and none
 * before PASID translation is enabled (R-IOASID-101, -102).
 */
#define PMDEV_PORTAL_BYTES 0x1000

#endif
