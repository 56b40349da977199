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
