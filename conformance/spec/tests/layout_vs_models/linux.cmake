# SPDX-License-Identifier: BSD-2-Clause
# cmake -DSOURCE=/usr/src/linux-source-6.12 -DWORK=.. -DCOMPILER=.. -DHERE=.. -DINCLUDE=.. -DTABLES=.. -P linux.cmake
# SOURCE is a directory, or SOURCE.tar.xz an archive of it. TABLES is what spec_compile wrote.
set(headers include/linux/dmar.h drivers/iommu/intel/iommu.h drivers/iommu/intel/pasid.h)
get_filename_component(name ${SOURCE} NAME)
if(IS_DIRECTORY ${SOURCE})
  set(root ${SOURCE})
elseif(EXISTS ${SOURCE}.tar.xz)
  set(root ${WORK}/${name})
  list(TRANSFORM headers PREPEND ${name}/ OUTPUT_VARIABLE members)
  file(MAKE_DIRECTORY ${WORK})
  if(NOT EXISTS ${root}/drivers/iommu/intel/pasid.h OR ${SOURCE}.tar.xz IS_NEWER_THAN ${root}/drivers/iommu/intel/pasid.h)
    execute_process(COMMAND ${CMAKE_COMMAND} -E tar xJf ${SOURCE}.tar.xz --touch -- ${members}
                    WORKING_DIRECTORY ${WORK} RESULT_VARIABLE result)
    if(result)
      message(FATAL_ERROR "${SOURCE}.tar.xz cannot be unpacked")
    endif()
  endif()
else()
  message("SKIP: no ${SOURCE}, nor ${name}.tar.xz beside it (Debian: ${name})")
  return()
endif()

list(TRANSFORM headers PREPEND ${root}/)
execute_process(COMMAND awk -f ${HERE}/linux_facts.awk ${headers} OUTPUT_FILE ${WORK}/linux_facts.h RESULT_VARIABLE result)
if(result)
  message(FATAL_ERROR "awk failed on ${headers}")
endif()
execute_process(COMMAND ${COMPILER} -std=gnu11 -w -I${WORK} -I${INCLUDE} ${HERE}/layout_linux.c ${INCLUDE}/spec/spec.c ${TABLES}
                        -o ${WORK}/layout_linux
                RESULT_VARIABLE result)
if(result)
  message(FATAL_ERROR "layout_linux.c does not compile against the headers of ${root}: names in them have changed")
endif()
execute_process(COMMAND ${WORK}/layout_linux RESULT_VARIABLE result)
if(result)
  message(FATAL_ERROR "the tables differ from ${root}")
endif()
