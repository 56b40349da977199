/* SPDX-License-Identifier: BSD-2-Clause */
#include "systemc/smmuv3_iommu.h"

#include <cerrno>
#include <new>
#include <stdexcept>

namespace iotb
{

namespace
{

void pulse(void *unit, enum smmuv3_line line)
{
    static_cast<smmuv3_iommu *>(unit)->wires->line(line);
}

void event(void *unit)
{
    static_cast<smmuv3_iommu *>(unit)->wires->event();
}

} // namespace

smmuv3_iommu::smmuv3_iommu(const sc_core::sc_module_name &name, slaved_sim &time, const struct smmuv3_params &params,
                           const struct probe &probe)
    : iommu(name, time), wires("wires")
{
    struct smmuv3_ports ports = {memory_port(), pulse, event, this, probe, {}};
    char error[200] = "";
    int result = smmuv3_create(&time.sim, &params, &ports, &smmu, error, sizeof error);

    if (result == -ENOMEM)
        throw std::bad_alloc();
    if (result)
        throw std::invalid_argument(error);
}

smmuv3_iommu::~smmuv3_iommu()
{
    smmuv3_destroy(smmu);
}

void smmuv3_iommu::model_reset(bool)
{
    smmuv3_reset(smmu);
}

bool smmuv3_iommu::model_request(struct pcie_request &request)
{
    return smmuv3_request(smmu, &request);
}

std::uint64_t smmuv3_iommu::model_read(std::uint64_t offset, std::uint32_t bytes)
{
    return smmuv3_register_read(smmu, offset, bytes);
}

void smmuv3_iommu::model_write(std::uint64_t offset, std::uint32_t bytes, std::uint64_t value)
{
    smmuv3_register_write(smmu, offset, bytes, value);
}

} // namespace iotb
