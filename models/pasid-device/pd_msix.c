/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pd_msix.c - 6.1.4 MSI-X: a message is a write of 4 bytes, without PASID, untranslated.
 */
#include "pasid-device/pd_internal.h"

#define MSIX_CONTROL (PD_CFG_MSIX + 2u)
#define MSIX_ENABLE 0x8000u
#define MSIX_FUNCTION_MASK 0x4000u
#define MESSAGE_BYTES 4u

void pd_msix_send(struct pasid_device *device, uint32_t vector)
{
    uint32_t control = pcie_config_read(&device->config, MSIX_CONTROL, 2);
    bool masked = (control & MSIX_FUNCTION_MASK) || pd_get(&device->bar0, PD_MSIX_MASK, vector * PD_STRIDE_MSIX);
    if (!(control & MSIX_ENABLE) || (masked && pd_erratum(device, PD_E_R31_MASK)))
        return;
    device->msix_pending |= 1u << vector;
    pd_kick(device);
}

/* Work with a PASID may use a vector that is open to it. */
bool pd_msix_permits(const struct pasid_device *device, uint32_t vector, const struct pd_flow *flow)
{
    uint32_t at = vector * PD_STRIDE_MSIXPERM;
    if (pd_get(&device->bar0, PD_MSIXPERM_IGNORE, at) || !pd_get(&device->bar0, PD_MSIXPERM_PASID_EN, at))
        return true;
    return flow->has_pasid && flow->pasid == pd_get(&device->bar0, PD_MSIXPERM_PASID, at);
}

static bool send(struct pasid_device *device, uint32_t vector)
{
    uint32_t at = vector * PD_STRIDE_MSIX;
    uint64_t address = pd_get(&device->bar0, PD_MSIX_ADDRESS, at) << 2;
    uint64_t data = pd_get(&device->bar0, PD_MSIX_DATA, at);
    struct pd_tlp *tlp = pd_tlp_prepare(device, PCIE_WRITE, PCIE_AT_UNTRANSLATED, NULL, false, address, MESSAGE_BYTES);
    if (!tlp)
        return false;
    if (pd_deviates(device, PD_E_H26_MSIX, NULL, address, NULL)) {
        tlp->request.has_pasid = true;
        tlp->request.pasid = 1;
    }
    for (uint32_t i = 0; i < MESSAGE_BYTES; i++)
        tlp->request.data[i] = (uint8_t)(data >> 8u * i);
    pd_tlp_queue(device, tlp);
    pd_count(device, PD_COUNT_MSIX, 1);
    return true;
}

bool pd_msix_step(struct pasid_device *device)
{
    uint32_t control = pcie_config_read(&device->config, MSIX_CONTROL, 2);
    bool moved = false;
    if (!(control & MSIX_ENABLE) || (control & MSIX_FUNCTION_MASK))
        return false;
    for (uint32_t vector = 0; vector < PD_VECTORS; vector++) {
        bool masked = pd_get(&device->bar0, PD_MSIX_MASK, vector * PD_STRIDE_MSIX);
        if (!(device->msix_pending >> vector & 1u) || masked || !send(device, vector))
            continue;
        device->msix_pending &= ~(1u << vector);
        moved = true;
    }
    return moved;
}
