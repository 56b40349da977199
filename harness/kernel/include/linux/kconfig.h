/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

#include <linux/compiler.h>

/* The configuration of this kernel: an option is on when its macro is 1. */
#define CONFIG_64BIT 1
#define CONFIG_SMP 1
#define CONFIG_MMU 1
#define CONFIG_MODULES 1
#define CONFIG_PCI 1
#define CONFIG_PCI_MSI 1
#define CONFIG_PCI_ATS 1
#define CONFIG_PCI_PRI 1
#define CONFIG_PCI_PASID 1
#define CONFIG_IOMMU_API 1
#define CONFIG_IOMMU_SVA 1
#define CONFIG_IOMMU_IOPF 1
#define CONFIG_MMU_NOTIFIER 1
#define CONFIG_EVENTFD 1

#define __KCONFIG_ARG_1 0,
#define __KCONFIG_SECOND(ignored, value, ...) value
#define __KCONFIG_TEST(prefix_or_junk) __KCONFIG_SECOND(prefix_or_junk 1, 0)
#define __KCONFIG_JOIN(value) __KCONFIG_TEST(__KCONFIG_ARG_##value)
#define __KCONFIG_VALUE(option) __KCONFIG_JOIN(option)
#define IS_BUILTIN(option) __KCONFIG_VALUE(option)
#define IS_MODULE(option) __KCONFIG_VALUE(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))
#define IS_REACHABLE(option) IS_ENABLED(option)

#endif
