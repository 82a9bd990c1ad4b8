# find_package(Lathe CONFIG): the compiler, lathe_add_model and lathe_install_model, and the target Lathe::Lathe with lathe.h and lathe.hpp.
#
# Lathe_EXECUTABLE  the compiler. It runs on the machine that builds, never on the one that is built for; set it where it is not beside this package.
cmake_minimum_required(VERSION 3.20)

get_filename_component(_lathe_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT Lathe_EXECUTABLE)
  # A toolchain file's roots hold the target's programs, not this machine's.
  find_program(Lathe_EXECUTABLE lathe HINTS "${_lathe_prefix}/bin" NO_CMAKE_FIND_ROOT_PATH DOC "the Lathe compiler")
endif()
if(NOT Lathe_EXECUTABLE)
  set(${CMAKE_FIND_PACKAGE_NAME}_FOUND FALSE)
  set(${CMAKE_FIND_PACKAGE_NAME}_NOT_FOUND_MESSAGE "the compiler `lathe` is neither in ${_lathe_prefix}/bin nor on the search path; set Lathe_EXECUTABLE")
  return()
endif()

set(Lathe_INCLUDE_DIR "${_lathe_prefix}/include/lathe")
if(NOT TARGET Lathe::Lathe)
  add_library(Lathe::Lathe INTERFACE IMPORTED)
  set_target_properties(Lathe::Lathe PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${Lathe_INCLUDE_DIR}")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/LatheModel.cmake")
unset(_lathe_prefix)
