/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vtd_formats.h - 9 Translation Structure Formats: where the fields of the entries in memory are.
 *
 * A structure is an array of 64-bit words, the lowest first; the word is part of each name, and bit numbers count from the
 * bottom of that word (the tables of chapter 9 count through: bit 72 there is bit 8 of W1). Fields that hold an address have
 * the bits from the host address width (HAW) on reserved; that part depends on the unit and is not in the masks of here.
 */
#ifndef VTD_VTD_FORMATS_H
#define VTD_VTD_FORMATS_H

#include "vtd/vtd.h"

#include <stdint.h>

#define VTD_FMT(high, low) ((UINT64_MAX >> (63u - (high))) & (UINT64_MAX << (low)))
#define VTD_FMT_LOWEST(mask) ((mask) & (~(mask) + 1u))
#define VTD_FMT_GET(mask, word) (((uint64_t)(word) & (mask)) / VTD_FMT_LOWEST(mask))
#define VTD_FMT_PUT(mask, value) (((uint64_t)(value)*VTD_FMT_LOWEST(mask)) & (mask))

/* The addresses of all tables are those of 4 KiB pages. */
#define VTD_TABLE_ADDRESS VTD_FMT(63u, 12u)

/* 11.4.5 Root Table Address Register */
#define VTD_RTADDR_RTA VTD_TABLE_ADDRESS
#define VTD_RTADDR_TTM VTD_FMT(11u, 10u)
#define VTD_RTADDR_SSIRWE VTD_FMT(7u, 7u)

/* 9.1 Root Entry */
#define VTD_ROOT_W0_P VTD_FMT(0u, 0u)
#define VTD_ROOT_W0_CTP VTD_TABLE_ADDRESS
#define VTD_ROOT_W0_RESERVED VTD_FMT(11u, 1u)
#define VTD_ROOT_W1_RESERVED VTD_FMT(63u, 0u)

/* 9.2 Scalable-mode Root Entry: both words have the same form, W0 for devices 0 to 15, W1 for 16 to 31 */
#define VTD_SMROOT_P VTD_FMT(0u, 0u)
#define VTD_SMROOT_CTP VTD_TABLE_ADDRESS
#define VTD_SMROOT_RESERVED VTD_FMT(11u, 1u)

/* 9.3 Context Entry */
#define VTD_CONTEXT_BYTES 16u
#define VTD_CONTEXT_W0_P VTD_FMT(0u, 0u)
#define VTD_CONTEXT_W0_FPD VTD_FMT(1u, 1u)
#define VTD_CONTEXT_W0_TT VTD_FMT(3u, 2u)
#define VTD_CONTEXT_W0_RESERVED VTD_FMT(11u, 4u)
#define VTD_CONTEXT_W0_SSPTPTR VTD_TABLE_ADDRESS
#define VTD_CONTEXT_W1_AW VTD_FMT(2u, 0u)
#define VTD_CONTEXT_W1_DID VTD_FMT(23u, 8u)
#define VTD_CONTEXT_W1_RESERVED (VTD_FMT(7u, 7u) | VTD_FMT(63u, 24u))

#define VTD_TT_UNTRANSLATED 0u /* second stage, ATS blocked */
#define VTD_TT_ALL 1u          /* second stage, ATS allowed */
#define VTD_TT_PASS_THROUGH 2u

/* 9.4 Scalable-Mode Context-Entry */
#define VTD_SMCONTEXT_BYTES 32u
#define VTD_SMCONTEXT_W0_P VTD_FMT(0u, 0u)
#define VTD_SMCONTEXT_W0_FPD VTD_FMT(1u, 1u)
#define VTD_SMCONTEXT_W0_DTE VTD_FMT(2u, 2u)
#define VTD_SMCONTEXT_W0_PASIDE VTD_FMT(3u, 3u)
#define VTD_SMCONTEXT_W0_PRE VTD_FMT(4u, 4u)
#define VTD_SMCONTEXT_W0_HPTE VTD_FMT(5u, 5u)
#define VTD_SMCONTEXT_W0_EPTR VTD_FMT(6u, 6u)
#define VTD_SMCONTEXT_W0_RESERVED VTD_FMT(8u, 7u)
#define VTD_SMCONTEXT_W0_PDTS VTD_FMT(11u, 9u)
#define VTD_SMCONTEXT_W0_PASIDDIRPTR VTD_TABLE_ADDRESS
#define VTD_SMCONTEXT_W1_RID_PASID VTD_FMT(19u, 0u)
#define VTD_SMCONTEXT_W1_RID_PRIV VTD_FMT(20u, 20u)
#define VTD_SMCONTEXT_W1_RESERVED VTD_FMT(63u, 21u)
#define VTD_SMCONTEXT_W2_RESERVED VTD_FMT(63u, 0u)
#define VTD_SMCONTEXT_W3_RESERVED VTD_FMT(63u, 0u)

