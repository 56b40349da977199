/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * vfio_host.h - which devices VFIO offers, for the host of the library build, which asks by a task (kernel_run). Includes
 * nothing, for both sides use it.
 */
#ifndef IOASID_VFIO_HOST_H
#define IOASID_VFIO_HOST_H

struct vfio_host_device {
    char name[32];     /* "0000:00:02.0", or an mdev's */
    char node[32];     /* "vfio/devices/vfio0"; "": it has none */
    char parent[32];   /* of an mdev: the function's name; else "" */
    unsigned int kind; /* enum vfio_kind */
    unsigned int vpasid_bits, pasid_flags, group; /* of the legacy path: /dev/vfio/GROUP */
};

/* The n-th: 1, or 0 when there are no more. */
int vfio_host_device(unsigned int n, struct vfio_host_device *device);

#endif
