/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma.h - what DMA does under the driver, on the standard machine. Each runs on a machine of its own; bug: of vtd_bugs.def,
 * or NULL. */
#ifndef VTD_DMA_H
#define VTD_DMA_H

void dma_begin(const void *hardware, const char *bug);
void dma_end(void);

void dma_second_stage(void);
void dma_first_stage(void);
void dma_pasids(void);
void dma_nested(void);
void dma_process(void);
void dma_requests(void);
void dma_aliases(void);
void dma_dirty(void);
void dma_identity_and_blocked(void);
void dma_compatibility(void);
void dma_regions(void);
void dma_failures(void);

#endif
