// The tables of all instruction sets in the build, made once.
#include "dispatch/dispatch.hpp"

#include <cstdlib>

#include "core/require.hpp"
#include "dispatch/isa.hpp"

namespace schuss::SCHUSS_PRECISION {

#define SCHUSS_LIST_ISA(name) \
  namespace name {            \
  Kernels make_kernels();     \
  }
#include "isa_list.inc"
#undef SCHUSS_LIST_ISA

const Kernels& kernels_of(const std::string& isa) {
#define SCHUSS_LIST_ISA(name)                          \
  if (isa == #name) {                                  \
    static const Kernels table = name::make_kernels(); \
    return table;                                      \
  }
#include "isa_list.inc"
#undef SCHUSS_LIST_ISA
  require<std::logic_error>(false, "no kernels for instruction set '", isa, "'");
  std::abort();
}

const Kernels& kernels() { return kernels_of(isa()); }

}  // namespace schuss::SCHUSS_PRECISION
