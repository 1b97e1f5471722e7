// What kernels accepted and reported is read, and written back unchanged.
#include <doctest/doctest.h>

#include <devmap/targets.hpp>

#include "vectors.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace devmap::targets::test;

namespace {

std::string spaced(std::string_view text) {
  std::string out;
  for (const auto word : words(text)) (out += out.empty() ? "" : " ") += word;
  return out;
}

}  // namespace

TEST_CASE("what a kernel took and gave reads, passes the rules and writes the same words") {
  for (const Vector& vector : vectors) {
    CAPTURE(std::string(vector.type));
    CAPTURE(std::string(vector.table));
    const Value params = parseParams(vector.type, vector.table);
    REQUIRE_MESSAGE(params.typed(), params.whyRaw());
    CHECK(std::string(params.text()) == spaced(vector.table));
    auto checked = params.check();
    CHECK_MESSAGE(checked, (checked ? std::string() : checked.error().message()));
    if (vector.status == nullptr) continue;
    CAPTURE(std::string(vector.status));
    const Value status = parseStatus(vector.type, vector.status);
    REQUIRE_MESSAGE(status.typed(), status.whyRaw());
    if (!vector.shortened) CHECK(std::string(status.text()) == spaced(vector.status));
    CHECK(parseStatus(vector.type, status.text()).fields() == status.fields());
  }
}
