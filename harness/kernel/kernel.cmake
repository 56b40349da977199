# SPDX-License-Identifier: BSD-2-Clause
# How kernel code is built: see README.md.
set(KERNEL_DIR ${CMAKE_CURRENT_LIST_DIR})
set(KERNEL_BRIDGE ${KERNEL_DIR}/bridge)

function(kernel_target_flags target)
  set_target_properties(${target} PROPERTIES C_STANDARD 11 C_EXTENSIONS ON)
  target_compile_options(
    ${target} PRIVATE
    -nostdinc -ffreestanding -fno-strict-aliasing -fno-common
    -include ${KERNEL_DIR}/include/linux/kconfig.h
    -Wno-conversion -Wno-sign-conversion -Wno-sign-compare -Wno-shadow -Wno-unused-parameter -Wno-missing-field-initializers
    -Wno-switch-enum -Wno-pointer-sign $<$<C_COMPILER_ID:Clang>:-Wno-gnu;-Wno-address-of-packed-member>)
  target_include_directories(
    ${target} PRIVATE ${KERNEL_DIR}/include ${KERNEL_DIR}/include/uapi ${KERNEL_DIR}/..)
endfunction()

# A part of the kernel. Linked whole: target NAME is what users link to, NAME_archive holds the objects.
function(add_kernel_library name)
  add_library(${name}_archive STATIC ${ARGN})
  kernel_target_flags(${name}_archive)
  add_library(${name} INTERFACE)
  target_link_libraries(${name} INTERFACE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${name}_archive>")
endfunction()

# A module: add_kernel_module(ioasid DEPENDS a b SOURCES x.c y.c) makes kmod_ioasid (and kmod_ioasid_archive).
function(add_kernel_module name)
  cmake_parse_arguments(MODULE "" "" "DEPENDS;SOURCES" ${ARGN})
  string(REPLACE "-" "_" KERNEL_MODULE_ID ${name})
  set(KERNEL_MODULE_DEPENDS "")
  foreach(depend IN LISTS MODULE_DEPENDS)
    string(APPEND KERNEL_MODULE_DEPENDS "\"${depend}\", ")
  endforeach()
  set(KERNEL_MODULE_NAME ${name})
  configure_file(${KERNEL_DIR}/module.mod.c.in ${CMAKE_CURRENT_BINARY_DIR}/${name}.mod.c @ONLY)
  add_kernel_library(kmod_${name} ${MODULE_SOURCES} ${CMAKE_CURRENT_BINARY_DIR}/${name}.mod.c)
  target_compile_definitions(
    kmod_${name}_archive PRIVATE KERNEL_MODULE_ID=${KERNEL_MODULE_ID} KERNEL_MODULE_SECTION="${KERNEL_MODULE_ID}"
                                 KBUILD_MODNAME="${name}" MODULE)
  set_property(GLOBAL APPEND PROPERTY KERNEL_MODULES_IN_${CMAKE_CURRENT_SOURCE_DIR} ${KERNEL_MODULE_ID})
  set_property(GLOBAL PROPERTY KERNEL_MODULE_DEPENDS_${KERNEL_MODULE_ID} "${MODULE_DEPENDS}")
  set_property(GLOBAL PROPERTY KERNEL_MODULE_TARGET_${KERNEL_MODULE_ID} kmod_${name}_archive)
endfunction()

# A test: the modules of a directory want only what symbols.txt there lists. To be called when all are added.
function(add_kernel_symbols_test name directory)
  get_property(modules GLOBAL PROPERTY KERNEL_MODULES_IN_${directory})
  set(archives "")
  set(depends "")
  foreach(module IN LISTS modules)
    get_property(target GLOBAL PROPERTY KERNEL_MODULE_TARGET_${module})
    get_property(needs GLOBAL PROPERTY KERNEL_MODULE_DEPENDS_${module})
    string(REPLACE ";" "+" needs "${needs}")
    string(REPLACE "-" "_" needs "${needs}")
    list(APPEND archives "${module}=$<TARGET_FILE:${target}>")
    list(APPEND depends "${module}=${needs}")
  endforeach()
  string(REPLACE ";" "," archives "${archives}")
  string(REPLACE ";" "," depends "${depends}")
  add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DLIST=${directory}/symbols.txt "-DMODULES=${archives}"
                                "-DDEPENDS=${depends}" -P ${KERNEL_DIR}/tests/symbols.cmake)
endfunction()
