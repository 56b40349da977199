/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The suite's tables against what Linux's VT-d driver believes: a third opinion. Compiled at test time against linux_facts.h,
 * which linux_facts.awk has made of an installed kernel source; nothing of Linux is in this repository.
 *
 * Exit 0: they agree. 1: they do not, one line for each difference.
 */
#include "spec/spec.h"

#include <stdio.h>
#include <string.h>

/* What the kernel's headers would have brought along. */
typedef uint64_t u64;
typedef uint64_t __u64;
typedef uint32_t u32;
typedef uint16_t u16;
typedef uint8_t u8;
typedef unsigned __int128 __u128;
struct intel_iommu;
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, value) ((x) = (value))
#define dma_wmb() ((void)0)
#define BIT_ULL(n) (UINT64_C(1) << (n))
#define BIT(n) (1ul << (n))
#define GENMASK_ULL(high, low) ((UINT64_MAX >> (63 - (high))) & (UINT64_MAX << (low)))
#define FIELD_GET(mask, value) (((value) & (mask)) / ((mask) & -(mask)))
#define PAGE_SHIFT 12
#define PAGE_MASK (~UINT64_C(0xfff))

#include "linux_facts.h"

static unsigned compared, different;

static void compare(const char *what, uint64_t table, uint64_t linux_says)
{
    compared++;
    if (table == linux_says)
        return;
    different++;
    printf("%s: %#llx in the table, %#llx in Linux\n", what, (unsigned long long)table, (unsigned long long)linux_says);
}

/* ---- where registers lie ---- */

#define OFFSET(reg) compare(#reg, spec_reg_field(#reg, NULL)->offset, DMAR_##reg)
#define OFFSET_AS(reg, macro) compare(#reg, spec_reg_field(reg, NULL)->offset, macro)

static void offsets(void)
{
    OFFSET(VER_REG);
    OFFSET(CAP_REG);
    OFFSET(ECAP_REG);
    OFFSET(GCMD_REG);
    OFFSET(GSTS_REG);
    OFFSET(RTADDR_REG);
    OFFSET(CCMD_REG);
    OFFSET(FSTS_REG);
    OFFSET(FECTL_REG);
    OFFSET(FEDATA_REG);
    OFFSET(FEADDR_REG);
    OFFSET(FEUADDR_REG);
    OFFSET(PMEN_REG);
    OFFSET(PLMBASE_REG);
    OFFSET(PLMLIMIT_REG);
    OFFSET(PHMBASE_REG);
    OFFSET(PHMLIMIT_REG);
    OFFSET(IQH_REG);
    OFFSET(IQT_REG);
    OFFSET(IQA_REG);
    OFFSET(ICS_REG);
    OFFSET_AS("IQERCD_REG", DMAR_IQER_REG);
    OFFSET(IRTA_REG);
    OFFSET(PQH_REG);
    OFFSET(PQT_REG);
    OFFSET(PQA_REG);
    OFFSET(PRS_REG);
    OFFSET(PECTL_REG);
    OFFSET(PEDATA_REG);
    OFFSET(PEADDR_REG);
    OFFSET(PEUADDR_REG);
    OFFSET(MTRRCAP_REG);
    OFFSET(MTRRDEF_REG);
    OFFSET(MTRR_FIX64K_00000_REG);
    OFFSET(MTRR_FIX16K_80000_REG);
    OFFSET(MTRR_FIX16K_A0000_REG);
    OFFSET(MTRR_FIX4K_C0000_REG);
    OFFSET(MTRR_FIX4K_C8000_REG);
    OFFSET(MTRR_FIX4K_D0000_REG);
    OFFSET(MTRR_FIX4K_D8000_REG);
    OFFSET(MTRR_FIX4K_E0000_REG);
    OFFSET(MTRR_FIX4K_E8000_REG);
    OFFSET(MTRR_FIX4K_F0000_REG);
    OFFSET(MTRR_FIX4K_F8000_REG);
    OFFSET(MTRR_PHYSBASE0_REG);
    OFFSET(MTRR_PHYSMASK0_REG);
    OFFSET(MTRR_PHYSBASE9_REG);
    OFFSET(MTRR_PHYSMASK9_REG);
    OFFSET(PERFCAP_REG);
    OFFSET(PERFCFGOFF_REG);
    OFFSET(PERFOVFOFF_REG);
    OFFSET(PERFCNTROFF_REG);
    OFFSET(PERFINTRSTS_REG);
    OFFSET(PERFINTRCTL_REG);
    OFFSET_AS("PERFEVNTCAP_REG[g]", DMAR_PERFEVNTCAP_REG);
    OFFSET(ECMD_REG);
    OFFSET(ECEO_REG);
    OFFSET(ECRSP_REG);
    OFFSET_AS("ECCAP_REG_0", DMAR_ECCAP_REG);
}

