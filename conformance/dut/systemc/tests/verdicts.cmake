# SPDX-License-Identifier: BSD-2-Clause
# conform.systemc.*: the model in its SystemC module gets the verdicts of the C model, case by case and row by row.
#   cmake -DIOTB=program -DCOMPARE=compare_results -DMODEL=vtd -DSET=parameters -DWORK=directory -P verdicts.cmake
file(MAKE_DIRECTORY ${WORK})
foreach(dut ${MODEL} systemc:${MODEL})
  string(REPLACE ":" "-" name ${dut})
  set(document_${dut} ${WORK}/${name}.json)
  execute_process(COMMAND ${IOTB} conform --no-report --dut ${dut},${SET} --json ${document_${dut}} RESULT_VARIABLE result
                  OUTPUT_QUIET)
  if(NOT result MATCHES "^[014]$") # conform, not conform, and crashed are all verdicts
    message(FATAL_ERROR "${dut},${SET}: exit status ${result}")
  endif()
endforeach()
execute_process(COMMAND ${COMPARE} ${document_${MODEL}} ${document_systemc:${MODEL}} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the verdicts differ")
endif()
