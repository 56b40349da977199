# SPDX-License-Identifier: BSD-2-Clause
# A run that is stopped kills its children and writes what there is: a case that hangs gets SIGTERM after some seconds.
set(here ${CMAKE_CURRENT_BINARY_DIR}/cli_interrupt)
file(MAKE_DIRECTORY ${here})
find_program(TIMEOUT timeout)
if(NOT TIMEOUT)
  message(STATUS "no timeout(1): not tested")
  return()
endif()
set(iotb ${IOTB})
set(IOTB ${TIMEOUT} --preserve-status -s TERM 8 ${iotb})
refuses(3 "interrupted after [0-9]+ of" conform --dut plugin,path=${PLUGINS}/bad_14.so,mode=hang --dut vtd,preset=legacy -j 4
        --case "vtd.mode.*" --json ${here}/cut.json)
file(READ ${here}/cut.json results)
string(JSON complete GET "${results}" complete)
require("the document says that it is not complete" complete "^OFF$")