/* ---- masks of fields ---- */

static uint64_t reg_mask(const char *reg, const char *field)
{
    return spec_mask(spec_reg_field(reg, field));
}

static uint64_t struct_mask(const char *structure, const char *field)
{
    return spec_mask(spec_struct_field(structure, field));
}

#define BITS(reg, field, bits) compare(reg "." field, reg_mask(reg, field), (bits))
#define ENTRY(structure, field, bits) compare(structure "." field, struct_mask(structure, field), (bits))

static void commands(void)
{
    BITS("GCMD_REG", "TE", DMA_GCMD_TE);
    BITS("GCMD_REG", "SRTP", DMA_GCMD_SRTP);
    BITS("GCMD_REG", "SFL", DMA_GCMD_SFL);
    BITS("GCMD_REG", "EAFL", DMA_GCMD_EAFL);
    BITS("GCMD_REG", "WBF", DMA_GCMD_WBF);
    BITS("GCMD_REG", "QIE", DMA_GCMD_QIE);
    BITS("GCMD_REG", "SIRTP", DMA_GCMD_SIRTP);
    BITS("GCMD_REG", "IRE", DMA_GCMD_IRE);
    BITS("GCMD_REG", "CFI", DMA_GCMD_CFI);
    BITS("GSTS_REG", "TES", DMA_GSTS_TES);
    BITS("GSTS_REG", "RTPS", DMA_GSTS_RTPS);
    BITS("GSTS_REG", "FLS", DMA_GSTS_FLS);
    BITS("GSTS_REG", "AFLS", DMA_GSTS_AFLS);
    BITS("GSTS_REG", "WBFS", DMA_GSTS_WBFS);
    BITS("GSTS_REG", "QIES", DMA_GSTS_QIES);
    BITS("GSTS_REG", "IRTPS", DMA_GSTS_IRTPS);
    BITS("GSTS_REG", "IRES", DMA_GSTS_IRES);
    BITS("GSTS_REG", "CFIS", DMA_GSTS_CFIS);
    BITS("PMEN_REG", "EPM", DMA_PMEN_EPM);
    BITS("PMEN_REG", "PRS", DMA_PMEN_PRS);
    BITS("CCMD_REG", "ICC", DMA_CCMD_ICC);
    BITS("CCMD_REG", "CIRG", DMA_CCMD_GLOBAL_INVL | DMA_CCMD_DOMAIN_INVL);
    BITS("CCMD_REG", "FM", DMA_CCMD_FM(3));
    BITS("CCMD_REG", "SID", DMA_CCMD_SID(0xffff));
    BITS("CCMD_REG", "DID", DMA_CCMD_DID(0xffff));
    BITS("IOTLB_REG", "IVT", DMA_TLB_IVT);
    BITS("IOTLB_REG", "IIRG", DMA_TLB_GLOBAL_FLUSH | DMA_TLB_DSI_FLUSH);
    BITS("IOTLB_REG", "DR", DMA_TLB_READ_DRAIN);
    BITS("IOTLB_REG", "DW", DMA_TLB_WRITE_DRAIN);
    BITS("IOTLB_REG", "DID", DMA_TLB_DID(0xffff));
    BITS("IVA_REG", "IH", DMA_TLB_IH_NONLEAF);
    BITS("IVA_REG", "AM", DMA_TLB_MAX_SIZE);
}

