/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_regs.h - registers, structures in memory, commands and records of an Arm SMMUv3, as the driver uses them.
 *
 * Document: Arm IHI 0070, chapters 3 to 8. A field of a structure carries the number of its 64-bit word in its name; words are
 * little-endian in memory.
 */
#ifndef SMMUV3_REGS_H
#define SMMUV3_REGS_H

#include <linux/bits.h>

/* ---- registers (6.2); page 1 is 64 KiB above page 0 ---- */

#define SMMU_PAGE1 0x10000

#define SMMU_IDR0 0x00
#define IDR0_ST_LEVEL GENMASK(28, 27)
#define IDR0_ST_LEVEL_2 1
#define IDR0_TERM_MODEL BIT(26)
#define IDR0_STALL_MODEL GENMASK(25, 24)
#define IDR0_STALL_BOTH 0
#define IDR0_STALL_NONE 1
#define IDR0_STALL_FORCED 2
#define IDR0_TTENDIAN GENMASK(22, 21)
#define IDR0_TTENDIAN_BIG 3
#define IDR0_CD2L BIT(19)
#define IDR0_VMID16 BIT(18)
#define IDR0_PRI BIT(16)
#define IDR0_SEV BIT(14)
#define IDR0_MSI BIT(13)
#define IDR0_ASID16 BIT(12)
#define IDR0_ATS BIT(10)
#define IDR0_HYP BIT(9)
#define IDR0_HTTU GENMASK(7, 6)
#define IDR0_HTTU_ACCESS 1
#define IDR0_HTTU_DIRTY 2
#define IDR0_BTM BIT(5)
#define IDR0_COHACC BIT(4)
#define IDR0_TTF GENMASK(3, 2)
#define IDR0_TTF_AARCH64 2 /* bit of the field */
#define IDR0_S1P BIT(1)
#define IDR0_S2P BIT(0)

#define SMMU_IDR1 0x04
#define IDR1_TABLES_PRESET BIT(30)
#define IDR1_QUEUES_PRESET BIT(29)
#define IDR1_ATTR_TYPES_OVR BIT(27)
#define IDR1_CMDQS GENMASK(25, 21)
#define IDR1_EVENTQS GENMASK(20, 16)
#define IDR1_PRIQS GENMASK(15, 11)
#define IDR1_SSIDSIZE GENMASK(10, 6)
#define IDR1_SIDSIZE GENMASK(5, 0)

#define SMMU_IDR3 0x0c
#define IDR3_RIL BIT(10)
#define IDR3_FWB BIT(8)
#define IDR3_PPS BIT(5)

#define SMMU_IDR5 0x14
#define IDR5_GRAN4K BIT(4)
#define IDR5_OAS GENMASK(2, 0)

#define SMMU_CR0 0x20
#define SMMU_CR0ACK 0x24
#define CR0_ATSCHK BIT(4)
#define CR0_CMDQEN BIT(3)
#define CR0_EVENTQEN BIT(2)
#define CR0_PRIQEN BIT(1)
#define CR0_SMMUEN BIT(0)

#define SMMU_CR1 0x28
#define CR1_TABLE_SH GENMASK(11, 10)
#define CR1_TABLE_OC GENMASK(9, 8)
#define CR1_TABLE_IC GENMASK(7, 6)
#define CR1_QUEUE_SH GENMASK(5, 4)
#define CR1_QUEUE_OC GENMASK(3, 2)
#define CR1_QUEUE_IC GENMASK(1, 0)
#define CR1_CACHE_WB 1

#define SMMU_CR2 0x2c
#define CR2_RECINVSID BIT(1)

#define SMMU_GBPA 0x44
#define GBPA_UPDATE BIT(31)
#define GBPA_ABORT BIT(20)

#define SMMU_IRQ_CTRL 0x50
#define SMMU_IRQ_CTRLACK 0x54
#define IRQ_EVENTQ BIT(2)
#define IRQ_PRIQ BIT(1)
#define IRQ_GERROR BIT(0)

