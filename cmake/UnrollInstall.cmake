# `cmake --install`: headers, static libraries, and a package for find_package(unroll).
#
# Nothing in the package names a folder of this machine, so an installed tree can be moved.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/unroll")

foreach(part kernels engine)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${part}/*.h")
  target_sources(unroll_${part} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}"
                                       FILES ${headers})
endforeach()

install(
  TARGETS unroll_kernels unroll_engine
  EXPORT unroll_targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  FILE_SET HEADERS DESTINATION include/unroll)
install(EXPORT unroll_targets FILE unrollTargets.cmake NAMESPACE unroll:: DESTINATION "${package_dir}")

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/unrollConfig.cmake.in" "${PROJECT_BINARY_DIR}/unrollConfig.cmake"
  INSTALL_DESTINATION "${package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/unrollConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/unrollConfig.cmake"
              "${PROJECT_BINARY_DIR}/unrollConfigVersion.cmake" DESTINATION "${package_dir}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
