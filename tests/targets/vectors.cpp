// Rows and status lines as kernels took and gave them: Linux 7.2 and 6.1, and the documentation of the targets.
#include <doctest/doctest.h>

#include <devmap/targets.hpp>

using namespace devmap;
using namespace devmap::targets;

namespace {

struct Vector {
  const char* type;
  const char* table;
  const char* status;  ///< null: none was recorded
};

constexpr Vector vectors[] = {
    {"linear", "/dev/ram0 8", ""},
    {"linear", "1:0 8", ""},
};

std::string spaced(std::string_view text) {
  std::string out;
  for (const auto word : words(text)) (out += out.empty() ? "" : " ") += word;
  return out;
}

}  // namespace

TEST_CASE("what a kernel took and gave reads, passes the rules and writes the same words") {
  for (const Vector& vector : vectors) {
    CAPTURE(vector.type);
    CAPTURE(vector.table);
    const Value params = parseParams(vector.type, vector.table);
    REQUIRE_MESSAGE(params.typed(), params.whyRaw());
    CHECK(params.text() == spaced(vector.table));
    auto checked = params.check();
    CHECK_MESSAGE(checked, (checked ? std::string() : checked.error().message()));
    if (vector.status == nullptr) continue;
    CAPTURE(vector.status);
    const Value status = parseStatus(vector.type, vector.status);
    REQUIRE_MESSAGE(status.typed(), status.whyRaw());
    CHECK(status.text() == spaced(vector.status));
  }
}
