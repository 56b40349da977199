# SPDX-License-Identifier: BSD-2-Clause
# Tests of memory, files and processes.
if(BUILD_TESTING AND TARGET PkgConfig::CMOCKA)
  add_kernel_library(kernel_memory_checks tests/memory_checks.c tests/file_checks.c)
  foreach(test memory file sweep)
    add_executable(unit_kernel_${test} tests/${test}_test.c tests/process_fixture.c tests/fake_machine.c)
    target_link_libraries(unit_kernel_${test} PRIVATE kernel kernel_memory_checks PkgConfig::CMOCKA)
    add_test(NAME unit.kernel.${test} COMMAND unit_kernel_${test})
  endforeach()
endif()
