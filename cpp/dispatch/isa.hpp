// Which instruction sets this build has, which of them this machine runs, which is
// used.
#pragma once

#include <string>
#include <vector>

namespace schuss {

/// Names of the instruction sets that this machine can run, slowest first.
std::vector<std::string> available_isas();

/// The one in use: the last that is available, or what SCHUSS_ISA or set_isa named.
std::string isa();

/// Networks and calls from here on use `name`; networks already built keep theirs.
/// Throws std::invalid_argument, listing what is available, for any other name.
void set_isa(const std::string& name);

}  // namespace schuss
