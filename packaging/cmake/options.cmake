# What every target of ours is compiled with. It hangs on two interface targets, not on global flags:
#   tfld_options     language level, include root, warnings; linked by every library and program
#   tfld_sanitizers  -fsanitize=... of TFLD_SANITIZE; linked by tfld_options

if(DEFINED ENV{CI})
  set(tfld_werror_default ON)
else()
  set(tfld_werror_default OFF)
endif()
option(TFLD_WERROR "Treat warnings as errors (on in CI)" ${tfld_werror_default})
option(TFLD_BUILD_TESTS "Build the tests" ON)
set(TFLD_SANITIZE "" CACHE STRING "Sanitizers: empty, address (with undefined), thread, or fuzz (clang: address for libFuzzer)")
set_property(CACHE TFLD_SANITIZE PROPERTY STRINGS "" address thread fuzz)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# The build type of the sanitizer presets: fast enough to run everything, line numbers in the stacks, asserts on.
set(CMAKE_C_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer" CACHE STRING "" FORCE)
mark_as_advanced(CMAKE_C_FLAGS_SANITIZE CMAKE_CXX_FLAGS_SANITIZE)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

find_package(Threads REQUIRED)

add_library(tfld_sanitizers INTERFACE)
if(TFLD_SANITIZE STREQUAL "address")
  set(tfld_sanitize_flags -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(TFLD_SANITIZE STREQUAL "thread")
  set(tfld_sanitize_flags -fsanitize=thread)
elseif(TFLD_SANITIZE STREQUAL "fuzz")
  set(tfld_sanitize_flags -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all)
elseif(NOT TFLD_SANITIZE STREQUAL "")
  message(FATAL_ERROR "TFLD_SANITIZE is '${TFLD_SANITIZE}': expected nothing, address, thread or fuzz")
endif()
target_compile_options(tfld_sanitizers INTERFACE ${tfld_sanitize_flags})
target_link_options(tfld_sanitizers INTERFACE ${tfld_sanitize_flags})
if(TFLD_SANITIZE STREQUAL "thread")
  # Tells ThreadSanitizer what it cannot see of gRPC; programs load it before gRPC.
  add_library(tfld_tsan_order SHARED ${PROJECT_SOURCE_DIR}/tests/support/tsan_order.cc)
  target_compile_features(tfld_tsan_order PRIVATE cxx_std_20)
  target_link_options(tfld_tsan_order PRIVATE ${tfld_sanitize_flags})
  target_link_libraries(tfld_tsan_order PRIVATE ${CMAKE_DL_LIBS})
  target_link_libraries(tfld_sanitizers INTERFACE tfld_tsan_order)
  target_link_options(tfld_sanitizers INTERFACE $<TARGET_FILE:tfld_tsan_order>)  # before all other libraries
endif()

add_library(tfld_options INTERFACE)
target_link_libraries(tfld_options INTERFACE tfld_sanitizers Threads::Threads)
# The two other roots serve the public headers: "tfld/engine.h" and "tfld/client.h".
target_include_directories(
  tfld_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/engine/include ${PROJECT_SOURCE_DIR}/client/include)

# Linked by what we wrote; generated code goes without.
add_library(tfld_warnings INTERFACE)
target_compile_options(
  tfld_warnings
  INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
            # GCC 12 sees overlapping copies in std::string's own code, falsely.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
            # And with sanitizers it takes an empty std::optional for one that was never written.
            $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<STREQUAL:${TFLD_SANITIZE},>>>:-Wno-maybe-uninitialized>
            $<$<BOOL:${TFLD_WERROR}>:-Werror>)
