# schuss_compile(target [precision]): what every target of the extension has in common.

function(schuss_compile target)
  target_compile_features(${target} PRIVATE cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS ON
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${target} PRIVATE
    "${PROJECT_SOURCE_DIR}/cpp" "${CMAKE_CURRENT_BINARY_DIR}/generated")
  target_compile_options(${target} PRIVATE -Wall -Wextra
    $<$<BOOL:${SCHUSS_WARNINGS_AS_ERRORS}>:-Werror>)
  if(OpenMP_CXX_FOUND)
    target_link_libraries(${target} PRIVATE OpenMP::OpenMP_CXX)
  endif()
  if(ARGC GREATER 1)
    set(real_float32 float)
    set(real_float64 double)
    target_compile_definitions(${target} PRIVATE
      SCHUSS_PRECISION=${ARGV1} SCHUSS_REAL=${real_${ARGV1}})
  endif()
endfunction()
