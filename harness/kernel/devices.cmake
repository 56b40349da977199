# SPDX-License-Identifier: BSD-2-Clause
# The device model and the iommu core of the harness kernel.
add_kernel_library(
  kernel_devices
  acpi.c
  device.c
  devres.c
  iommu_device.c
  iommu_dma.c
  iommu_domain.c
  iommu_fault.c
  iommu_group.c
  iommu_map.c
  iommu_owner.c
  iommu_pasid.c
  iova_bitmap.c
  irq.c
  mmio.c
  msi.c
  pci.c
  pci_ats.c
  pci_driver.c
  pci_msi.c
  platform.c)

if(BUILD_TESTING AND TARGET PkgConfig::CMOCKA)
  add_kernel_library(kernel_device_checks tests/device_checks.c tests/iommu_checks.c)
  add_executable(unit_kernel_device tests/device_test.c)
  target_link_libraries(
    unit_kernel_device PRIVATE kernel_core kernel_memory kernel_devices kernel_device_checks iotb_standard_machine
                               PkgConfig::CMOCKA)
  add_test(NAME unit.kernel.device COMMAND unit_kernel_device)
  add_kernel_library(kernel_machine_checks tests/machine_checks.c)
  add_executable(unit_kernel_machine tests/machine_test.c)
  target_link_libraries(
    unit_kernel_machine PRIVATE kernel_core kernel_memory kernel_devices kernel_device_checks kernel_machine_checks kmod_vtd
                                kmod_arm-smmu-v3 iotb_standard_machine PkgConfig::CMOCKA)
  add_test(NAME unit.kernel.machine COMMAND unit_kernel_machine)
endif()
