# cmake -DNM=nm -DOBJECTS=a.o;b.o -P: fails if an object defines a weak or unique symbol.
foreach(object ${OBJECTS})
  execute_process(COMMAND ${NM} --defined-only ${object}
    OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${NM} could not read ${object}")
  endif()
  if(symbols MATCHES " [VWu] ([^\n]*)")
    message(FATAL_ERROR "${object} defines the weak symbol ${CMAKE_MATCH_1}: give it "
      "internal linkage (an unnamed namespace), see cmake/isa.cmake")
  endif()
endforeach()
