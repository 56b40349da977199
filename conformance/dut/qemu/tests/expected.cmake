# SPDX-License-Identifier: BSD-2-Clause
# conform.qemu-*: the verdicts on the QEMU that is installed are those of the file for its version. Skipped, with the
# reason, where there is no QEMU or no such file. With WRITE=ON the file is written instead.
#   cmake -DIOTB=program -DDUT=name -DQEMU=binary -DPACKAGE=debian -DEXPECTED=directory [-DWRITE=ON] -P expected.cmake
execute_process(COMMAND ${QEMU} --version OUTPUT_VARIABLE output RESULT_VARIABLE result ERROR_QUIET)
if(NOT result EQUAL 0)
  message("skipped: ${QEMU} is not installed (Debian package ${PACKAGE})")
  return()
endif()
string(REGEX MATCH "version ([0-9]+\\.[0-9]+)" version "${output}")
set(version ${CMAKE_MATCH_1})
set(file ${EXPECTED}/${DUT}-${version}.json)
if(WRITE)
  execute_process(COMMAND ${IOTB} conform --dut ${DUT} --no-report --expect-write ${file} RESULT_VARIABLE result)
  if(NOT result MATCHES "^[014]$") # conform, not conform, and crashed are all verdicts
    message(FATAL_ERROR "exit status ${result}: ${file} is not of use")
  endif()
  return()
endif()
if(NOT EXISTS ${file})
  message("skipped: no verdicts are written down for QEMU ${version}")
  return()
endif()
execute_process(COMMAND ${IOTB} conform --dut ${DUT} --no-report --expect ${file} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "exit status ${result}; docs/${DUT}.md says how to write a new file")
endif()
