/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_regs.h - registers, structures in memory and descriptors of a VT-d remapping unit, as the driver uses them.
 *
 * Document: Intel D51397 revision 5.10, chapters 6, 7, 9 and 11. Fields of structures in memory and of descriptors are of the
 * 64-bit word that the comment above them names.
 */
#ifndef VTD_REGS_H
#define VTD_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

/* ---- registers (11.4) ---- */

#define VTD_VER 0x00
#define VER_MAJOR GENMASK(7, 4)
#define VTD_CAP 0x08
#define CAP_ND GENMASK_ULL(2, 0) /* domain ids of 2 * ND + 4 bits */
#define CAP_RWBF BIT_ULL(4)
#define CAP_CM BIT_ULL(7)
#define CAP_SAGAW GENMASK_ULL(12, 8)
#define CAP_MGAW GENMASK_ULL(21, 16) /* minus 1 */
#define CAP_FRO GENMASK_ULL(33, 24)  /* units of 16 bytes */
#define CAP_SSLPS_2M BIT_ULL(34)
#define CAP_SSLPS_1G BIT_ULL(35)
#define CAP_PSI BIT_ULL(39)
#define CAP_NFR GENMASK_ULL(47, 40) /* minus 1 */
#define CAP_MAMV GENMASK_ULL(53, 48)
#define CAP_DWD BIT_ULL(54)
#define CAP_DRD BIT_ULL(55)
#define CAP_FS1GP BIT_ULL(56)
#define CAP_FS5LP BIT_ULL(60)
#define VTD_ECAP 0x10
#define ECAP_C BIT_ULL(0)
#define ECAP_QI BIT_ULL(1)
#define ECAP_DT BIT_ULL(2)
#define ECAP_PT BIT_ULL(6)
#define ECAP_SC BIT_ULL(7)
#define ECAP_NEST BIT_ULL(26)
#define ECAP_PRS BIT_ULL(29)
#define ECAP_SRS BIT_ULL(31)
#define ECAP_EAFS BIT_ULL(34)
#define ECAP_PSS GENMASK_ULL(39, 35) /* PASIDs of PSS + 1 bits */
#define ECAP_PASID BIT_ULL(40)
#define ECAP_DIT BIT_ULL(41)
#define ECAP_PDS BIT_ULL(42)
#define ECAP_SMTS BIT_ULL(43)
#define ECAP_SSADS BIT_ULL(45)
#define ECAP_SSTS BIT_ULL(46)
#define ECAP_FSTS BIT_ULL(47)
#define ECAP_SMPWCS BIT_ULL(48)
#define VTD_GCMD 0x18
#define VTD_GSTS 0x1c
#define GCMD_TE BIT(31)
#define GCMD_SRTP BIT(30)
#define GCMD_WBF BIT(27)
#define GCMD_QIE BIT(26)
#define GCMD_IRE BIT(25)
#define GCMD_CFI BIT(23)
#define VTD_RTADDR 0x20
#define RTADDR_SCALABLE BIT_ULL(10)
#define VTD_FSTS 0x34
#define FSTS_PFO BIT(0)
#define FSTS_PPF BIT(1)
#define FSTS_IQE BIT(4)
#define FSTS_ICE BIT(5)
#define FSTS_ITE BIT(6)
#define FSTS_FRI GENMASK(15, 8)
#define VTD_FECTL 0x38 /* control, data, address, upper address: 4 bytes each */
#define VTD_PECTL 0xe0
#define EVENT_CONTROL_IM BIT(31)
#define EVENT_DATA 4
#define EVENT_ADDRESS 8
#define EVENT_UPPER 12
#define VTD_IQH 0x80
#define VTD_IQT 0x88
#define VTD_IQA 0x90
#define IQA_DW BIT_ULL(11)
#define VTD_IQERCD 0xb0
#define IQERCD_IQEI GENMASK_ULL(3, 0)
#define IQERCD_ITESID GENMASK_ULL(47, 32)
#define VTD_PQH 0xc0
#define VTD_PQT 0xc8
#define VTD_PQA 0xd0
#define VTD_PRS 0xdc
#define PRS_PPR BIT(0)
#define PRS_PRO BIT(1)

