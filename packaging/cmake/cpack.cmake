# The .deb files: tfld (the daemon, its tools, units and configuration) and libtfld-dev (both libraries with headers).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tfld)
set(CPACK_PACKAGE_CONTACT "The tfld authors <tfld@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
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
set(CPACK_COMPONENT_TFLD_DESCRIPTION
    "Inference daemon for Linux gateways\n Keeps quantized TensorFlow Lite models in a versioned store, runs them for many local processes at once,\n and swaps or rolls back a model without dropping a request.")
set(CPACK_DEBIAN_LIBTFLD-DEV_PACKAGE_NAME libtfld-dev)
set(CPACK_DEBIAN_LIBTFLD-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBTFLD-DEV_PACKAGE_DEPENDS "libgrpc++-dev, libprotobuf-dev")
set(CPACK_COMPONENT_LIBTFLD-DEV_DESCRIPTION
    "Libraries of tfld: its client for applications and its inference engine\n Static libraries, headers and a CMake package: tfld::client and tfld::engine.")

include(CPack)
