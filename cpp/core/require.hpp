// The one way to fail: the sentence that is said when a condition does not hold.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace schuss {

/// A value of the wrong kind; Python sees a TypeError (ValueError otherwise).
struct TypeMismatch : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

template <class Error = std::invalid_argument, class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
  std::ostringstream sentence;
  (sentence << ... << parts);
  throw Error(sentence.str());
}

template <class Error = std::invalid_argument, class... Parts>
void require(bool condition, const Parts&... parts) {
  if (!condition) refuse<Error>(parts...);
}

/// The entry of `list` whose `name` is `name`, or a sentence with the names there are.
template <class List>
const auto& find_named(const List& list, const std::string& name, const char* what) {
  std::string known;
  for (const auto& entry : list) {
    if (name == entry.name) return entry;
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw std::invalid_argument("unknown " + std::string(what) + " '" + name +
                              "'; known are: " + known);
}

}  // namespace schuss
