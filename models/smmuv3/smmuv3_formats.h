/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smmuv3_formats.h - where the fields of structures, descriptors, event records and a few registers lie.
 *
 * A field is one number: word * 2^16 + lowest bit * 2^8 + width; words are 64 bits, as the structures of chapters 5 and 7 are
 * written down from bit 0 on.
 */
#ifndef SMMUV3_SMMUV3_FORMATS_H
#define SMMUV3_SMMUV3_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

#define SMMUV3_FIELD(word, low, bits) (((uint32_t)(word) << 16) | ((uint32_t)(low) << 8) | (uint32_t)(bits))

static inline uint64_t smmuv3_low_bits(unsigned bits)
{
    return bits >= 64u ? UINT64_MAX : (UINT64_C(1) << bits) - 1u;
}

/* What is left of a value from bit `shift` on. */
static inline uint64_t smmuv3_from_bit(uint64_t value, unsigned shift)
{
    return shift >= 64u ? 0 : value >> shift;
}

static inline uint64_t smmuv3_get(const uint64_t *words, uint32_t field)
{
    return (words[field >> 16] >> ((field >> 8) & 63u)) & smmuv3_low_bits(field & 127u);
}

static inline uint8_t smmuv3_get8(const uint64_t *words, uint32_t field)
{
    return (uint8_t)smmuv3_get(words, field);
}

static inline bool smmuv3_flag(const uint64_t *words, uint32_t field)
{
    return smmuv3_get(words, field) != 0;
}

/* An address field keeps its place: bits below the field are 0. */
static inline uint64_t smmuv3_get_address(const uint64_t *words, uint32_t field)
{
    return smmuv3_get(words, field) << ((field >> 8) & 63u);
}

static inline void smmuv3_put(uint64_t *words, uint32_t field, uint64_t value)
{
    words[field >> 16] |= (value & smmuv3_low_bits(field & 127u)) << ((field >> 8) & 63u);
}

/* ---- 6.3.24 SMMU_STRTAB_BASE, 6.3.25 SMMU_STRTAB_BASE_CFG ---- */
#define STRTAB_BASE_ADDR SMMUV3_FIELD(0, 6, 50)
#define STRTAB_CFG_LOG2SIZE SMMUV3_FIELD(0, 0, 6)
#define STRTAB_CFG_SPLIT SMMUV3_FIELD(0, 6, 5)
#define STRTAB_CFG_FMT SMMUV3_FIELD(0, 16, 2)

/* ---- 6.3.14 SMMU_GBPA ---- */
#define GBPA_MEMATTR SMMUV3_FIELD(0, 0, 4)
#define GBPA_MTCFG SMMUV3_FIELD(0, 4, 1)
#define GBPA_ALLOCCFG SMMUV3_FIELD(0, 8, 4)
#define GBPA_SHCFG SMMUV3_FIELD(0, 12, 2)
#define GBPA_PRIVCFG SMMUV3_FIELD(0, 16, 2)
#define GBPA_INSTCFG SMMUV3_FIELD(0, 18, 2)
#define GBPA_ABORT SMMUV3_FIELD(0, 20, 1)

/* ---- 5.1 L1STD ---- */
#define L1STD_SPAN SMMUV3_FIELD(0, 0, 5)
#define L1STD_L2PTR SMMUV3_FIELD(0, 6, 50)