static void status(void)
{
    BITS("FECTL_REG", "IM", DMA_FECTL_IM);
    BITS("FSTS_REG", "PFO", DMA_FSTS_PFO);
    BITS("FSTS_REG", "PPF", DMA_FSTS_PPF);
    BITS("FSTS_REG", "IQE", DMA_FSTS_IQE);
    BITS("FSTS_REG", "ICE", DMA_FSTS_ICE);
    BITS("FSTS_REG", "ITE", DMA_FSTS_ITE);
    BITS("PRS_REG", "PPR", DMA_PRS_PPR);
    BITS("PRS_REG", "PRO", DMA_PRS_PRO);
    BITS("PERFINTRSTS_REG", "PIS", DMA_PERFINTRSTS_PIS);
    BITS("ECRSP_REG", "IP", DMA_ECMD_ECRSP_IP);
    BITS("ECCAP_REG_3", "ECNTS", DMA_ECMD_ECCAP3_ECNTS);
    BITS("ECCAP_REG_3", "DCNTS", DMA_ECMD_ECCAP3_DCNTS);
    BITS("ECCAP_REG_3", "FCNTS", DMA_ECMD_ECCAP3_FCNTS);
    BITS("ECCAP_REG_3", "UFCNTS", DMA_ECMD_ECCAP3_UFCNTS);
    compare("RTADDR_REG.TTM of scalable mode", UINT64_C(1) << spec_reg_field("RTADDR_REG", "TTM")->lo, DMA_RTADDR_SMT);
    compare("ECMD_REG.OA", spec_reg_field("ECMD_REG", "OA")->lo, DMA_ECMD_OA_SHIFT);
}

/* ---- macros that take a register apart: a bit counts in them if and only if it is the field's ---- */

#define GETTER(reg, field, macro)                                                    \
    do {                                                                             \
        uint64_t seen = 0;                                                           \
        for (unsigned bit = 0; bit < 64; bit++)                                      \
            if ((uint64_t)macro(UINT64_C(1) << bit) != (uint64_t)macro(UINT64_C(0))) \
                seen |= UINT64_C(1) << bit;                                          \
        compare(reg "." field, reg_mask(reg, field), seen);                          \
    } while (0)

/* Fault records are read in dwords: half is 0 to 3 from the bottom. */
#define RECORD(field, macro, half)                                                                  \
    do {                                                                                            \
        uint64_t seen = 0;                                                                          \
        for (unsigned bit = 0; bit < 32; bit++)                                                     \
            if ((uint64_t)macro((UINT32_C(1) << bit)) != (uint64_t)macro(UINT32_C(0)))              \
                seen |= UINT64_C(1) << (bit + (half) % 2 * 32);                                     \
        compare("FRCD_REG." field, reg_mask("FRCD_REG[n]", field), seen);                           \
        compare("word of FRCD_REG." field, spec_reg_field("FRCD_REG[n]", field)->word, (half) / 2); \
    } while (0)

static void capabilities(void)
{
    GETTER("VER_REG", "MAX", DMAR_VER_MAJOR);
    GETTER("VER_REG", "MIN", DMAR_VER_MINOR);
    GETTER("CAP_REG", "ESRTPS", cap_esrtps);
    GETTER("CAP_REG", "ESIRTPS", cap_esirtps);
    GETTER("CAP_REG", "ECMDS", cap_ecmds);
    GETTER("CAP_REG", "FS5LP", cap_fl5lp_support);
    GETTER("CAP_REG", "PI", cap_pi_support);
    GETTER("CAP_REG", "FS1GP", cap_fl1gp_support);
    GETTER("CAP_REG", "DRD", cap_read_drain);
    GETTER("CAP_REG", "DWD", cap_write_drain);
    GETTER("CAP_REG", "MAMV", cap_max_amask_val);
    GETTER("CAP_REG", "NFR", cap_num_fault_regs);
    GETTER("CAP_REG", "PSI", cap_pgsel_inv);
    GETTER("CAP_REG", "SSLPS", cap_super_page_val);
    GETTER("CAP_REG", "FRO", cap_fault_reg_offset);
    GETTER("CAP_REG", "ZLR", cap_zlr);
    GETTER("CAP_REG", "MGAW", cap_mgaw);
    GETTER("CAP_REG", "SAGAW", cap_sagaw);
    GETTER("CAP_REG", "CM", cap_caching_mode);
    GETTER("CAP_REG", "PHMR", cap_phmr);
    GETTER("CAP_REG", "PLMR", cap_plmr);
    GETTER("CAP_REG", "RWBF", cap_rwbf);
    GETTER("CAP_REG", "AFL", cap_afl);
    GETTER("CAP_REG", "ND", cap_ndoms);
}

