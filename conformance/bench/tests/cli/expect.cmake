# SPDX-License-Identifier: BSD-2-Clause
# Expected verdicts: what was written down is what is expected; any change is said, for the better too.
set(here ${CMAKE_CURRENT_BINARY_DIR}/cli_expect)
file(REMOVE_RECURSE ${here})
file(MAKE_DIRECTORY ${here})
set(bad conform --no-report --dut bypass,preset=legacy --case vtd.mode.legacy_index)
set(both conform --no-report --dut bypass,preset=legacy --case vtd.mode.*_index)

gives(1 "FAIL 1 " ${bad} --expect-write ${here}/bad.json)
gives(0 "0 verdicts are not as expected" ${bad} --expect ${here}/bad.json)
gives(1 "CHANGED vtd.mode.*not in the file.*verdicts are not as expected" ${both} --expect ${here}/bad.json)
gives(1 "those of --tier full --seed 1" ${bad} --seed 2 --expect ${here}/bad.json)

file(READ ${here}/bad.json text)
require("the rows that failed are held" text "\"vtd.mode.legacy_index\": \"FAIL VTD-3-002")
string(REGEX REPLACE "\"FAIL [^\"]*\"" "\"PASS\"" better "${text}")
file(WRITE ${here}/better.json "${better}")
gives(1 "CHANGED vtd.mode.legacy_index on bypass,preset=legacy\n  expected  PASS\n  now       FAIL " ${bad}
      --expect ${here}/better.json)
string(REGEX REPLACE "FAIL VTD-3-002" "FAIL VTD-3-003 VTD-3-002" rows "${text}")
file(WRITE ${here}/rows.json "${rows}")
gives(1 "1 verdicts are not as expected" ${bad} --expect ${here}/rows.json)

file(WRITE ${here}/broken.json "{\"schema\":")
file(WRITE ${here}/other.json "[]")
refuses(2 "broken.json, line 1" ${bad} --expect ${here}/broken.json)
refuses(2 "does not hold expected verdicts" ${bad} --expect ${here}/other.json)
refuses(2 "No such file" ${bad} --expect ${here}/none.json)
refuses(3 "cannot be written" ${bad} --expect-write ${here}/nowhere/file.json)