/* 9.5 Scalable-Mode PASID Directory Entry */
#define VTD_PASIDDIR_W0_P VTD_FMT(0u, 0u)
#define VTD_PASIDDIR_W0_FPD VTD_FMT(1u, 1u)
#define VTD_PASIDDIR_W0_RESERVED VTD_FMT(11u, 2u)
#define VTD_PASIDDIR_W0_SMPTBLPTR VTD_TABLE_ADDRESS

/* 9.6 Scalable-Mode PASID Table Entry */
#define VTD_PASID_WORDS 8u
#define VTD_PASID_W0_P VTD_FMT(0u, 0u)
#define VTD_PASID_W0_FPD VTD_FMT(1u, 1u)
#define VTD_PASID_W0_AW VTD_FMT(4u, 2u)
#define VTD_PASID_W0_PGTT VTD_FMT(8u, 6u)
#define VTD_PASID_W0_SSADE VTD_FMT(9u, 9u)
#define VTD_PASID_W0_RESERVED (VTD_FMT(5u, 5u) | VTD_FMT(11u, 10u))
#define VTD_PASID_W0_SSPTPTR VTD_TABLE_ADDRESS
#define VTD_PASID_W1_DID VTD_FMT(15u, 0u)
#define VTD_PASID_W1_PWSNP VTD_FMT(23u, 23u)
#define VTD_PASID_W1_PGSNP VTD_FMT(24u, 24u)
#define VTD_PASID_W1_CD VTD_FMT(25u, 25u)
#define VTD_PASID_W1_EMTE VTD_FMT(26u, 26u)
#define VTD_PASID_W1_PAT VTD_FMT(63u, 32u)
#define VTD_PASID_W1_RESERVED (VTD_FMT(22u, 16u) | VTD_FMT(31u, 27u))
#define VTD_PASID_W2_SRE VTD_FMT(0u, 0u)
#define VTD_PASID_W2_FSPM VTD_FMT(3u, 2u)
#define VTD_PASID_W2_WPE VTD_FMT(4u, 4u)
#define VTD_PASID_W2_EAFE VTD_FMT(7u, 7u)
#define VTD_PASID_W2_FSPTPTR VTD_TABLE_ADDRESS
#define VTD_PASID_W2_RESERVED (VTD_FMT(1u, 1u) | VTD_FMT(11u, 8u))
#define VTD_PASID_W3_RESERVED VTD_FMT(63u, 0u)
/* W4 to W7 hold the host permission table fields (HPTS, not modelled: reserved) and reserved bits. */
#define VTD_PASID_W4_RESERVED VTD_FMT(63u, 0u)
#define VTD_PASID_W5_RESERVED VTD_FMT(63u, 0u)
#define VTD_PASID_W6_RESERVED VTD_FMT(63u, 0u)
#define VTD_PASID_W7_RESERVED VTD_FMT(63u, 0u)

#define VTD_FSPM_4_LEVEL 0u
#define VTD_FSPM_5_LEVEL 1u

/* 9.7 First-Stage Paging Entries */
#define VTD_FS_P VTD_FMT(0u, 0u)
#define VTD_FS_RW VTD_FMT(1u, 1u)
#define VTD_FS_US VTD_FMT(2u, 2u)
#define VTD_FS_PWT VTD_FMT(3u, 3u)
#define VTD_FS_PCD VTD_FMT(4u, 4u)
#define VTD_FS_A VTD_FMT(5u, 5u)
#define VTD_FS_D VTD_FMT(6u, 6u)
#define VTD_FS_PS VTD_FMT(7u, 7u)
#define VTD_FS_PAT_4K VTD_FMT(7u, 7u)
#define VTD_FS_G VTD_FMT(8u, 8u)
#define VTD_FS_EA VTD_FMT(10u, 10u)
#define VTD_FS_PAT_LARGE VTD_FMT(12u, 12u)
#define VTD_FS_XD VTD_FMT(63u, 63u)

/* 9.8 Second-Stage Paging Entries */
#define VTD_SS_R VTD_FMT(0u, 0u)
#define VTD_SS_W VTD_FMT(1u, 1u)
#define VTD_SS_EMT VTD_FMT(5u, 3u)
#define VTD_SS_IPAT VTD_FMT(6u, 6u)
#define VTD_SS_PS VTD_FMT(7u, 7u)
#define VTD_SS_A VTD_FMT(8u, 8u)
#define VTD_SS_D VTD_FMT(9u, 9u)
#define VTD_SS_SNP VTD_FMT(11u, 11u)
#define VTD_SS_IR VTD_FMT(61u, 61u)
#define VTD_SS_IW VTD_FMT(62u, 62u)

