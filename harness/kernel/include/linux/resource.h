/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_RESOURCE_H
#define _LINUX_RESOURCE_H

#define RLIMIT_NOFILE 7
#define RLIMIT_MEMLOCK 8
#define RLIM_NLIMITS 16
#define RLIM_INFINITY (~0UL)

struct rlimit {
    unsigned long rlim_cur, rlim_max;
};

#endif
