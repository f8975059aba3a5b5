# The installed package: find_package(tfld) gives tfld::engine, tfld::engine_micro and tfld::client. Component libtfld-dev.
#
# The rooms behind the two are static libraries of their own and are installed with them; which ones is read from the
# targets' links, so that a new room needs no line here.
include(CMakePackageConfigHelpers)

# Appends to <result> the target and all targets of this project that it links.
function(tfld_collect_rooms target result)
  if(NOT TARGET ${target} OR target IN_LIST ${result})
    return()
  endif()
  get_target_property(imported ${target} IMPORTED)
  get_target_property(aliased ${target} ALIASED_TARGET)
  if(imported OR aliased)
    return()
  endif()
  list(APPEND ${result} ${target})
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL INTERFACE_LIBRARY)
    get_target_property(links ${target} LINK_LIBRARIES)
  else()
    get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  endif()
  foreach(link ${links})
    tfld_collect_rooms("${link}" ${result})
  endforeach()
  set(${result} "${${result}}" PARENT_SCOPE)
endfunction()

set(tfld_installed_rooms "")
tfld_collect_rooms(tfld_engine tfld_installed_rooms)
tfld_collect_rooms(tfld_client tfld_installed_rooms)
tfld_collect_rooms(tfld_micro_platform tfld_installed_rooms)
tfld_collect_rooms(tfld_engine_micro tfld_installed_rooms)
install(TARGETS ${tfld_installed_rooms} EXPORT tfld-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        COMPONENT libtfld-dev)

set(tfld_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tfld)
install(EXPORT tfld-targets NAMESPACE tfld:: DESTINATION ${tfld_package_dir} COMPONENT libtfld-dev)

# The public headers at include/tfld; what they include keeps its path under it. Installed users have both include/ and
# include/tfld/ as include directories.
set(tfld_include_dir ${CMAKE_INSTALL_INCLUDEDIR}/tfld)
foreach(directory engine/include/tfld client/include/tfld)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${directory}/ DESTINATION ${tfld_include_dir} COMPONENT libtfld-dev
          FILES_MATCHING PATTERN "*.h" PATTERN "labels.h" EXCLUDE)  # not its library
endforeach()
foreach(directory engine/base engine/tensor)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${directory} DESTINATION ${tfld_include_dir}/engine COMPONENT libtfld-dev
          FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/engine/delegate/backend.h DESTINATION ${tfld_include_dir}/engine/delegate
        COMPONENT libtfld-dev)

# XNNPACK and its libraries, which the engine's users link.
set(tfld_third_party_dir ${CMAKE_INSTALL_LIBDIR}/tfld)
foreach(library XNNPACK microkernels-prod pthreadpool cpuinfo)
  install(FILES ${tfld_xnnpack_prefix}/lib/lib${library}.a DESTINATION ${tfld_third_party_dir} COMPONENT libtfld-dev)
endforeach()
install(DIRECTORY ${tfld_xnnpack_prefix}/share/licenses/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/licenses
        COMPONENT libtfld-dev)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/cmake/third_party/targets.cmake DESTINATION ${tfld_package_dir}
        RENAME tfld-third-party.cmake COMPONENT libtfld-dev)

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/packaging/cmake/tfld-config.cmake.in ${PROJECT_BINARY_DIR}/tfld-config.cmake
  INSTALL_DESTINATION ${tfld_package_dir} PATH_VARS tfld_third_party_dir)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tfld-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tfld-config.cmake ${PROJECT_BINARY_DIR}/tfld-config-version.cmake
        DESTINATION ${tfld_package_dir} COMPONENT libtfld-dev)