static void extended_capabilities(void)
{
    GETTER("ECAP_REG", "PMS", ecap_pms);
    GETTER("ECAP_REG", "RPS", ecap_rps);
    GETTER("ECAP_REG", "SMPWCS", ecap_smpwc);
    GETTER("ECAP_REG", "FSTS", ecap_flts);
    GETTER("ECAP_REG", "SSTS", ecap_slts);
    GETTER("ECAP_REG", "SSADS", ecap_slads);
    GETTER("ECAP_REG", "SMTS", ecap_smts);
    GETTER("ECAP_REG", "DIT", ecap_dit);
    GETTER("ECAP_REG", "PDS", ecap_pds);
    GETTER("ECAP_REG", "PASID", ecap_pasid);
    GETTER("ECAP_REG", "PSS", ecap_pss);
    GETTER("ECAP_REG", "EAFS", ecap_eafs);
    GETTER("ECAP_REG", "NWFS", ecap_nwfs);
    GETTER("ECAP_REG", "SRS", ecap_srs);
    GETTER("ECAP_REG", "ERS", ecap_ers);
    GETTER("ECAP_REG", "PRS", ecap_prs);
    GETTER("ECAP_REG", "NEST", ecap_nest);
    GETTER("ECAP_REG", "MTS", ecap_mts);
    GETTER("ECAP_REG", "IRO", ecap_iotlb_offset);
    GETTER("ECAP_REG", "C", ecap_coherent);
    GETTER("ECAP_REG", "QI", ecap_qis);
    GETTER("ECAP_REG", "PT", ecap_pass_through);
    GETTER("ECAP_REG", "EIM", ecap_eim_support);
    GETTER("ECAP_REG", "IR", ecap_ir_support);
    GETTER("ECAP_REG", "DT", ecap_dev_iotlb_support);
    GETTER("ECAP_REG", "MHMV", ecap_max_handle_mask);
    GETTER("ECAP_REG", "SC", ecap_sc_support);
}

static void other_getters(void)
{
    GETTER("PERFCAP_REG", "NCNTR", pcap_num_cntr);
    GETTER("PERFCAP_REG", "CW", pcap_cntr_width);
    GETTER("PERFCAP_REG", "EGCNT", pcap_num_event_group);
    GETTER("PERFCAP_REG", "IOS", pcap_interrupt);
    GETTER("PERFCAP_REG", "CS", pcap_cntr_stride);
    GETTER("PERFEVNTCAP_REG[g]", "ES", pecap_es);
    GETTER("FSTS_REG", "FRI", dma_fsts_fault_record_index);
    GETTER("IOTLB_REG", "IIRG", DMA_TLB_IIRG);
    GETTER("IOTLB_REG", "IAIG", DMA_TLB_IAIG);
    GETTER("IQERCD_REG", "IQEI", DMAR_IQER_REG_IQEI);
    GETTER("IQERCD_REG", "ITESID", DMAR_IQER_REG_ITESID);
    GETTER("IQERCD_REG", "ICESID", DMAR_IQER_REG_ICESID);
    GETTER("FRCD_REG[n]", "FI", dma_frcd_page_addr);
    RECORD("T1", dma_frcd_type, 3);
    RECORD("FR", dma_frcd_fault_reason, 3);
    RECORD("PV", dma_frcd_pasid_value, 3);
    RECORD("PP", dma_frcd_pasid_present, 2);
    compare("FRCD_REG.SID", reg_mask("FRCD_REG[n]", "SID"), dma_frcd_source_id(UINT32_MAX));
    compare("FRCD_REG.F", reg_mask("FRCD_REG[n]", "F"), (uint64_t)DMA_FRCD_F << 32);
}