/* 11.4.7.6 Fault Recording Registers: two words; the upper one is written to clear F. */
#define FRCD_BYTES 16
#define FRCD0_FI GENMASK_ULL(63, 12)
#define FRCD1_F BIT_ULL(63)
#define FRCD1_T1 BIT_ULL(62)
#define FRCD1_PASID GENMASK_ULL(59, 40)
#define FRCD1_FR GENMASK_ULL(39, 32)
#define FRCD1_PP BIT_ULL(31)
#define FRCD1_T2 BIT_ULL(28)
#define FRCD1_SID GENMASK_ULL(15, 0)
#define FR_INTERRUPT_FIRST 0x20 /* 5.1.4.1: faults of interrupt remapping */
#define FR_INTERRUPT_LAST 0x2f

/* ---- structures in memory (chapter 9) ---- */

#define VTD_PAGE_BYTES 4096u
#define VTD_ADDRESS GENMASK_ULL(63, 12)
#define VTD_PRESENT BIT_ULL(0)
#define VTD_FPD BIT_ULL(1)

/* 9.1 and 9.2: a root entry of two words; in scalable mode one for the devices 0 to 15, one for the others. */
#define ROOT_WORDS 2
/* 9.3 Context Entry */
#define CONTEXT_WORDS 2
#define CONTEXT0_TT GENMASK_ULL(3, 2)
#define TT_SECOND 0
#define TT_SECOND_ATS 1
#define TT_PASS 2
#define CONTEXT1_AW GENMASK_ULL(2, 0)
#define CONTEXT1_DID GENMASK_ULL(23, 8)
/* 9.4 Scalable-Mode Context-Entry; RID_PASID in word 1 stays 0 */
#define SM_CONTEXT_WORDS 4
#define SM_CONTEXT0_DTE BIT_ULL(2)
#define SM_CONTEXT0_PASIDE BIT_ULL(3)
#define SM_CONTEXT0_PRE BIT_ULL(4)
#define SM_CONTEXT0_PDTS GENMASK_ULL(11, 9) /* 2^(PDTS + 7) entries of the directory */
/* 9.5, 9.6: an entry of the directory leads to 64 entries of 64 bytes. */
#define PASIDS_PER_TABLE 64u
#define PASID_DIRECTORY_LG2 7u
#define PASID_WORDS 8
#define PASID0_AW GENMASK_ULL(4, 2)
#define PASID0_PGTT GENMASK_ULL(8, 6)
#define PGTT_FIRST 1
#define PGTT_SECOND 2
#define PGTT_NESTED 3
#define PGTT_PASS 4
#define PASID0_SSADE BIT_ULL(9)
#define PASID1_DID GENMASK_ULL(15, 0)
#define PASID1_PWSNP BIT_ULL(23)
#define PASID1_PGSNP BIT_ULL(24)
#define PASID2_SRE BIT_ULL(0)
#define PASID2_FSPM GENMASK_ULL(3, 2)
#define FSPM_5_LEVELS 1
#define PASID2_WPE BIT_ULL(4)
#define PASID2_EAFE BIT_ULL(7)

/* 9.7 First-Stage Paging Entries, 9.8 Second-Stage Paging Entries */
#define FS_P BIT_ULL(0)
#define FS_RW BIT_ULL(1)
#define FS_US BIT_ULL(2)
#define FS_A BIT_ULL(5)
#define FS_D BIT_ULL(6)
#define SS_R BIT_ULL(0)
#define SS_W BIT_ULL(1)
#define SS_A BIT_ULL(8)
#define SS_D BIT_ULL(9)
#define SS_SNP BIT_ULL(11)
#define PAGING_PS BIT_ULL(7)
#define PAGING_ADDRESS GENMASK_ULL(51, 12)

/* ---- invalidation queue (6.5.2, 7.6.1) ---- */

