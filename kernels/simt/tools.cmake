# Programs whose kernels are watched or stepped through: the flavours `checked` and `debug`.
#
# checked: instrumented as for ThreadSanitizer and UndefinedBehaviorSanitizer, but linked without
#          their libraries: simt/checker takes their place.
# debug:   without optimisation, for gdb.
# Nothing here is built unless a program of a flavour is.

add_library(unroll_simt_checked INTERFACE)
# DWARF 4, because addr2line of binutils 2.40 confuses the first two files of DWARF 5: it puts lines
# of a header into the source that includes it.
target_compile_options(unroll_simt_checked INTERFACE -O1 -gdwarf-4 -fsanitize=thread,alignment)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang reports no copies of structures; this makes it call the checker for them, in assembly that
  # only the GNU assembler resolves. Its `bounds` would stop the program at some wrong indices.
  target_compile_options(
    unroll_simt_checked INTERFACE -fsanitize=array-bounds -fno-integrated-as -fno-addrsig -include
                                  ${CMAKE_CURRENT_LIST_DIR}/checker/instrumented.h)
else()
  # Without -fno-tree-sra a float4 that is put together and stored would be four stores.
  target_compile_options(unroll_simt_checked INTERFACE -fsanitize=bounds -fno-tree-sra
                                                       -Wno-tsan) # the checker knows fences
endif()
add_library(unroll_simt_debug INTERFACE)
target_compile_options(unroll_simt_debug INTERFACE -O0 -g)

foreach(flavour checked debug)
  add_simt_kernels(unroll_kernels_simt_${flavour})
  target_link_libraries(unroll_kernels_simt_${flavour} PRIVATE unroll_simt_${flavour})
  set_target_properties(unroll_kernels_simt_${flavour} PROPERTIES EXCLUDE_FROM_ALL ON)
endforeach()

# The runtime with its names, for simt/gdb.py.
add_library(unroll_simt_runtime_debug OBJECT EXCLUDE_FROM_ALL ${simt_sources})
unroll_target(unroll_simt_runtime_debug)
target_link_libraries(unroll_simt_runtime_debug PRIVATE unroll_simt_debug)
target_include_directories(unroll_simt_runtime_debug PRIVATE ${PROJECT_SOURCE_DIR})

add_library(
  unroll_simt_checker OBJECT EXCLUDE_FROM_ALL
  simt/checker/callbacks.cpp
  simt/checker/check.cpp
  simt/checker/order.cpp
  simt/checker/profile.cpp
  simt/checker/profile_table.cpp
  simt/checker/released.cpp
  simt/checker/report.cpp
  simt/checker/running.cpp
  simt/checker/shadow.cpp
  simt/checker/space.cpp
  simt/checker/symbols.cpp)
unroll_target(unroll_simt_checker)
target_compile_options(unroll_simt_checker PRIVATE -O2 -g)
target_compile_definitions(unroll_simt_checker PRIVATE UNROLL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_include_directories(unroll_simt_checker PRIVATE ${PROJECT_SOURCE_DIR})

# add_simt_program(NAME FLAVOUR [KERNELS FILE.cu...] [HOST FILE.cpp...] [LIBRARIES...]): a program
# with kernels of its own, or with those of unroll_kernels built in this flavour: KERNELS ours.
function(add_simt_program name flavour)
  cmake_parse_arguments(PARSE_ARGV 2 program "" "" "KERNELS;HOST;LIBRARIES")
  set(objects "")
  if(program_KERNELS STREQUAL "ours")
    # Before the library: then the linker takes none of its own build of them.
    list(APPEND objects $<TARGET_OBJECTS:unroll_kernels_simt_${flavour}>)
  else()
    set_source_files_properties(${program_KERNELS} PROPERTIES LANGUAGE CXX)
    add_library(${name}_kernels OBJECT EXCLUDE_FROM_ALL ${program_KERNELS})
    unroll_target(${name}_kernels)
    target_compile_options(${name}_kernels PRIVATE -fno-strict-aliasing -Wno-unknown-pragmas)
    target_link_libraries(${name}_kernels PRIVATE unroll_simt_${flavour})
    target_include_directories(${name}_kernels PRIVATE ${PROJECT_SOURCE_DIR})
    list(APPEND objects $<TARGET_OBJECTS:${name}_kernels>)
  endif()
  if(flavour STREQUAL "checked")
    list(APPEND objects $<TARGET_OBJECTS:unroll_simt_checker>)
  else()
    list(APPEND objects $<TARGET_OBJECTS:unroll_simt_runtime_debug>)
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${objects} ${program_HOST})
  unroll_target(${name})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${name} PRIVATE ${program_LIBRARIES} unroll::kernels)
endfunction()