/* ---- descriptors ---- */

static void invalidations(void)
{
    ENTRY("cc_inv_dsc", "FM", QI_CC_FM(3));
    ENTRY("cc_inv_dsc", "SID", QI_CC_SID(0xffff));
    ENTRY("cc_inv_dsc", "DID", QI_CC_DID(0xffff));
    ENTRY("cc_inv_dsc", "G", QI_CC_GRAN(DMA_CCMD_DEVICE_INVL));
    ENTRY("iotlb_inv_dsc", "DID", QI_IOTLB_DID(0xffff));
    ENTRY("iotlb_inv_dsc", "DR", QI_IOTLB_DR(1));
    ENTRY("iotlb_inv_dsc", "DW", QI_IOTLB_DW(1));
    ENTRY("iotlb_inv_dsc", "G", QI_IOTLB_GRAN(DMA_TLB_PSI_FLUSH));
    ENTRY("iotlb_inv_dsc", "ADDR", QI_IOTLB_ADDR(UINT64_MAX));
    ENTRY("iotlb_inv_dsc", "IH", QI_IOTLB_IH(1));
    ENTRY("iotlb_inv_dsc", "AM", QI_IOTLB_AM(0xff));
    ENTRY("pc_inv_dsc", "PASID", QI_PC_PASID(0xfffff));
    ENTRY("pc_inv_dsc", "DID", QI_PC_DID(0xffff));
    ENTRY("pc_inv_dsc", "G", QI_PC_GRAN(QI_PC_GLOBAL));
    ENTRY("p_iotlb_inv_dsc", "ADDR", QI_EIOTLB_ADDR(UINT64_MAX));
    ENTRY("p_iotlb_inv_dsc", "IH", QI_EIOTLB_IH(1));
    ENTRY("p_iotlb_inv_dsc", "AM", QI_EIOTLB_AM(0xff));
    ENTRY("p_iotlb_inv_dsc", "PASID", QI_EIOTLB_PASID(0xfffff));
    ENTRY("p_iotlb_inv_dsc", "DID", QI_EIOTLB_DID(0xffff));
    ENTRY("p_iotlb_inv_dsc", "G", QI_EIOTLB_GRAN(QI_GRAN_PSI_PASID));
}

static void other_descriptors(void)
{
    ENTRY("dev_tlb_inv_dsc", "SID", QI_DEV_IOTLB_SID(0xffff));
    ENTRY("dev_tlb_inv_dsc", "MIP", QI_DEV_IOTLB_QDEP(0x1f));
    ENTRY("dev_tlb_inv_dsc", "ADDR", QI_DEV_IOTLB_ADDR(UINT64_MAX));
    ENTRY("dev_tlb_inv_dsc", "S", QI_DEV_IOTLB_SIZE);
    ENTRY("dev_tlb_inv_dsc", "PFSID[3:0]", QI_DEV_IOTLB_PFSID(0xf));
    ENTRY("dev_tlb_inv_dsc", "PFSID[15:4]", QI_DEV_IOTLB_PFSID(0xfff0));
    ENTRY("p_dev_tlb_inv_dsc", "ADDR", QI_DEV_EIOTLB_ADDR(UINT64_MAX));
    ENTRY("p_dev_tlb_inv_dsc", "S", QI_DEV_EIOTLB_SIZE);
    ENTRY("p_dev_tlb_inv_dsc", "PASID", QI_DEV_EIOTLB_PASID(0xfffff));
    ENTRY("p_dev_tlb_inv_dsc", "SID", QI_DEV_EIOTLB_SID(0xffff));
    ENTRY("p_dev_tlb_inv_dsc", "MIP", QI_DEV_EIOTLB_QDEP(0x1f));
    ENTRY("p_dev_tlb_inv_dsc", "PFSID[3:0]", QI_DEV_EIOTLB_PFSID(0xf));
    ENTRY("p_dev_tlb_inv_dsc", "PFSID[15:4]", QI_DEV_EIOTLB_PFSID(0xfff0));
    ENTRY("iec_inv_dsc", "G", QI_IEC_SELECTIVE);
    ENTRY("iec_inv_dsc", "IIDX", QI_IEC_IIDEX(0xffffull));
    ENTRY("iec_inv_dsc", "IM", QI_IEC_IM(0x1full));
    ENTRY("inv_wait_dsc", "STDATA", QI_IWD_STATUS_DATA(0xffffffffull));
    ENTRY("inv_wait_dsc", "SW", QI_IWD_STATUS_WRITE);
    ENTRY("inv_wait_dsc", "FN", QI_IWD_FENCE);
    ENTRY("inv_wait_dsc", "PD", QI_IWD_PRQ_DRAIN);
    ENTRY("page_grp_resp_dsc", "PP", QI_PGRP_PASID_P(1));
    ENTRY("page_grp_resp_dsc", "RC", QI_PGRP_RESP_CODE(0xf));
    ENTRY("page_grp_resp_dsc", "RID", QI_PGRP_DID(0xffff));
    ENTRY("page_grp_resp_dsc", "PASID", QI_PGRP_PASID(0xfffff));
    ENTRY("page_grp_resp_dsc", "PRGI", QI_PGRP_IDX(0x1ff));
}

