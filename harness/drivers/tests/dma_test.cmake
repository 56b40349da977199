# SPDX-License-Identifier: BSD-2-Clause
# add_driver_dma_test(NAME [MODULE module] BUGS list FOUND_BY file SOURCES ...): the program unit_NAME_dma, a driver on the
# standard machine without the rest of the kernel, and tests that run it as it is and with each of the driver's mistakes.
include_guard()
set(DRIVER_DMA_DIR ${CMAKE_CURRENT_LIST_DIR})

function(add_driver_dma_test name)
  cmake_parse_arguments(DMA "" "MODULE;BUGS;FOUND_BY" "SOURCES" ${ARGN})
  if(NOT DMA_MODULE)
    set(DMA_MODULE ${name})
  endif()
  foreach(source dma_alike dma_device shim_core shim_devices)
    list(APPEND DMA_SOURCES ${DRIVER_DMA_DIR}/${source}.c)
  endforeach()
  add_library(${name}_dma STATIC ${DMA_SOURCES})
  kernel_target_flags(${name}_dma)
  target_link_libraries(${name}_dma INTERFACE kmod_${DMA_MODULE})
  add_executable(unit_${name}_dma tests/${name}_dma_test.c ${DRIVER_DMA_DIR}/dma_program.c)
  target_include_directories(unit_${name}_dma PRIVATE ${DRIVER_DMA_DIR}/../..)
  target_link_libraries(unit_${name}_dma PRIVATE kmod_${DMA_MODULE} ${name}_dma iotb_standard_machine PkgConfig::CMOCKA)
  add_test(NAME unit.${name}_dma COMMAND unit_${name}_dma)
  add_test(
    NAME unit.${name}_bugs
    COMMAND ${CMAKE_COMMAND} -DTEST=$<TARGET_FILE:unit_${name}_dma> -DBUGS=${DMA_BUGS}
            -DFOUND_BY=${CMAKE_CURRENT_SOURCE_DIR}/${DMA_FOUND_BY} -P ${DRIVER_DMA_DIR}/bugs.cmake)
endfunction()
