# SPDX-License-Identifier: BSD-2-Clause
# conform.systemc.*: the model in its SystemC module gets the verdicts of the C model, case by case and row by row.
#   cmake -DIOTB=program -DCOMPARE=compare_results -DMODEL=vtd -DSET=parameters -DWORK=directory -P verdicts.cmake
file(MAKE_DIRECTORY ${WORK})
set(documents)
foreach(dut ${MODEL} systemc:${MODEL})
  string(REPLACE ":" "-" name ${dut})
  list(APPEND documents ${WORK}/${name}.json)
  execute_process(COMMAND ${IOTB} conform --no-report --dut ${dut},${SET} --json ${WORK}/${name}.json RESULT_VARIABLE result
                  OUTPUT_QUIET)
  if(NOT result MATCHES "^[014]$") # conform, not conform, and crashed are all verdicts
    message(FATAL_ERROR "${dut},${SET}: exit status ${result}")
  endif()
endforeach()
execute_process(COMMAND ${COMPARE} ${documents} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the verdicts differ")
endif()
