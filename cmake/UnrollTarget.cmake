# What every target of unroll is built with.

# unroll_target(NAME): the language level, warnings and floating-point rules of one target.
function(unroll_target name)
  target_compile_features(${name} PUBLIC cxx_std_20)
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_compile_options(
    ${name} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
    -Woverloaded-virtual -Wdouble-promotion -Wundef
    # NaN and infinity must survive, so no -ffast-math; these three are safe and let loops vectorise.
    -fno-math-errno -fno-trapping-math -ffp-contract=fast
    $<$<BOOL:${UNROLL_WERROR}>:-Werror>)
  if(UNROLL_SANITIZE)
    # The address sanitizer sees what the three would, which take a fifth of the time to compile.
    target_compile_options(${name} PRIVATE -fsanitize=${UNROLL_SANITIZE} -fno-omit-frame-pointer
                                           -fno-sanitize=null,object-size,vptr
                                           -fno-sanitize-recover=all)
    target_link_options(${name} PUBLIC -fsanitize=${UNROLL_SANITIZE})
  endif()
endfunction()