#define SMMU_GERROR 0x60
#define SMMU_GERRORN 0x64
#define GERROR_SFM BIT(8)
#define GERROR_MSI_GERROR_ABT BIT(7)
#define GERROR_MSI_PRIQ_ABT BIT(6)
#define GERROR_MSI_EVENTQ_ABT BIT(5)
#define GERROR_MSI_CMDQ_ABT BIT(4)
#define GERROR_PRIQ_ABT BIT(3)
#define GERROR_EVENTQ_ABT BIT(2)
#define GERROR_CMDQ BIT(0)

/* Each: address, at +8 the data, at +12 the attributes. */
#define SMMU_GERROR_IRQ_CFG0 0x68
#define SMMU_EVENTQ_IRQ_CFG0 0xb0
#define SMMU_PRIQ_IRQ_CFG0 0xd0
#define IRQ_CFG0_ADDRESS GENMASK_ULL(55, 2)
#define IRQ_CFG_DATA 8
#define IRQ_CFG_ATTRIBUTES 12
#define IRQ_CFG_DEVICE_nGnRE 1

#define SMMU_STRTAB_BASE 0x80
#define STRTAB_BASE_RA BIT_ULL(62)
#define SMMU_STRTAB_BASE_CFG 0x88
#define STRTAB_CFG_FMT GENMASK(17, 16)
#define STRTAB_CFG_FMT_2LEVEL 1
#define STRTAB_CFG_SPLIT GENMASK(10, 6)
#define STRTAB_CFG_LOG2SIZE GENMASK(5, 0)

/* A queue: base here, indices in page 0 (commands) or page 1 (the others). */
#define SMMU_CMDQ_BASE 0x90
#define SMMU_CMDQ_PROD 0x98
#define SMMU_CMDQ_CONS 0x9c
#define CMDQ_CONS_ERR GENMASK(30, 24)
#define SMMU_EVENTQ_BASE 0xa0
#define SMMU_EVENTQ_PROD (SMMU_PAGE1 + 0xa8)
#define SMMU_EVENTQ_CONS (SMMU_PAGE1 + 0xac)
#define SMMU_PRIQ_BASE 0xc0
#define SMMU_PRIQ_PROD (SMMU_PAGE1 + 0xc8)
#define SMMU_PRIQ_CONS (SMMU_PAGE1 + 0xcc)
#define QUEUE_BASE_RWA BIT_ULL(62)
#define QUEUE_OVERFLOW BIT(31)

enum { CERROR_NONE, CERROR_ILL, CERROR_ABT, CERROR_ATC_INV_SYNC }; /* 7.1 */

/* Shareability and cacheability, the same encodings everywhere. */
#define SH_INNER 3
#define CACHE_WBRA 1

/* ---- stream table (5.1, 5.2) ---- */

#define STE_WORDS 8
#define STE_BYTES 64

#define L1STD_SPAN GENMASK_ULL(4, 0)
#define L1STD_L2PTR GENMASK_ULL(55, 6)

#define STE_0_V BIT_ULL(0)
#define STE_0_CONFIG GENMASK_ULL(3, 1)
#define STE_CONFIG_ABORT 0
#define STE_CONFIG_BYPASS 4
#define STE_CONFIG_S1 5
#define STE_CONFIG_S2 6
#define STE_CONFIG_NESTED 7
#define STE_0_S1FMT GENMASK_ULL(5, 4)
#define S1FMT_LINEAR 0
#define S1FMT_4K_L2 1
#define S1FMT_64K_L2 2
#define STE_0_S1CONTEXTPTR GENMASK_ULL(55, 6)
#define STE_0_S1CDMAX GENMASK_ULL(63, 59)

#define STE_1_S1DSS GENMASK_ULL(1, 0)
#define S1DSS_TERMINATE 0
#define S1DSS_BYPASS 1
#define S1DSS_SSID0 2
#define STE_1_S1CIR GENMASK_ULL(3, 2)
#define STE_1_S1COR GENMASK_ULL(5, 4)
#define STE_1_S1CSH GENMASK_ULL(7, 6)
#define STE_1_PPAR BIT_ULL(18)
#define STE_1_MEV BIT_ULL(19)
#define STE_1_S2FWB BIT_ULL(25)
#define STE_1_S1STALLD BIT_ULL(27)
#define STE_1_EATS GENMASK_ULL(29, 28)
#define EATS_ABORT 0
#define EATS_FULL 1
#define STE_1_STRW GENMASK_ULL(31, 30)
#define STE_1_SHCFG GENMASK_ULL(45, 44)
#define SHCFG_INCOMING 1
#define STE_1_ATTRIBUTES GENMASK_ULL(51, 32) /* MemAttr to INSTCFG: overrides of what comes in */

