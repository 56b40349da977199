# SPDX-License-Identifier: BSD-2-Clause
# The command line from outside: cmake -DIOTB=... -DGROUP=... [-DPLUGINS=...] -P cli_test.cmake
# Each wrong use gives one sentence on stderr and its exit code.
cmake_minimum_required(VERSION 3.25)

set(failures 0)

macro(wrong text)
  math(EXPR failures "${failures} + 1")
  string(JOIN " " shown ${ARGN})
  message("iotb ${shown}: ${text}\n  exit code ${code}\n  stdout: ${out}\n  stderr: ${err}")
endmacro()

function(run)
  execute_process(COMMAND ${IOTB} ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err TIMEOUT 300)
  set(code ${code} PARENT_SCOPE)
  set(out "${out}" PARENT_SCOPE)
  set(err "${err}" PARENT_SCOPE)
endfunction()

# refuses(CODE REGEX ARGUMENT...): exit code, and exactly one line on stderr, "iotb: ...", that matches.
macro(refuses wanted regex)
  run(${ARGN})
  string(REGEX MATCHALL "\n" lines "${err}")
  list(LENGTH lines count)
  if(NOT "${code}" STREQUAL "${wanted}")
    wrong("exit code ${wanted} expected" ${ARGN})
  elseif(NOT count EQUAL 1 OR NOT "${err}" MATCHES "^iotb: [^\n]*\n$")
    wrong("one sentence expected" ${ARGN})
  elseif(NOT "${err}" MATCHES "${regex}")
    wrong("\"${regex}\" expected" ${ARGN})
  endif()
endmacro()

# gives(CODE REGEX ARGUMENT...): exit code, and stdout matches.
macro(gives wanted regex)
  run(${ARGN})
  if(NOT "${code}" STREQUAL "${wanted}" OR NOT "${out}" MATCHES "${regex}")
    wrong("exit code ${wanted} and \"${regex}\" expected" ${ARGN})
  endif()
endmacro()

# What a run left behind: the variable matches.
function(require what variable regex)
  if(NOT "${${variable}}" MATCHES "${regex}")
    math(EXPR failures "${failures} + 1")
    set(failures ${failures} PARENT_SCOPE)
    message("${what}: ${variable} does not match \"${regex}\": ${${variable}}")
  endif()
endfunction()

function(require_same what a b)
  if(NOT "${${a}}" STREQUAL "${${b}}")
    math(EXPR failures "${failures} + 1")
    set(failures ${failures} PARENT_SCOPE)
    message("${what}: ${a} and ${b} differ")
  endif()
endfunction()

set(one conform --dut vtd,preset=legacy --case vtd.mode.off_is_identity)
include(${CMAKE_CURRENT_LIST_DIR}/${GROUP}.cmake)

if(failures)
  message(FATAL_ERROR "${failures} wrong")
endif()
