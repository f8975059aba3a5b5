# Every third-party library of the distribution, found once. What comes without a CMake package gets a target in the
# namespace tfld_third_party::. Installed by `./dev deps`.
#
#   GTest::gtest_main GTest::gmock      benchmark::benchmark        gRPC::grpc++
#   protobuf::libprotobuf               nlohmann_json::nlohmann_json  CLI11::CLI11
#   tomlplusplus::tomlplusplus          spdlog::spdlog fmt::fmt     prometheus-cpp::core
#   tfld_third_party::{flatbuffers,systemd,sodium,archive,stb}
#   programs: TFLD_PROTOC TFLD_GRPC_CPP_PLUGIN TFLD_FLATC

set(tfld_missing "")

macro(tfld_find_package name)
  find_package(${name} ${ARGN} QUIET)
  if(NOT ${name}_FOUND)
    list(APPEND tfld_missing ${name})
  endif()
endmacro()

macro(tfld_find_program variable program)
  find_program(${variable} ${program})
  if(NOT ${variable})
    list(APPEND tfld_missing ${program})
  endif()
endmacro()

# tfld_find_pkg_config(<our name> <pkg-config module>): target tfld_third_party::<our name>
macro(tfld_find_pkg_config name module)
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(tfld_${name} QUIET IMPORTED_TARGET ${module})
  endif()
  if(TARGET PkgConfig::tfld_${name})
    add_library(tfld_third_party_${name} INTERFACE IMPORTED)
    target_link_libraries(tfld_third_party_${name} INTERFACE PkgConfig::tfld_${name})
    add_library(tfld_third_party::${name} ALIAS tfld_third_party_${name})
  else()
    list(APPEND tfld_missing ${module})
  endif()
endmacro()

tfld_find_package(PkgConfig)
tfld_find_package(Protobuf)
tfld_find_package(gRPC CONFIG)
tfld_find_package(FlatBuffers CONFIG)
tfld_find_package(nlohmann_json CONFIG)
tfld_find_package(CLI11 CONFIG)
tfld_find_package(tomlplusplus CONFIG)
tfld_find_package(spdlog CONFIG)
tfld_find_package(fmt CONFIG)
tfld_find_package(prometheus-cpp CONFIG)
if(TFLD_BUILD_TESTS)
  tfld_find_package(GTest CONFIG)
  tfld_find_package(benchmark CONFIG)
endif()
tfld_find_pkg_config(systemd libsystemd)
tfld_find_pkg_config(sodium libsodium)
tfld_find_pkg_config(archive libarchive)
tfld_find_program(TFLD_PROTOC protoc)
tfld_find_program(TFLD_GRPC_CPP_PLUGIN grpc_cpp_plugin)
tfld_find_program(TFLD_FLATC flatc)

# FlatBuffers is used through its headers alone.
find_path(TFLD_FLATBUFFERS_INCLUDE_DIR flatbuffers/flatbuffers.h)
add_library(tfld_third_party::flatbuffers INTERFACE IMPORTED)
target_include_directories(tfld_third_party::flatbuffers INTERFACE ${TFLD_FLATBUFFERS_INCLUDE_DIR})

# stb: `#include <stb_image.h>`; whoever uses it defines the implementation in one file of their own.
find_path(TFLD_STB_INCLUDE_DIR stb_image.h PATH_SUFFIXES stb)
if(TFLD_STB_INCLUDE_DIR)
  add_library(tfld_third_party::stb INTERFACE IMPORTED)
  target_include_directories(tfld_third_party::stb INTERFACE ${TFLD_STB_INCLUDE_DIR})
else()
  list(APPEND tfld_missing stb_image.h)
endif()

if(tfld_missing)
  list(JOIN tfld_missing ", " tfld_missing)
  message(FATAL_ERROR "Not found: ${tfld_missing}. `./dev deps` installs everything that the build needs.")
endif()
