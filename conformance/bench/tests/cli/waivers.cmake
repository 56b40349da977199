# SPDX-License-Identifier: BSD-2-Clause
# Waivers: on a negative control the case fails; a waiver of it makes that WAIVED.
set(here ${CMAKE_CURRENT_BINARY_DIR}/cli_waivers)
file(MAKE_DIRECTORY ${here})
set(bad conform --no-report --dut bypass,preset=legacy --case vtd.mode.legacy_index)
set(who "\"owner\":\"me\",\"reason\":\"known\"")

file(WRITE ${here}/good.json "[{\"id\":\"vtd.mode.legacy_index\",${who},\"expires\":\"2999-12-31\"}]")
file(WRITE ${here}/old.json "[{\"id\":\"vtd.mode.legacy_index\",${who},\"expires\":\"2020-12-31\"}]")
file(WRITE ${here}/unused.json "[{\"id\":\"vtd.mode.off_is_identity\",${who},\"expires\":\"2999-12-31\"}]")
file(WRITE ${here}/broken.json "[{\"id\":")

gives(1 "bypass: PASS 0 FAIL 1 " ${bad})
gives(0 "bypass: PASS 0 FAIL 0 WARN 0 SKIP 0 NOTESTABLE 0 WAIVED 1 " ${bad} --waivers ${here}/good.json)
refuses(3 "expired on 2020-12-31" ${bad} --waivers ${here}/old.json)
require("it does not act" out "bypass: PASS 0 FAIL 1 ")
refuses(3 "is not needed" ${one} --no-report --waivers ${here}/unused.json)
refuses(2 "broken.json, line 1" ${one} --waivers ${here}/broken.json)
refuses(2 "No such file" ${one} --waivers ${here}/none.json)
