# SPDX-License-Identifier: BSD-2-Clause
# Plug-ins that cannot be used; PLUGINS is where bad_plugin.c was built, once for each way of being wrong.
set(try conform --no-report --case vtd.mode.off_is_identity)

refuses(3 "cannot open shared object" ${try} --dut plugin,path=${PLUGINS}/none.so)
refuses(2 "path" ${try} --dut plugin)
foreach(bad RANGE 1 12)
  refuses(3 "the DUT plugin,path=.*bad_${bad}.so cannot be used: ." ${try} --dut plugin,path=${PLUGINS}/bad_${bad}.so)
  refuses(3 "." probe --dut plugin,path=${PLUGINS}/bad_${bad}.so)
endforeach()

# These open, and fail a case that looks at the DMA of a VT-d unit: they are none.
foreach(good 13 14)
  run(${try} --dut plugin,path=${PLUGINS}/bad_${good}.so)
  if(NOT "${code}" MATCHES "^[134]$" OR NOT "${out}" MATCHES "plugin: PASS 0 ")
    wrong("a plug-in that is no IOMMU passes" ${good})
  endif()
endforeach()

# A plug-in that opens and then misbehaves dies or hangs in every case.
foreach(mode crash hang reg_gone reg_57 time_far desc_string desc_kind desc_size desc_none)
  set(limit 60)
  if(mode STREQUAL hang)
    set(limit 2)
  endif()
  gives(4 "plugin: PASS 0 FAIL 0 [^\n]* HANG [01] CRASH [01] ERROR 0\n$" ${try} --timeout ${limit}
        --dut plugin,path=${PLUGINS}/bad_14.so,mode=${mode})
endforeach()
refuses(4 "describe: a string has no end" probe --dut plugin,path=${PLUGINS}/bad_14.so,mode=desc_string)
refuses(2 "no parameter nonsense=1" ${try} --dut plugin,path=${PLUGINS}/bad_14.so,nonsense=1)
