/* SPDX-License-Identifier: BSD-2-Clause */
/* vtd_dma.h - what DMA does under the driver, on the standard machine; see drivers/tests/dma_tests.h. */
#ifndef VTD_DMA_H
#define VTD_DMA_H

#include "drivers/tests/dma_tests.h"

void dma_second_stage(void);
void dma_first_stage(void);
void dma_pasids(void);
void dma_nested(void);
void dma_process(void);
void dma_requests(void);
void dma_compatibility(void);
void dma_regions(void);
void dma_failures(void);

#endif
