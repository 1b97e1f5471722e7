// Runs last: the table of src/targets/README.md lists what is tested on this kernel.
#include <sys/utsname.h>

#include <cstdio>

#include "kernels.hpp"
#include "lab.hpp"

namespace devmap::targets::test {

TEST_CASE("the page tells which targets are tested on this kernel") {
  utsname system{};
  REQUIRE(uname(&system) == 0);
  const std::string_view release = system.release;
  const bool is6_1 = release.starts_with("6.1."), is6_12 = release.starts_with("6.12."),
             is7_3 = release.starts_with("7.3.");
  if (!is6_1 && !is6_12 && !is7_3) {
    std::printf("SKIP - the page says nothing of Linux %s\n", system.release);
    return;
  }
  for (const TypeInfo& type : knownTypes()) {
    CAPTURE(std::string(type.type));
    const TestedOn* const tested = findTested(type.type);
    const bool listed =
        tested != nullptr && ((is6_1 && tested->linux6_1) || (is6_12 && tested->linux6_12) ||
                              (is7_3 && tested->linux7_3));
    const bool lacks =
        is6_1 &&
        !targetVersion(context(), type.type);  // Debian's kernel, not the guest of tests/vm/run
    CHECK(seenTypes().contains(type.type) == (listed && !lacks));
  }
}

}  // namespace devmap::targets::test
