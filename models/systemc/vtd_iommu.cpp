/* SPDX-License-Identifier: BSD-2-Clause */
#include "systemc/vtd_iommu.h"

#include <cerrno>
#include <new>
#include <stdexcept>

namespace iotb
{

namespace
{

void message(void *unit, std::uint64_t address, std::uint32_t data)
{
    static_cast<vtd_iommu *>(unit)->interrupts->message(address, data);
}

void device_message(void *unit, std::uint16_t requester_id, std::uint64_t address, std::uint32_t data)
{
    static_cast<vtd_iommu *>(unit)->interrupts->device_message(requester_id, address, data);
}

} // namespace

vtd_iommu::vtd_iommu(const sc_core::sc_module_name &name, slaved_sim &time, const struct vtd_params &params,
                     const struct probe &probe)
    : iommu(name, time), interrupts("interrupts")
{
    struct vtd_ports ports = {memory_port(), {message, this}, {device_message, this}, probe, {}};
    char error[200] = "";
    int result = vtd_create(&time.sim, &params, &ports, &vtd, error, sizeof error);

    if (result == -ENOMEM)
        throw std::bad_alloc();
    if (result)
        throw std::invalid_argument(error);
}

vtd_iommu::~vtd_iommu()
{
    vtd_destroy(vtd);
}

void vtd_iommu::model_reset(bool warm)
{
    vtd_reset(vtd, warm);
}

bool vtd_iommu::model_request(struct pcie_request &request)
{
    return vtd_request(vtd, &request);
}

std::uint64_t vtd_iommu::model_read(std::uint64_t offset, std::uint32_t bytes)
{
    return vtd_register_read(vtd, offset, bytes);
}

void vtd_iommu::model_write(std::uint64_t offset, std::uint32_t bytes, std::uint64_t value)
{
    vtd_register_write(vtd, offset, bytes, value);
}

} // namespace iotb