/* The notes of TYPE[3:0] begin with the type. */
static void type(const char *descriptor, unsigned linux_type)
{
    const char *note = spec_struct_field(descriptor, "TYPE[3:0]")->note;

    compare(descriptor, (uint64_t)(*note >= 'A' ? *note - 'A' + 10 : *note - '0'), linux_type);
}

static void types(void)
{
    type("cc_inv_dsc", QI_CC_TYPE);
    type("iotlb_inv_dsc", QI_IOTLB_TYPE);
    type("dev_tlb_inv_dsc", QI_DIOTLB_TYPE);
    type("iec_inv_dsc", QI_IEC_TYPE);
    type("inv_wait_dsc", QI_IWD_TYPE);
    type("p_iotlb_inv_dsc", QI_EIOTLB_TYPE);
    type("pc_inv_dsc", QI_PC_TYPE);
    type("p_dev_tlb_inv_dsc", QI_DEIOTLB_TYPE);
    type("page_grp_resp_dsc", QI_PGRP_RESP_TYPE);
}

/* ---- entries: Linux's own functions set a field of an empty entry ---- */

static void entry_is(const char *structure, const char *name, const uint64_t *words, uint32_t count)
{
    const struct spec_field *field = spec_struct_field(structure, name);
    char what[64];

    for (uint32_t i = 0; i < count; i++) {
        snprintf(what, sizeof what, "%s.%s, word %u", structure, name, i);
        compare(what, i == field->word ? spec_mask(field) : 0, words[i]);
    }
}

#define PASID(field, call)                                  \
    do {                                                    \
        struct pasid_entry entry = {{0}};                   \
        struct pasid_entry *pe = &entry;                    \
        call;                                               \
        entry_is("pasid_table_entry", field, entry.val, 8); \
    } while (0)

#define CONTEXT(structure, field, call)                                  \
    do {                                                                 \
        struct context_entry entry = {0};                                \
        struct context_entry *ce = &entry;                               \
        call;                                                            \
        entry_is(structure, field, (uint64_t[]){entry.lo, entry.hi}, 2); \
    } while (0)

static void pasid_entries(void)
{
    PASID("P", pasid_set_present(pe));
    PASID("FPD", pasid_clear_entry_with_fpd(pe));
    PASID("AW", pasid_set_address_width(pe, 7));
    PASID("PGTT", pasid_set_translation_type(pe, 7));
    PASID("SSADE", pasid_set_ssade(pe));
    PASID("SSPTPTR", pasid_set_slptr(pe, VTD_PAGE_MASK));
    PASID("DID", pasid_set_domain_id(pe, 0xffff));
    PASID("PWSNP", pasid_set_page_snoop(pe, 1));
    PASID("PGSNP", pasid_set_pgsnp(pe));
    PASID("SRE", pasid_set_sre(pe));
    PASID("FSPM", pasid_set_flpm(pe, 3));
    PASID("WPE", pasid_set_wpe(pe));
    PASID("EAFE", pasid_set_eafe(pe));
    PASID("FSPTPTR", pasid_set_flptr(pe, VTD_PAGE_MASK));
}

