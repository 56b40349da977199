# SPDX-License-Identifier: BSD-2-Clause
# IOTB_HAVE_SYSTEMC and the target iotb_systemc_kernel, where a C++ compiler and a SystemC that it can link are there.
# Debian's package has no CMake files, and its library links with C++17 only: older and newer standards miss a symbol.
option(IOTB_SYSTEMC "Build the SystemC modules and the DUTs made of them, if SystemC is there" ON)
set(IOTB_HAVE_SYSTEMC OFF)
set(IOTB_NO_SYSTEMC "switched off by IOTB_SYSTEMC")
if(NOT IOTB_SYSTEMC)
  return()
endif()

# A C++ compiler of the same make as the C compiler: sanitizers and coverage do not mix.
if(NOT CMAKE_CXX_COMPILER AND CMAKE_C_COMPILER_ID STREQUAL "Clang")
  find_program(IOTB_CLANGXX NAMES clang++)
  if(IOTB_CLANGXX)
    set(CMAKE_CXX_COMPILER ${IOTB_CLANGXX} CACHE FILEPATH "C++ compiler")
  endif()
endif()
include(CheckLanguage)
check_language(CXX)
if(NOT CMAKE_CXX_COMPILER)
  set(IOTB_NO_SYSTEMC "there is no C++ compiler (Debian: g++)")
  message(STATUS "SystemC modules left out: ${IOTB_NO_SYSTEMC}")
  return()
endif()
enable_language(CXX)

set(kernel)
find_package(SystemCLanguage CONFIG QUIET)
if(TARGET SystemC::systemc)
  set(kernel SystemC::systemc)
else()
  pkg_check_modules(SYSTEMC IMPORTED_TARGET systemc tlm)
  if(SYSTEMC_FOUND)
    set(kernel PkgConfig::SYSTEMC)
  endif()
endif()
add_library(iotb_systemc_kernel INTERFACE)
target_link_libraries(iotb_systemc_kernel INTERFACE ${kernel})

include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES ${kernel})
set(CMAKE_REQUIRED_FLAGS -std=c++17)
check_cxx_source_compiles(
  "#include <systemc>
   #include <tlm>
   int sc_main(int, char **) { return 0; }
   int main() { sc_core::sc_start(); return 0; }"
  IOTB_SYSTEMC_LINKS)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_FLAGS)
if(IOTB_SYSTEMC_LINKS)
  set(IOTB_HAVE_SYSTEMC ON)
else()
  set(IOTB_NO_SYSTEMC "there is no SystemC that links with C++17 (Debian: libsystemc-dev)")
  message(STATUS "SystemC modules left out: ${IOTB_NO_SYSTEMC}")
endif()
