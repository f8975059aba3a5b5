# The .deb files: tfld (the daemon, its tools, units and configuration) and libtfld-dev (both libraries with headers).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tfld)
set(CPACK_PACKAGE_CONTACT "The tfld authors <tfld@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
# The paths in the unit are fixed at configure time, so `./dev package` configures with this prefix; what goes to /etc
# is absolute, hence DESTDIR.
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tfld libtfld-dev)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENT_LIBTFLD-DEV_GROUP libtfld-dev)
set(CPACK_COMPONENT_TFLD_GROUP tfld)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_TFLD_PACKAGE_NAME tfld)
set(CPACK_DEBIAN_TFLD_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_TFLD_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TFLD_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_TFLD_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_LIST_DIR}/deb/conffiles ${CMAKE_CURRENT_LIST_DIR}/deb/postinst ${CMAKE_CURRENT_LIST_DIR}/deb/prerm)
set(CPACK_COMPONENT_TFLD_DESCRIPTION
    "Keeps quantized TensorFlow Lite models in a versioned store, runs them for many local processes at once,\nand swaps or rolls back a model without dropping a request.")
set(CPACK_DEBIAN_LIBTFLD-DEV_PACKAGE_NAME libtfld-dev)
set(CPACK_DEBIAN_LIBTFLD-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBTFLD-DEV_PACKAGE_DEPENDS "libgrpc++-dev, libprotobuf-dev")
set(CPACK_COMPONENT_LIBTFLD-DEV_DESCRIPTION
    "The client for applications and the inference engine: static libraries, headers\nand a CMake package with tfld::client and tfld::engine.")

include(CPack)