/* 11.4.10 Interrupt Remapping Table Address Register */
#define VTD_IRTADDR_BASE VTD_TABLE_ADDRESS
#define VTD_IRTADDR_EIME VTD_FMT(11u, 11u)
#define VTD_IRTADDR_S VTD_FMT(3u, 0u)

/* 9.9 IRTE for Remapped Interrupts, 9.10 IRTE for Posted Interrupts */
#define VTD_IRTE_BYTES 16u
#define VTD_IRTE_W0_P VTD_FMT(0u, 0u)
#define VTD_IRTE_W0_FPD VTD_FMT(1u, 1u)
#define VTD_IRTE_W0_DM VTD_FMT(2u, 2u)
#define VTD_IRTE_W0_RH VTD_FMT(3u, 3u)
#define VTD_IRTE_W0_TM VTD_FMT(4u, 4u)
#define VTD_IRTE_W0_DLM VTD_FMT(7u, 5u)
#define VTD_IRTE_W0_IM VTD_FMT(15u, 15u)
#define VTD_IRTE_W0_V VTD_FMT(23u, 16u)
#define VTD_IRTE_W0_DST VTD_FMT(63u, 32u)
#define VTD_IRTE_W0_RESERVED (VTD_FMT(14u, 12u) | VTD_FMT(31u, 24u))
#define VTD_IRTE_W0_DST_XAPIC_RESERVED (VTD_FMT(39u, 32u) | VTD_FMT(63u, 48u))
#define VTD_IRTE_W1_SID VTD_FMT(15u, 0u)
#define VTD_IRTE_W1_SQ VTD_FMT(17u, 16u)
#define VTD_IRTE_W1_SVT VTD_FMT(19u, 18u)
#define VTD_IRTE_W1_RESERVED VTD_FMT(63u, 20u)
#define VTD_PIRTE_W0_URG VTD_FMT(14u, 14u)
#define VTD_PIRTE_W0_VV VTD_FMT(23u, 16u)
#define VTD_PIRTE_W0_PDAL VTD_FMT(63u, 38u)
#define VTD_PIRTE_W0_RESERVED (VTD_FMT(7u, 2u) | VTD_FMT(13u, 12u) | VTD_FMT(37u, 24u))
#define VTD_PIRTE_W1_PDAH VTD_FMT(63u, 32u)
#define VTD_PIRTE_W1_RESERVED VTD_FMT(31u, 20u)

/* 9.11 Posted Interrupt Descriptor: W0 to W3 are PIR */
#define VTD_PID_BYTES 64u
#define VTD_PID_W4_ON VTD_FMT(0u, 0u)
#define VTD_PID_W4_SN VTD_FMT(1u, 1u)
#define VTD_PID_W4_NV VTD_FMT(23u, 16u)
#define VTD_PID_W4_NDST VTD_FMT(63u, 32u)
#define VTD_PID_W4_RESERVED (VTD_FMT(15u, 2u) | VTD_FMT(31u, 24u))
#define VTD_PID_W4_NDST_XAPIC_RESERVED (VTD_FMT(39u, 32u) | VTD_FMT(63u, 48u))

/* The address field of a paging entry ends at bit 51; what is above HAW is reserved. */
#define VTD_PAGING_ADDRESS VTD_FMT(51u, 12u)

static inline uint64_t vtd_low_bits(unsigned count) /* of fewer than 64 */
{
    return (UINT64_C(1) << count) - 1u;
}

static inline uint64_t vtd_beyond_haw(const struct vtd_params *p)
{
    return ~vtd_low_bits(p->haw);
}

/* Bits of a 16-bit domain-id that a unit with ND does not have: 11.4.2 Capability Register, 4 + 2 * ND bits. */
static inline uint64_t vtd_beyond_did(const struct vtd_params *p)
{
    return UINT64_C(0xffff) & ~vtd_low_bits(4u + 2u * p->nd);
}

/* 9.3, 9.6: AW of 1, 2, 3 is a second stage of 39, 48, 57 bits; other values are reserved and have the nearest width here. */
static inline uint8_t vtd_aw_bits(uint64_t aw)
{
    if (aw < 1u)
        aw = 1u;
    if (aw > 3u)
        aw = 3u;
    return (uint8_t)(30u + 9u * (unsigned)aw);
}

static inline bool vtd_aw_supported(const struct vtd_params *p, uint64_t aw)
{
    return aw >= 1u && aw <= 3u && ((unsigned)p->sagaw >> aw & 1u);
}

#endif
