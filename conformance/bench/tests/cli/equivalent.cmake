# SPDX-License-Identifier: BSD-2-Clause
# The model behind a plug-in, and behind a socket, gets the same verdicts as the model built in.
set(here ${CMAKE_CURRENT_BINARY_DIR}/cli_equivalent)
file(MAKE_DIRECTORY ${here})

function(same name)
  execute_process(COMMAND ${COMPARE} ${here}/own.json ${here}/${name}.json RESULT_VARIABLE code OUTPUT_VARIABLE out)
  if(code)
    math(EXPR failures "${failures} + 1")
    set(failures ${failures} PARENT_SCOPE)
    message("${name}: ${out}")
  endif()
endfunction()

foreach(preset legacy)
  run(conform --dut vtd,preset=${preset} --json ${here}/own.json)
  run(conform --dut plugin,path=${PLUGIN},preset=${preset} --json ${here}/plugin.json)
  same(plugin)
  execute_process(
    COMMAND ${SERVE} ${here}/s vtd ${IOTB} conform --dut socket,path=${here}/s,preset=${preset} --case "vtd.[c-m]o*" --json
            ${here}/socket.json
    OUTPUT_QUIET)
  run(conform --dut vtd,preset=${preset} --case "vtd.[c-m]o*" --json ${here}/own.json)
  same(socket)
endforeach()

# An endpoint too.
execute_process(
  COMMAND ${SERVE} ${here}/e pasid-device ${IOTB} conform --dut socket,path=${here}/e,preset=max --json ${here}/socket.json
  OUTPUT_QUIET)
run(conform --dut pasid-device,preset=max --json ${here}/own.json)
same(socket)
