# SPDX-License-Identifier: BSD-2-Clause
# bench.translate: every figure is printed, no translation is wrong (exit status), and none needs an event.
execute_process(COMMAND ${IOTB} bench translate --count 300 --runs 3 RESULT_VARIABLE result OUTPUT_VARIABLE output
                ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "exit status ${result}:\n${output}${errors}")
endif()
foreach(kind hit miss nested-miss)
  foreach(library "with errata" "without errata")
    if(NOT output MATCHES "\n *${kind} +${library}[^\n]* 0.00\n")
      message(FATAL_ERROR "no line of \"${kind}\" \"${library}\" without events in:\n${output}")
    endif()
  endforeach()
endforeach()