/* ---- 5.2 STE ---- */
#define STE_V SMMUV3_FIELD(0, 0, 1)
#define STE_CONFIG SMMUV3_FIELD(0, 1, 3)
#define STE_S1FMT SMMUV3_FIELD(0, 4, 2)
#define STE_S1CONTEXTPTR SMMUV3_FIELD(0, 6, 50)
#define STE_S1CDMAX SMMUV3_FIELD(0, 59, 5)
#define STE_S1DSS SMMUV3_FIELD(1, 0, 2)
#define STE_S1CIR SMMUV3_FIELD(1, 2, 2)
#define STE_S1COR SMMUV3_FIELD(1, 4, 2)
#define STE_S1CSH SMMUV3_FIELD(1, 6, 2)
#define STE_CONT SMMUV3_FIELD(1, 13, 4)
#define STE_PPAR SMMUV3_FIELD(1, 18, 1)
#define STE_MEV SMMUV3_FIELD(1, 19, 1)
#define STE_S1PIE SMMUV3_FIELD(1, 24, 1)
#define STE_S2FWB SMMUV3_FIELD(1, 25, 1)
#define STE_S1STALLD SMMUV3_FIELD(1, 27, 1)
#define STE_EATS SMMUV3_FIELD(1, 28, 2)
#define STE_STRW SMMUV3_FIELD(1, 30, 2)
#define STE_MEMATTR SMMUV3_FIELD(1, 32, 4)
#define STE_MTCFG SMMUV3_FIELD(1, 36, 1)
#define STE_ALLOCCFG SMMUV3_FIELD(1, 37, 4)
#define STE_SHCFG SMMUV3_FIELD(1, 44, 2)
#define STE_PRIVCFG SMMUV3_FIELD(1, 48, 2)
#define STE_INSTCFG SMMUV3_FIELD(1, 50, 2)
#define STE_S2VMID SMMUV3_FIELD(2, 0, 16)
#define STE_S2T0SZ SMMUV3_FIELD(2, 32, 6)
#define STE_S2SL0 SMMUV3_FIELD(2, 38, 2)
#define STE_S2IR0 SMMUV3_FIELD(2, 40, 2)
#define STE_S2OR0 SMMUV3_FIELD(2, 42, 2)
#define STE_S2SH0 SMMUV3_FIELD(2, 44, 2)
#define STE_S2TG SMMUV3_FIELD(2, 46, 2)
#define STE_S2PS SMMUV3_FIELD(2, 48, 3)
#define STE_S2AA64 SMMUV3_FIELD(2, 51, 1)
#define STE_S2ENDI SMMUV3_FIELD(2, 52, 1)
#define STE_S2AFFD SMMUV3_FIELD(2, 53, 1)
#define STE_S2PTW SMMUV3_FIELD(2, 54, 1)
#define STE_S2HD SMMUV3_FIELD(2, 55, 1)
#define STE_S2HA SMMUV3_FIELD(2, 56, 1)
#define STE_S2S SMMUV3_FIELD(2, 57, 1)
#define STE_S2R SMMUV3_FIELD(2, 58, 1)
#define STE_S2HAFT SMMUV3_FIELD(2, 59, 1)
#define STE_S2SL0_2 SMMUV3_FIELD(3, 2, 1)
#define STE_S2DS SMMUV3_FIELD(3, 3, 1)
#define STE_S2TTB SMMUV3_FIELD(3, 4, 48)

/* Config[2:0] */
#define STE_CONFIG_S1 1u
#define STE_CONFIG_S2 2u
#define STE_CONFIG_PASS 4u
/* S1Fmt */
#define STE_S1FMT_4K 1u
#define STE_S1FMT_64K 2u
/* S1DSS */
#define STE_S1DSS_BYPASS 1u
#define STE_S1DSS_SSID0 2u
/* EATS */
#define STE_EATS_FULL 1u
#define STE_EATS_SPLIT 2u

/* ---- 5.3 L1CD ---- */
#define L1CD_V SMMUV3_FIELD(0, 0, 1)
#define L1CD_L2PTR SMMUV3_FIELD(0, 12, 44)

/* ---- 5.4 CD: of the two halves the one of TTB1 is in the next word or 16 bits up ---- */
#define CD_TSZ(half) SMMUV3_FIELD(0, 16u * (half), 6)
#define CD_TG(half) SMMUV3_FIELD(0, 6u + 16u * (half), 2)
#define CD_IR(half) SMMUV3_FIELD(0, 8u + 16u * (half), 2)
#define CD_OR(half) SMMUV3_FIELD(0, 10u + 16u * (half), 2)
#define CD_SH(half) SMMUV3_FIELD(0, 12u + 16u * (half), 2)
#define CD_EPD(half) SMMUV3_FIELD(0, 14u + 16u * (half), 1)
#define CD_ENDI SMMUV3_FIELD(0, 15, 1)
#define CD_V SMMUV3_FIELD(0, 31, 1)
#define CD_IPS SMMUV3_FIELD(0, 32, 3)
#define CD_AFFD SMMUV3_FIELD(0, 35, 1)
#define CD_WXN SMMUV3_FIELD(0, 36, 1)
#define CD_TBI(half) SMMUV3_FIELD(0, 38u + (half), 1)
#define CD_PAN SMMUV3_FIELD(0, 40, 1)
#define CD_AA64 SMMUV3_FIELD(0, 41, 1)
#define CD_HD SMMUV3_FIELD(0, 42, 1)
#define CD_HA SMMUV3_FIELD(0, 43, 1)
#define CD_S SMMUV3_FIELD(0, 44, 1)
#define CD_R SMMUV3_FIELD(0, 45, 1)
#define CD_A SMMUV3_FIELD(0, 46, 1)
#define CD_ASET SMMUV3_FIELD(0, 47, 1)
#define CD_ASID SMMUV3_FIELD(0, 48, 16)
#define CD_HAD(half) SMMUV3_FIELD(1u + (half), 1, 1)
#define CD_E0PD(half) SMMUV3_FIELD(1u + (half), 2, 1)
#define CD_TTB(half) SMMUV3_FIELD(1u + (half), 4, 48)
#define CD_HAFT SMMUV3_FIELD(1, 3, 1)
#define CD_EPAN SMMUV3_FIELD(1, 59, 1)
#define CD_DS SMMUV3_FIELD(2, 58, 1)
#define CD_PIE SMMUV3_FIELD(2, 59, 1)
#define CD_MAIR SMMUV3_FIELD(3, 0, 64)
#define CD_PIIU SMMUV3_FIELD(6, 0, 48)
#define CD_PIIP SMMUV3_FIELD(7, 0, 48)

