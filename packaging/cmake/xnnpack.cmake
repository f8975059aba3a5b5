# XNNPACK, pthreadpool and cpuinfo, built by third_party/build.sh (which `./dev deps` runs) into a cache outside of the
# tree. Targets: tfld_third_party::xnnpack, ::pthreadpool, ::cpuinfo. TFLD_XNNPACK_PREFIX overrides where they are.

set(TFLD_XNNPACK_PREFIX "" CACHE PATH "Where XNNPACK, pthreadpool and cpuinfo are installed; empty: the cache")

if(TFLD_XNNPACK_PREFIX)
  set(tfld_xnnpack_prefix ${TFLD_XNNPACK_PREFIX})
else()
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER} CXX=${CMAKE_CXX_COMPILER}
            ${CMAKE_CURRENT_LIST_DIR}/third_party/build.sh prefix
    OUTPUT_VARIABLE tfld_xnnpack_prefix
    OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT EXISTS ${tfld_xnnpack_prefix}/lib/libXNNPACK.a)
  message(FATAL_ERROR "XNNPACK is not built: no lib/libXNNPACK.a in ${tfld_xnnpack_prefix}. `./dev deps` builds it.")
endif()
message(STATUS "XNNPACK: ${tfld_xnnpack_prefix}")

include(${CMAKE_CURRENT_LIST_DIR}/third_party/targets.cmake)
tfld_define_third_party_targets(${tfld_xnnpack_prefix}/lib ${tfld_xnnpack_prefix}/include)
