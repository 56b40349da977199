# SPDX-License-Identifier: BSD-2-Clause
# install.consumer: an installed tree, moved elsewhere, must serve a project that knows nothing of the source tree; its
# plug-ins then run under the installed program.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
file(RENAME ${WORK}/first ${WORK}/moved)
set(prefix ${WORK}/moved)

# With CMake.
run(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/cmake -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_C_COMPILER=${COMPILER}
    -DCMAKE_C_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${WORK}/cmake)

# With pkg-config.
set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
run(pkg-config --cflags --libs iotb)
string(STRIP "${output}" words)
separate_arguments(words)
if(NOT words MATCHES "moved/")
  message(FATAL_ERROR "pkg-config does not point into the moved tree: ${words}")
endif()
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
run(${COMPILER} ${flags} -std=c11 -shared -fPIC ${SOURCE}/my_iommu.c ${words} -o ${WORK}/my_iommu.so)

# The plug-in passes; the one that does nothing must not.
foreach(plugin ${WORK}/cmake/my_iommu.so ${WORK}/my_iommu.so)
  run(${prefix}/${BINDIR}/iotb conform --dut plugin,path=${plugin} --case ${CASES})
endforeach()
execute_process(COMMAND ${prefix}/${BINDIR}/iotb conform --dut plugin,path=${WORK}/cmake/empty_plugin.so --case ${CASES}
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "a DUT that does nothing must fail (exit status 1), but the status was ${result}:\n${output}")
endif()
