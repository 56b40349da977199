# SPDX-License-Identifier: BSD-2-Clause
# Memory, files and processes of the harness kernel.
add_kernel_library(
  kernel_memory
  file.c
  file_calls.c
  file_event.c
  file_node.c
  file_table.c
  mm_access.c
  mm_area.c
  mm_device.c
  mm_fault.c
  mm_notifier.c
  mm_page.c
  mm_pin.c
  mm_space.c
  mm_table.c
  process.c
  process_calls.c
  process_memory.c)
target_include_directories(kernel_memory_archive PRIVATE ${KERNEL_BRIDGE})

if(BUILD_TESTING AND TARGET PkgConfig::CMOCKA)
  add_kernel_library(kernel_memory_checks tests/memory_checks.c tests/file_checks.c)
  foreach(test memory file)
    add_executable(unit_kernel_${test} tests/${test}_test.c tests/process_fixture.c tests/fake_machine.c)
    target_link_libraries(unit_kernel_${test} PRIVATE kernel kernel_memory_checks PkgConfig::CMOCKA)
    add_test(NAME unit.kernel.${test} COMMAND unit_kernel_${test})
  endforeach()
endif()
