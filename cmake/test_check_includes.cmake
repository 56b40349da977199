# SPDX-License-Identifier: BSD-2-Clause
# architecture.refuses: check_includes.cmake must name each of these, and nothing of a tree in order.
#   cmake -DWORK=<directory to use> -P test_check_includes.cmake
cmake_minimum_required(VERSION 3.25)
set(script ${CMAKE_CURRENT_LIST_DIR}/check_includes.cmake)
set(spdx "/* SPDX-License-Identifier: BSD-2-Clause */\n")

function(check)
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${script} RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  set(result "${result}" PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
check()
if(result EQUAL 0)
  message(FATAL_ERROR "an empty tree passed")
endif()
foreach(header conformance/dut/dut.h conformance/dut/guard.h conformance/bench/case.h conformance/bench/run.h
        conformance/build/vt.h models/sim/sim.h models/vtd/vtd.h)
  file(WRITE ${WORK}/${header} "${spdx}")
endforeach()
file(WRITE ${WORK}/conformance/vtd/good.c
     "${spdx}#include \"bench/case.h\"\n#include \"build/vt.h\"\n#include \"dut/dut.h\"\n#include <time.h>\n")
file(WRITE ${WORK}/conformance/dut/model/good.c "${spdx}#include \"dut/guard.h\"\n#include \"vtd/vtd.h\"\n")
file(WRITE ${WORK}/models/vtd/good.c "${spdx}#include \"sim/sim.h\"\n#include <string.h>\n")
check()
if(NOT result EQUAL 0)
  message(FATAL_ERROR "a tree in order was refused:\n${output}")
endif()

# FILE|TEXT|what must be said of it
foreach(
  bad
  "conformance/vtd/model.c|${spdx}#include \"vtd/vtd.h\"|model.c includes models/vtd/vtd.h"
  "conformance/vtd/angle.c|${spdx}#include <vtd/vtd.h>|angle.c includes models/vtd/vtd.h"
  "conformance/vtd/runner.c|${spdx}#include \"bench/run.h\"|runner.c includes conformance/bench/run.h"
  "conformance/vtd/guard.c|${spdx}  #  include \"dut/guard.h\"|guard.c includes conformance/dut/guard.h"
  "conformance/build/model.c|${spdx}#include \"sim/sim.h\"|model.c includes models/sim/sim.h"
  "conformance/bench/model.c|${spdx}#include \"vtd/vtd.h\"|model.c includes models/vtd/vtd.h"
  "models/sim/up.c|${spdx}#include \"vtd/vtd.h\"|up.c includes models/vtd/vtd.h"
  "models/smmuv3/other.c|${spdx}#include \"vtd/vtd.h\"|other.c includes models/vtd/vtd.h"
  "models/vtd/suite.c|${spdx}#include \"dut/dut.h\"|suite.c includes conformance/dut/dut.h"
  "models/sim/clock.c|${spdx}#include <time.h>|clock.c includes <time.h>"
  "models/sim/lost.c|${spdx}#include \"sim/lost.h\"|there is no \"sim/lost.h\""
  "models/other/new.c|${spdx}|is in no room"
  "models/sim/plus.cpp|${spdx}|C++ is for models/systemc only"
  "models/systemc/clock.cpp|${spdx}#include <chrono>|clock.cpp includes <chrono>"
  "models/sim/bare.c|int bare(void)|bare.c: no SPDX line")
  string(REPLACE "|" ";" bad "${bad}")
  list(GET bad 0 file)
  list(GET bad 1 text)
  list(GET bad 2 words)
  file(WRITE ${WORK}/${file} "${text}\n")
  check()
  string(FIND "${output}" "${words}" at)
  if(result EQUAL 0 OR at LESS 0)
    message(FATAL_ERROR "${file} was not refused with \"${words}\":\n${output}")
  endif()
  file(REMOVE ${WORK}/${file})
endforeach()
