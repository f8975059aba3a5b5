# The functions that the rooms' CMakeLists.txt are written with.
include(GoogleTest)

# What every compiled target of ours has in common.
function(tfld_configure_target target)
  target_compile_features(${target} PRIVATE cxx_std_20 c_std_11)
  set_target_properties(
    ${target}
    PROPERTIES CXX_STANDARD 20
               CXX_EXTENSIONS OFF
               C_EXTENSIONS OFF
               POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:tfld_options>)
endfunction()

# tfld_add_library(NAME <target> [SOURCES ...] [PUBLIC <libraries>...] [PRIVATE <libraries>...] [GENERATED])
#
# One room: a static library, or an interface library when it has no sources. Users of it see the project's root as an
# include directory. `tfld_engine` can also be named `tfld::engine`, as after installation. GENERATED: no warnings.
function(tfld_add_library)
  cmake_parse_arguments(PARSE_ARGV 0 arg "GENERATED" "NAME" "SOURCES;PUBLIC;PRIVATE")
  tfld_check_arguments(tfld_add_library)
  if(arg_SOURCES)
    add_library(${arg_NAME} STATIC ${arg_SOURCES})
    tfld_configure_target(${arg_NAME})
    if(NOT arg_GENERATED)
      target_link_libraries(${arg_NAME} PRIVATE $<BUILD_INTERFACE:tfld_warnings>)
    endif()
    target_link_libraries(${arg_NAME} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    set(scope PUBLIC)
  else()
    add_library(${arg_NAME} INTERFACE)
    target_link_libraries(${arg_NAME} INTERFACE ${arg_PUBLIC} ${arg_PRIVATE})
    set(scope INTERFACE)
  endif()
  target_include_directories(
    ${arg_NAME} ${scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                         $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/tfld>)
  string(REGEX REPLACE "^tfld_" "" short_name ${arg_NAME})
  set_target_properties(${arg_NAME} PROPERTIES EXPORT_NAME ${short_name})
  add_library(tfld::${short_name} ALIAS ${arg_NAME})
endfunction()

# All programs and none of the tests.
add_custom_target(tfld_programs)

# tfld_add_program(NAME <target> SOURCES ... [DEPS <libraries>...] [INSTALL [COMPONENT <component>]])
#
# A program in <build>/bin. INSTALL puts it into bin/ of the installation, in the component tfld unless told.
function(tfld_add_program)
  cmake_parse_arguments(PARSE_ARGV 0 arg "INSTALL" "NAME;COMPONENT" "SOURCES;DEPS")
  tfld_check_arguments(tfld_add_program)
  add_executable(${arg_NAME} ${arg_SOURCES})
  tfld_configure_target(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE tfld_warnings ${arg_DEPS})
  add_dependencies(tfld_programs ${arg_NAME})
  if(arg_INSTALL)
    if(NOT arg_COMPONENT)
      set(arg_COMPONENT tfld)
    endif()
    install(TARGETS ${arg_NAME} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${arg_COMPONENT})
  endif()
endfunction()

# tfld_add_test(NAME <target> SOURCES ... [DEPS <libraries>...] [LABELS ...] [ENVIRONMENT VAR=value...] [TIMEOUT <seconds>]
#               [WHOLE])
#
# A GoogleTest program in <build>/tests/bin with gtest_main and tfld_test_support. Each of its cases is one test of
# ctest, named <target>.<Suite>.<Case>; with WHOLE the program is one test (for cases that share a costly set-up).
function(tfld_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "WHOLE" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS;ENVIRONMENT")
  tfld_check_arguments(tfld_add_test)
  add_executable(${arg_NAME} ${arg_SOURCES})
  tfld_configure_target(${arg_NAME})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/bin)
  target_link_libraries(${arg_NAME} PRIVATE tfld_warnings ${arg_DEPS} tfld_test_support GTest::gmock GTest::gtest_main)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(arg_WHOLE)
    add_test(NAME ${arg_NAME} COMMAND ${arg_NAME})
    tfld_set_test_properties(${arg_NAME})
  else()
    gtest_discover_tests(${arg_NAME} TEST_PREFIX ${arg_NAME}. NO_PRETTY_VALUES NO_PRETTY_TYPES DISCOVERY_MODE PRE_TEST
                         DISCOVERY_TIMEOUT 60)
    # Properties that are lists do not survive gtest_discover_tests; a script that ctest reads after its own does it.
    tfld_test_environment(environment)
    set(script ${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_properties.cmake)
    file(GENERATE OUTPUT ${script} CONTENT
"if(${arg_NAME}_TESTS)
  set_tests_properties(\${${arg_NAME}_TESTS} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS \"${arg_LABELS}\" ENVIRONMENT \"${environment}\")
endif()
")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${script})
  endif()
endfunction()

# tfld_add_script_test(NAME <name> COMMAND <program or script> [arguments...] [LABELS ...] [ENVIRONMENT ...]
#                      [TIMEOUT <seconds>])
#
# A test that is a command. Exit status 77 means skipped.
function(tfld_add_script_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TIMEOUT" "COMMAND;LABELS;ENVIRONMENT")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
  tfld_set_test_properties(${arg_NAME})
  set_tests_properties(${arg_NAME} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()

# Gives a test of add_test the arg_TIMEOUT, arg_LABELS and arg_ENVIRONMENT of the calling function.
function(tfld_set_test_properties test)
  tfld_test_environment(environment)
  set_tests_properties(${test} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" ENVIRONMENT "${environment}")
endfunction()

# Sets <result> to what every test gets, and arg_ENVIRONMENT.
function(tfld_test_environment result)
  set(environment TFLD_SOURCE_DIR=${PROJECT_SOURCE_DIR} TFLD_BINARY_DIR=${PROJECT_BINARY_DIR})
  if(TFLD_SANITIZE STREQUAL "thread")
    # With a long history, so that both stacks of a report can be told from suppressions.
    list(APPEND environment "TSAN_OPTIONS=history_size=7 suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp")
  endif()
  set(${result} ${environment} ${arg_ENVIRONMENT} PARENT_SCOPE)
endfunction()

macro(tfld_check_arguments function)
  if(NOT arg_NAME)
    message(FATAL_ERROR "${function}: NAME is missing")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${function}(${arg_NAME}): not understood: ${arg_UNPARSED_ARGUMENTS}")
  endif()
endmacro()