static void context_entries(void)
{
    CONTEXT("context_entry_legacy", "P", context_set_present(ce));
    CONTEXT("context_entry_legacy", "TT", context_set_translation_type(ce, 3));
    CONTEXT("context_entry_legacy", "SSPTPTR", context_set_address_root(ce, VTD_PAGE_MASK));
    CONTEXT("context_entry_legacy", "AW", context_set_address_width(ce, 7));
    CONTEXT("context_entry_legacy", "DID", context_set_domain_id(ce, 0xffff));
    CONTEXT("context_entry_scalable", "PASIDE", context_set_pasid(ce));
    CONTEXT("context_entry_scalable", "RID_PASID", context_set_sm_rid2pasid(ce, 0xfffff));
    CONTEXT("context_entry_scalable", "DTE", context_set_sm_dte(ce));
    CONTEXT("context_entry_scalable", "PRE", context_set_sm_pre(ce));
}

static void paging_entries(void)
{
    ENTRY("ss_pte", "R", DMA_PTE_READ);
    ENTRY("ss_pte", "W", DMA_PTE_WRITE);
    ENTRY("ss_pde_2m", "PS", DMA_PTE_LARGE_PAGE);
    ENTRY("ss_pdpe_1g", "PS", DMA_PTE_LARGE_PAGE);
    ENTRY("ss_pte", "SNP", DMA_PTE_SNP);
    ENTRY("ss_pte", "D", DMA_SL_PTE_DIRTY);
    ENTRY("fs_pte", "P", DMA_FL_PTE_PRESENT);
    ENTRY("fs_pte", "U/S", DMA_FL_PTE_US);
    ENTRY("fs_pte", "A", DMA_FL_PTE_ACCESS);
    ENTRY("fs_pte", "D", DMA_FL_PTE_DIRTY);
    compare("index into the PASID table", 0x3f, PASID_PTE_MASK);
}

/* Bit fields of struct irte, lowest first on the machines that Debian has a kernel for. */
#define IRTE(structure, name, member)         \
    do {                                      \
        union {                               \
            struct irte irte;                 \
            uint64_t word[2];                 \
        } u = {.word = {0, 0}};               \
        u.irte.member = ~UINT64_C(0);         \
        entry_is(structure, name, u.word, 2); \
    } while (0)

static void interrupt_entries(void)
{
    IRTE("irte_remapped", "P", present);
    IRTE("irte_remapped", "FPD", r_fpd);
    IRTE("irte_remapped", "DM", dst_mode);
    IRTE("irte_remapped", "RH", redir_hint);
    IRTE("irte_remapped", "TM", trigger_mode);
    IRTE("irte_remapped", "DLM", dlvry_mode);
    IRTE("irte_remapped", "AVAIL", r_avail);
    IRTE("irte_remapped", "V", r_vector);
    IRTE("irte_remapped", "DST", dest_id);
    IRTE("irte_remapped", "SID", sid);
    IRTE("irte_remapped", "SQ", sq);
    IRTE("irte_remapped", "SVT", svt);
    IRTE("irte_posted", "P", p_present);
    IRTE("irte_posted", "FPD", p_fpd);
    IRTE("irte_posted", "AVAIL", p_avail);
    IRTE("irte_posted", "URG", p_urgent);
    IRTE("irte_posted", "IM", p_pst);
    IRTE("irte_posted", "VV", p_vector);
    IRTE("irte_posted", "PDAL", pda_l);
    IRTE("irte_posted", "SID", p_sid);
    IRTE("irte_posted", "SQ", p_sq);
    IRTE("irte_posted", "SVT", p_svt);
    IRTE("irte_posted", "PDAH", pda_h);
}

int main(void)
{
    offsets();
    commands();
    status();
    capabilities();
    extended_capabilities();
    other_getters();
    invalidations();
    other_descriptors();
    types();
    pasid_entries();
    context_entries();
    paging_entries();
    interrupt_entries();
    printf("%u facts compared, %u differ\n", compared, different);
    return different != 0;
}
