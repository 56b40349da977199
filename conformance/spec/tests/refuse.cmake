# SPDX-License-Identifier: BSD-2-Clause
# cmake -DTOOL=.. -DINPUT=.. -DWORK=.. -DMESSAGE=.. -P refuse.cmake: spec_compile must refuse INPUT with exactly this sentence,
# exit code 1, and write nothing.
file(REMOVE ${WORK}/out.c)
execute_process(COMMAND ${TOOL} ${WORK}/out.c vtd ${INPUT} RESULT_VARIABLE result ERROR_VARIABLE said OUTPUT_VARIABLE output)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "exit code ${result} instead of 1; it said: ${said}")
endif()
if(NOT said STREQUAL "${MESSAGE}\n")
  message(FATAL_ERROR "it said\n${said}instead of\n${MESSAGE}")
endif()
if(EXISTS ${WORK}/out.c)
  message(FATAL_ERROR "it wrote tables all the same")
endif()
