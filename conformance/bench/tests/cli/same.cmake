# SPDX-License-Identifier: BSD-2-Clause
# The same run with one process and with eight gives the same document, up to the command line in it.
set(here ${CMAKE_CURRENT_BINARY_DIR}/cli_same)
file(MAKE_DIRECTORY ${here})
foreach(parallel 1 8)
  run(conform --dut vtd,preset=max --case "vtd.mode.*" -j ${parallel} --json ${here}/${parallel}.json)
  file(READ ${here}/${parallel}.json document_${parallel})
  string(JSON document_${parallel} REMOVE "${document_${parallel}}" command)
endforeach()
require_same("the results do not depend on -j" document_1 document_8)