#define STE_2_S2VMID GENMASK_ULL(15, 0)
#define STE_2_S2T0SZ GENMASK_ULL(37, 32)
#define STE_2_S2SL0 GENMASK_ULL(39, 38)
#define STE_2_S2IR0 GENMASK_ULL(41, 40)
#define STE_2_S2OR0 GENMASK_ULL(43, 42)
#define STE_2_S2SH0 GENMASK_ULL(45, 44)
#define STE_2_S2TG GENMASK_ULL(47, 46)
#define STE_2_S2PS GENMASK_ULL(50, 48)
#define STE_2_S2AA64 BIT_ULL(51)
#define STE_2_S2ENDI BIT_ULL(52)
#define STE_2_S2AFFD BIT_ULL(53)
#define STE_2_S2PTW BIT_ULL(54)
#define STE_2_S2HD BIT_ULL(55)
#define STE_2_S2HA BIT_ULL(56)
#define STE_2_S2S BIT_ULL(57)
#define STE_2_S2R BIT_ULL(58)

#define STE_3_S2TTB GENMASK_ULL(55, 4)

/* ---- context descriptors (5.3, 5.4) ---- */

#define CD_WORDS 8
#define CD_BYTES 64

#define L1CD_V BIT_ULL(0)
#define L1CD_L2PTR GENMASK_ULL(55, 12)

#define CD_0_T0SZ GENMASK_ULL(5, 0)
#define CD_0_TG0 GENMASK_ULL(7, 6)
#define CD_0_IR0 GENMASK_ULL(9, 8)
#define CD_0_OR0 GENMASK_ULL(11, 10)
#define CD_0_SH0 GENMASK_ULL(13, 12)
#define CD_0_EPD0 BIT_ULL(14)
#define CD_0_ENDI BIT_ULL(15)
#define CD_0_EPD1 BIT_ULL(30)
#define CD_0_V BIT_ULL(31)
#define CD_0_IPS GENMASK_ULL(34, 32)
#define CD_0_AA64 BIT_ULL(41)
#define CD_0_HD BIT_ULL(42)
#define CD_0_HA BIT_ULL(43)
#define CD_0_S BIT_ULL(44)
#define CD_0_R BIT_ULL(45)
#define CD_0_A BIT_ULL(46)
#define CD_0_ASET BIT_ULL(47)
#define CD_0_ASID GENMASK_ULL(63, 48)
#define CD_1_TTB0 GENMASK_ULL(55, 4)
#define CD_3_MAIR0 GENMASK_ULL(31, 0)

/* ---- commands (chapter 4) ---- */

#define CMD_WORDS 2
#define CMD_BYTES 16
#define CMDQ_ENTRY_LG2 4

enum {
    CMD_CFGI_STE = 0x03,
    CMD_CFGI_ALL = 0x04, /* CMD_CFGI_STE_RANGE with Range 31 */
    CMD_CFGI_CD = 0x05,
    CMD_CFGI_CD_ALL = 0x06,
    CMD_TLBI_NH_ALL = 0x10,
    CMD_TLBI_NH_ASID = 0x11,
    CMD_TLBI_NH_VA = 0x12,
    CMD_TLBI_NH_VAA = 0x13,
    CMD_TLBI_EL2_ALL = 0x20,
    CMD_TLBI_S12_VMALL = 0x28,
    CMD_TLBI_S2_IPA = 0x2a,
    CMD_TLBI_NSNH_ALL = 0x30,
    CMD_ATC_INV = 0x40,
    CMD_PRI_RESP = 0x41,
    CMD_RESUME = 0x44,
    CMD_STALL_TERM = 0x45,
    CMD_SYNC = 0x46,
};

