# SPDX-License-Identifier: BSD-2-Clause
# Is FILE what the generator makes of the register description now?
#   cmake -DGENERATOR=... -DWHAT=header -DFILE=... -P check_made.cmake
execute_process(COMMAND ${GENERATOR} ${WHAT} OUTPUT_VARIABLE made RESULT_VARIABLE failed)
file(READ ${FILE} committed)
if(failed)
  message(FATAL_ERROR "the generator failed")
elseif(NOT made STREQUAL committed)
  message(FATAL_ERROR "${FILE} is not what pasid_device_regs.def says: build the target pasid_device_regs and commit it")
endif()
