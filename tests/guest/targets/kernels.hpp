// The kernels in whose guests the suite loads a row of a type and reads what the kernel shows.
// targets-document prints the list; the suite checks it on each kernel.
#pragma once

#include <string_view>

namespace devmap::targets::test {

struct TestedOn {
  std::string_view type;
  bool linux6_1, linux6_12, linux7_3;
};
inline constexpr TestedOn testedOn[] = {
    {"linear", true, true, true},
    {"striped", true, true, true},
    {"zero", true, true, true},
    {"error", true, true, true},
    {"unstriped", true, true, true},
    {"delay", true, true, true},
    {"flakey", true, true, true},
    {"dust", true, false, false},
    {"log-writes", true, true, true},
    {"era", true, true, true},
    {"switch", true, true, true},
    {"crypt", true, true, true},
    {"verity", true, true, true},
    {"integrity", true, true, true},
    {"thin-pool", true, true, true},
    {"thin", true, true, true},
    {"snapshot", true, true, true},
    {"snapshot-merge", true, true, true},
    {"snapshot-origin", true, true, true},
    {"mirror", true, true, true},
    {"raid", true, true, true},
    {"cache", true, true, true},
    {"writecache", true, true, true},
    {"clone", true, false, true},
    {"multipath", true, true, true},
    {"vdo", false, false, true},
};

/// Null for a type that only vectors test.
constexpr const TestedOn* findTested(std::string_view type) noexcept {
  for (const TestedOn& tested : testedOn) {
    if (tested.type == type) return &tested;
  }
  return nullptr;
}

}  // namespace devmap::targets::test