/* ---- Arm DDI 0487 D8.3.1 VMSAv8-64 descriptor formats ---- */
#define TTD_VALID UINT64_C(1)
#define TTD_TABLE UINT64_C(2) /* table above level 3, page at level 3 */
#define TTD_AP1 (UINT64_C(1) << 6)
#define TTD_AP2 (UINT64_C(1) << 7)
#define TTD_S2AP_READ (UINT64_C(1) << 6)
#define TTD_S2AP_WRITE (UINT64_C(1) << 7)
#define TTD_AF (UINT64_C(1) << 10)
#define TTD_NG (UINT64_C(1) << 11)
#define TTD_DBM (UINT64_C(1) << 51)
#define TTD_CONTIGUOUS (UINT64_C(1) << 52)
#define TTD_PXN (UINT64_C(1) << 53)
#define TTD_UXN (UINT64_C(1) << 54) /* XN where there is one privilege level */
#define TTD_PXNTABLE (UINT64_C(1) << 59)
#define TTD_UXNTABLE (UINT64_C(1) << 60)
#define TTD_APTABLE0 (UINT64_C(1) << 61)
#define TTD_APTABLE1 (UINT64_C(1) << 62)
#define TTD_ATTRINDX SMMUV3_FIELD(0, 2, 3)
#define TTD_MEMATTR SMMUV3_FIELD(0, 2, 4)
#define TTD_SH SMMUV3_FIELD(0, 8, 2)

/* ---- 7.3 Event records ---- */
#define EVENT_TYPE SMMUV3_FIELD(0, 0, 8)
#define EVENT_SSV SMMUV3_FIELD(0, 11, 1)
#define EVENT_SUBSTREAMID SMMUV3_FIELD(0, 12, 20)
#define EVENT_STREAMID SMMUV3_FIELD(0, 32, 32)
#define EVENT_STAG SMMUV3_FIELD(1, 0, 16)
#define EVENT_STALL SMMUV3_FIELD(1, 31, 1)
#define EVENT_PNU SMMUV3_FIELD(1, 33, 1)
#define EVENT_IND SMMUV3_FIELD(1, 34, 1)
#define EVENT_RNW SMMUV3_FIELD(1, 35, 1)
#define EVENT_S2 SMMUV3_FIELD(1, 39, 1)
#define EVENT_CLASS SMMUV3_FIELD(1, 40, 2)
#define EVENT_TTRNW SMMUV3_FIELD(1, 44, 1)
#define EVENT_INPUTADDR SMMUV3_FIELD(2, 0, 64)
#define EVENT_IPA SMMUV3_FIELD(3, 12, 44)
#define EVENT_FETCHADDR SMMUV3_FIELD(3, 3, 53)
/* 7.3.6 F_BAD_ATS_TREQ; its figure is not in every edition of the text, see docs/layout-disputes.md. */
#define EVENT_TREQ_PRIV SMMUV3_FIELD(1, 28, 1)
#define EVENT_TREQ_X SMMUV3_FIELD(1, 29, 1)
#define EVENT_TREQ_W SMMUV3_FIELD(1, 30, 1)
#define EVENT_TREQ_R SMMUV3_FIELD(1, 31, 1)
#define EVENT_TREQ_SPAN SMMUV3_FIELD(1, 0, 4)
#define EVENT_TREQ_INPUTADDR SMMUV3_FIELD(2, 12, 52)

/* ---- chapter 8: entries of the PRI queue ---- */
#define PPR_STREAMID SMMUV3_FIELD(0, 0, 32)
#define PPR_SUBSTREAMID SMMUV3_FIELD(0, 32, 20)
#define PPR_PRIV SMMUV3_FIELD(0, 58, 1)
#define PPR_X SMMUV3_FIELD(0, 59, 1)
#define PPR_R SMMUV3_FIELD(0, 60, 1)
#define PPR_W SMMUV3_FIELD(0, 61, 1)
#define PPR_LAST SMMUV3_FIELD(0, 62, 1)
#define PPR_SSV SMMUV3_FIELD(0, 63, 1)
#define PPR_PRGINDEX SMMUV3_FIELD(1, 0, 9)
#define PPR_ADDRESS SMMUV3_FIELD(1, 12, 52)

/* ---- 5.4 IPS, 5.2 S2PS, 6.3.6 OAS: one encoding ---- */
static inline unsigned smmuv3_size_bits(unsigned encoded)
{
    return encoded >= 7u   ? 56u
           : encoded == 6u ? 52u
           : encoded == 5u ? 48u
           : encoded == 4u ? 44u
           : encoded == 3u ? 42u
                           : 32u + 4u * encoded;
}

#endif
