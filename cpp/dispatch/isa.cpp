// The only code that asks the CPU.
#include "dispatch/isa.hpp"

#include <cstdlib>
#include <mutex>

#include "core/require.hpp"

namespace schuss {

namespace {

// To add an instruction set: its line in CMakeLists.txt, and its question here.
bool machine_runs(const std::string& name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (name == "avx512") {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("fma");
  }
  if (name == "avx2")
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  // What the architecture guarantees: SSE2 on x86-64, NEON on aarch64.
  return name == "baseline" || name == "neon";
}

struct Choice {
  std::mutex mutex;
  std::string name;
};

Choice& choice() {
  static Choice the_choice;
  return the_choice;
}

std::string checked(const std::string& name, const char* origin) {
  std::string list;
  for (const std::string& available : available_isas()) {
    if (available == name) return name;
    list += (list.empty() ? "" : ", ") + available;
  }
  require(false, origin, " '", name, "' is not an instruction set that this build and ",
          "this machine have; available are: ", list);
  return {};
}

}  // namespace

std::vector<std::string> available_isas() {
  std::vector<std::string> names;
#define SCHUSS_LIST_ISA(name) \
  if (machine_runs(#name)) names.emplace_back(#name);
#include "isa_list.inc"
#undef SCHUSS_LIST_ISA
  return names;
}

std::string isa() {
  Choice& current = choice();
  const std::lock_guard lock(current.mutex);
  if (current.name.empty()) {
    const char* wanted = std::getenv("SCHUSS_ISA");
    current.name =
        wanted && *wanted ? checked(wanted, "SCHUSS_ISA") : available_isas().back();
  }
  return current.name;
}

void set_isa(const std::string& name) {
  const std::string known = checked(name, "instruction set");
  Choice& current = choice();
  const std::lock_guard lock(current.mutex);
  current.name = known;
}

}  // namespace schuss