#define CMD_0_OPCODE GENMASK_ULL(7, 0)
#define CMD_0_SSEC BIT_ULL(10)
#define CMD_0_SSV BIT_ULL(11)
#define CMD_0_SSID GENMASK_ULL(31, 12)
#define CMD_0_SID GENMASK_ULL(63, 32)

#define CFGI_1_LEAF BIT_ULL(0)
#define CFGI_1_RANGE GENMASK_ULL(4, 0)
#define CFGI_RANGE_ALL 31

#define TLBI_0_NUM GENMASK_ULL(16, 12)
#define TLBI_0_SCALE GENMASK_ULL(25, 20)
#define TLBI_0_VMID GENMASK_ULL(47, 32)
#define TLBI_0_ASID GENMASK_ULL(63, 48)
#define TLBI_1_LEAF BIT_ULL(0)
#define TLBI_1_TTL GENMASK_ULL(9, 8)
#define TLBI_1_TG GENMASK_ULL(11, 10)
#define TLBI_TG_4K 1
#define TLBI_1_ADDRESS GENMASK_ULL(63, 12)

#define ATC_0_GLOBAL BIT_ULL(9)
#define ATC_1_SIZE GENMASK_ULL(5, 0)
#define ATC_SIZE_ALL 52
#define ATC_1_ADDRESS GENMASK_ULL(63, 12)

#define PRI_1_PRGI GENMASK_ULL(8, 0)
#define PRI_1_RESP GENMASK_ULL(13, 12)
enum { PRI_RESP_FAILURE, PRI_RESP_INVALID, PRI_RESP_SUCCESS }; /* 4.5.2 */

#define RESUME_0_RETRY BIT_ULL(12)
#define RESUME_0_ABORT BIT_ULL(13)
#define RESUME_1_STAG GENMASK_ULL(15, 0)

/* ---- event records (7.3) ---- */

#define EVENT_WORDS 4
#define EVENTQ_ENTRY_LG2 5

enum {
    EVT_UUT = 0x01,
    EVT_BAD_STREAMID = 0x02,
    EVT_STE_FETCH = 0x03,
    EVT_BAD_STE = 0x04,
    EVT_BAD_ATS_TREQ = 0x05,
    EVT_STREAM_DISABLED = 0x06,
    EVT_TRANSL_FORBIDDEN = 0x07,
    EVT_BAD_SUBSTREAMID = 0x08,
    EVT_CD_FETCH = 0x09,
    EVT_BAD_CD = 0x0a,
    EVT_WALK_EABT = 0x0b,
    EVT_TRANSLATION = 0x10,
    EVT_ADDR_SIZE = 0x11,
    EVT_ACCESS = 0x12,
    EVT_PERMISSION = 0x13,
};

#define EVT_0_NUMBER GENMASK_ULL(7, 0)
#define EVT_0_SSV BIT_ULL(11)
#define EVT_0_SSID GENMASK_ULL(31, 12)
#define EVT_0_SID GENMASK_ULL(63, 32)
#define EVT_1_STAG GENMASK_ULL(15, 0)
#define EVT_1_STALL BIT_ULL(31)
#define EVT_1_PRIV BIT_ULL(33)
#define EVT_1_INSTRUCTION BIT_ULL(34)
#define EVT_1_READ BIT_ULL(35)
#define EVT_1_S2 BIT_ULL(39)
#define EVT_1_CLASS GENMASK_ULL(41, 40)
#define EVT_CLASS_IN 2
#define EVT_1_TREQ_WRITE BIT_ULL(30) /* of F_BAD_ATS_TREQ */

/* ---- PRI queue (chapter 8) ---- */

#define PPR_WORDS 2
#define PRIQ_ENTRY_LG2 4

#define PPR_0_SID GENMASK_ULL(31, 0)
#define PPR_0_SSID GENMASK_ULL(51, 32)
#define PPR_0_PRIV BIT_ULL(58)
#define PPR_0_EXEC BIT_ULL(59)
#define PPR_0_READ BIT_ULL(60)
#define PPR_0_WRITE BIT_ULL(61)
#define PPR_0_LAST BIT_ULL(62)
#define PPR_0_SSV BIT_ULL(63)
#define PPR_1_PRGI GENMASK_ULL(8, 0)
#define PPR_1_ADDRESS GENMASK_ULL(63, 12)

#endif
