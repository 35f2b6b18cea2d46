# schuss_add_isa(name VECTOR_BYTES n TILE_ROWS n TILE_VECTORS n [FLAGS ...]) compiles the
# kernel list once more, in both precisions, for one instruction set.

set(SCHUSS_ISA_LIST "${CMAKE_CURRENT_BINARY_DIR}/generated/isa_list.inc")
file(WRITE "${SCHUSS_ISA_LIST}.new" "")

function(schuss_add_isa name)
  cmake_parse_arguments(ARG "" "VECTOR_BYTES;TILE_ROWS;TILE_VECTORS" "FLAGS" ${ARGN})
  foreach(precision float32 float64)
    set(target schuss_${name}_${precision})
    add_library(${target} OBJECT ${SCHUSS_KERNEL_SOURCES})
    schuss_compile(${target} ${precision})
    # Contraction to fused multiply-adds is asked for; -ffast-math is not: linking with
    # it makes the whole Python process flush subnormal numbers.
    target_compile_options(${target} PRIVATE -ffp-contract=fast -fno-math-errno ${ARG_FLAGS})
    target_compile_definitions(${target} PRIVATE SCHUSS_ISA=${name}
      SCHUSS_VECTOR_BYTES=${ARG_VECTOR_BYTES} SCHUSS_TILE_ROWS=${ARG_TILE_ROWS}
      SCHUSS_TILE_VECTORS=${ARG_TILE_VECTORS})
    target_link_libraries(_core PRIVATE ${target})
    schuss_forbid_weak_symbols(${target})
  endforeach()
  file(APPEND "${SCHUSS_ISA_LIST}.new" "SCHUSS_LIST_ISA(${name})\n")
endfunction()

# A weak symbol in a kernel object is code that the linker may keep for all callers,
# compiled for a machine that not all of them run on.
function(schuss_forbid_weak_symbols target)
  add_custom_command(TARGET _core PRE_LINK
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} "-DOBJECTS=$<TARGET_OBJECTS:${target}>"
      -P "${PROJECT_SOURCE_DIR}/cmake/forbid_weak_symbols.cmake" VERBATIM)
endfunction()