#define QUEUE_TYPE_CONTEXT 1
#define QUEUE_TYPE_IOTLB 2
#define QUEUE_TYPE_DEVTLB 3
#define QUEUE_TYPE_WAIT 5
#define QUEUE_TYPE_PIOTLB 6
#define QUEUE_TYPE_PASID 7
#define QUEUE_TYPE_PDEVTLB 8
#define QUEUE_TYPE_RESPONSE 9
#define QUEUE0_TYPE GENMASK_ULL(3, 0)
/* 6.5.2.1 to 6.5.2.4, word 0; the granularities are numbered differently by each of them */
#define QUEUE0_G GENMASK_ULL(5, 4)
#define CONTEXT_G_GLOBAL 1
#define CONTEXT_G_DEVICE 3
#define PASID_G_DOMAIN 0
#define PASID_G_PASID 1
#define PASID_G_GLOBAL 3
#define IOTLB_G_GLOBAL 1
#define IOTLB_G_DOMAIN 2
#define IOTLB_G_PAGE 3
#define PIOTLB_G_PASID 2
#define PIOTLB_G_PAGE 3
#define IOTLB0_DW BIT_ULL(6)
#define IOTLB0_DR BIT_ULL(7)
#define QUEUE0_DID GENMASK_ULL(31, 16)
#define QUEUE0_PASID GENMASK_ULL(51, 32)
#define CONTEXT0_SID GENMASK_ULL(47, 32)
/* word 1 of the invalidations by address */
#define QUEUE1_AM GENMASK_ULL(5, 0)
#define QUEUE1_IH BIT_ULL(6)
/* 6.5.2.5 Device-TLB Invalidate Descriptor */
#define DEVTLB0_MIP GENMASK_ULL(20, 16)
#define DEVTLB0_SID GENMASK_ULL(47, 32)
#define DEVTLB0_PFSID_LOW GENMASK_ULL(15, 12)
#define DEVTLB0_PFSID_HIGH GENMASK_ULL(63, 52)
#define DEVTLB1_S BIT_ULL(0)
/* 6.5.2.6 PASID-based-Device-TLB Invalidate Descriptor; PFSID and PASID as above */
#define PDEVTLB0_MIP GENMASK_ULL(8, 4)
#define PDEVTLB0_SID GENMASK_ULL(31, 16)
#define PDEVTLB1_S BIT_ULL(11)
/* 6.5.3.3: an address of all ones but bit 63, with S, is every address. */
#define DEVTLB_EVERYTHING GENMASK_ULL(62, 12)
/* 6.5.2.9 Invalidation Wait Descriptor */
#define WAIT0_SW BIT_ULL(5)
#define WAIT0_FN BIT_ULL(6)
#define WAIT0_PD BIT_ULL(7)
#define WAIT0_DATA GENMASK_ULL(63, 32)
/* 7.6.1 Page Group Response Descriptor */
#define RESPONSE0_PP BIT_ULL(4)
#define RESPONSE0_RC GENMASK_ULL(15, 12)
#define RESPONSE0_RID GENMASK_ULL(31, 16)
#define RESPONSE1_PRGI GENMASK_ULL(11, 3)
#define RC_SUCCESS 0x0
#define RC_INVALID 0x1
#define RC_FAILURE 0xf

/* ---- page request queue (7.4.1.1) ---- */

#define REQUEST_BYTES 32
#define REQUEST0_TYPE GENMASK_ULL(7, 0)
#define REQUEST_TYPE_PAGE 1
#define REQUEST0_PP BIT_ULL(8)
#define REQUEST0_RID GENMASK_ULL(31, 16)
#define REQUEST0_PASID GENMASK_ULL(51, 32)
#define REQUEST0_EXR BIT_ULL(52)
#define REQUEST0_PMR BIT_ULL(53)
#define REQUEST1_RDR BIT_ULL(0)
#define REQUEST1_WRR BIT_ULL(1)
#define REQUEST1_LPIG BIT_ULL(2)
#define REQUEST1_PRGI GENMASK_ULL(11, 3)
#define REQUEST1_ADDRESS GENMASK_ULL(63, 12)

#endif
