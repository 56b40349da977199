# SPDX-License-Identifier: BSD-2-Clause
# Every mistake of a driver is found by a test of what DMA does: -DTEST=program -DBUGS=list of mistakes -DFOUND_BY=which test finds
# which, as set(MISTAKE test).
include(${FOUND_BY})
file(STRINGS ${BUGS} lines REGEX "^[A-Z0-9]+_BUG")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^[A-Z0-9]+_BUG\\(([A-Z_0-9]+),.*" "\\1" bug "${line}")
  if(NOT ${bug})
    message(SEND_ERROR "${bug}: no test is named")
    continue()
  endif()
  execute_process(COMMAND ${TEST} ${${bug}} RESULT_VARIABLE without OUTPUT_QUIET ERROR_QUIET TIMEOUT 60)
  execute_process(COMMAND ${TEST} ${${bug}} ${bug} RESULT_VARIABLE with OUTPUT_QUIET ERROR_QUIET TIMEOUT 60)
  if(without OR NOT with)
    message(SEND_ERROR "${bug}: not found by ${${bug}}")
  endif()
endforeach()
