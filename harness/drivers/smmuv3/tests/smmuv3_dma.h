/* SPDX-License-Identifier: BSD-2-Clause */
/* smmuv3_dma.h - what DMA does under the driver, on the standard machine; see drivers/tests/dma_tests.h. */
#ifndef SMMUV3_DMA_H
#define SMMUV3_DMA_H

#include "drivers/tests/dma_tests.h"

void dma_first_stage(void);
void dma_second_stage(void);
void dma_switch(void);
void dma_pasids(void);
void dma_nested(void);
void dma_process(void);
void dma_requests(void);
void dma_busy_unmap(void);
void dma_busy_replace(void);
void dma_events(void);
void dma_lost_atc(void);
void dma_overflow(void);
void dma_refused_command(void);
void dma_compatibility(void);
void dma_blocks(void);

#endif
