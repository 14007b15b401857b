# bottle::options carries the standard, the warnings and the sanitizers for everything that is ours.
# bottle::static_options is the same without sanitizers or coverage: for the programs that run inside a bottle or
# build its walls, where an instrumented program would no longer be the program under test.
option(BOTTLE_WERROR "Warnings are errors" OFF)
option(BOTTLE_TESTS "Build the tests and benchmarks" ON)
option(BOTTLE_COVERAGE "Instrument for coverage" OFF)
option(BOTTLE_HARDEN "Release hardening" OFF)
set(BOTTLE_SANITIZE "" CACHE STRING "address, undefined or thread; several separated by commas")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_program(BOTTLE_CCACHE ccache)
if(BOTTLE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${BOTTLE_CCACHE})
endif()

add_library(bottle-warnings INTERFACE)
target_compile_options(bottle-warnings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wswitch-enum -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${BOTTLE_WERROR}>:-Werror>)
# g++ 12 sees overlaps in std::string's operator+ that are not there once it inlines (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(bottle-warnings INTERFACE -Wno-restrict)
endif()
target_include_directories(bottle-warnings INTERFACE ${CMAKE_SOURCE_DIR})

add_library(bottle-static-compile-options INTERFACE)  # for a library, whose users need not be static
target_link_libraries(bottle-static-compile-options INTERFACE bottle-warnings)
target_compile_options(bottle-static-compile-options INTERFACE -ffunction-sections -fdata-sections)
add_library(bottle::static_compile_options ALIAS bottle-static-compile-options)
add_library(bottle-static-options INTERFACE)
target_link_libraries(bottle-static-options INTERFACE bottle::static_compile_options)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_link_options(bottle-static-options INTERFACE -static -Wl,--gc-sections)
endif()
add_library(bottle::static_options ALIAS bottle-static-options)

add_library(bottle-options INTERFACE)
target_link_libraries(bottle-options INTERFACE bottle-warnings)
if(BOTTLE_SANITIZE)
  target_compile_options(bottle-options INTERFACE -fsanitize=${BOTTLE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(bottle-options INTERFACE -fsanitize=${BOTTLE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # sanitized std::regex looks uninitialised to it; GCC's manual warns of that
    target_compile_options(bottle-options INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(BOTTLE_SANITIZE MATCHES "undefined")
    target_compile_options(bottle-options INTERFACE -fno-sanitize-recover=all)
  endif()
endif()
if(BOTTLE_COVERAGE)
  target_compile_options(bottle-options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(bottle-options INTERFACE --coverage)
endif()
if(BOTTLE_HARDEN)
  target_compile_options(bottle-options INTERFACE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  if(NOT APPLE)  # there it is so anyway
    target_link_options(bottle-options INTERFACE -Wl,-z,relro -Wl,-z,now)
  endif()
endif()
add_library(bottle::options ALIAS bottle-options)

# Where the helper programs and the data stand in a build tree, as they do once installed (harness/install.h).
set(BOTTLE_LIBEXEC_DIR ${CMAKE_BINARY_DIR}/libexec)
set(BOTTLE_SHARE_DIR ${CMAKE_BINARY_DIR}/share)
file(MAKE_DIRECTORY ${BOTTLE_LIBEXEC_DIR} ${BOTTLE_SHARE_DIR})
set(BOTTLE_INSTALL_LIBEXEC ${CMAKE_INSTALL_LIBEXECDIR}/bottle-verify)
set(BOTTLE_INSTALL_SHARE ${CMAKE_INSTALL_DATADIR}/bottle-verify)

# bottle_share(<name> <folder>): a data folder, linked into the build tree and installed.
function(bottle_share name folder)
  file(CREATE_LINK ${folder} ${BOTTLE_SHARE_DIR}/${name} SYMBOLIC)
  install(DIRECTORY ${folder}/ DESTINATION ${BOTTLE_INSTALL_SHARE}/${name} USE_SOURCE_PERMISSIONS)
endfunction()

# bottle_helper(<target>): a program that bottle-verify starts; it lies in libexec.
function(bottle_helper target)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${BOTTLE_LIBEXEC_DIR})
  install(TARGETS ${target} RUNTIME DESTINATION ${BOTTLE_INSTALL_LIBEXEC})
endfunction()

# The same for guests that are another kind of machine (Install::for_guest), where ci/guest-programs or ci/cross has put
# them.
foreach(platform aarch64-linux x86_64-linux)
  install(DIRECTORY ${BOTTLE_LIBEXEC_DIR}/${platform} DESTINATION ${BOTTLE_INSTALL_LIBEXEC}
          USE_SOURCE_PERMISSIONS OPTIONAL)
endforeach()

# Presets that build several times what dev and clang build once use unity builds (CMAKE_UNITY_BUILD), which take a
# third of the time. Files that share a helper's name with a neighbour by intent stay on their own.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)
function(bottle_not_in_unity)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
