// The list of the types that hold keys (devmap/targets/keys.hpp) agrees with the typed rows.
#include <algorithm>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include <devmap/targets.hpp>
#include <devmap/targets/keys.hpp>
#include <targets/engine/registry.hpp>

using namespace devmap;
using namespace devmap::targets;

namespace {

bool hasKeyMember(std::span<const targets::detail::Field> fields) {
  return std::ranges::any_of(fields, [](const targets::detail::Field& field) {
    if (field.type == targets::detail::Type::list) return hasKeyMember(field.nest->fields);
    return field.type == targets::detail::Type::key ||
           field.type == targets::detail::Type::algorithm;
  });
}

const std::string hex(64, 'a');

/// A row of each type that has keys, with a key in each place.
const std::map<std::string_view, std::string> rows{
    {"crypt", "aes-xts-plain64 " + hex + " 0 7:0 0"},
    {"inlinecrypt", "aes-xts-plain64 " + hex + " 0 7:0 0"},
    {"default-key", "aes-xts-plain64 " + hex + " 0 7:0 0"},
    {"integrity", "7:0 0 32 J 3 internal_hash:hmac(sha256):" + hex +
                      " journal_crypt:ctr(aes):" + hex + " journal_mac:hmac(sha256):" + hex},
};

}  // namespace

TEST_CASE(
    "keys: a type with a key among its fields is in the list of those that hold keys, and no other "
    "is") {
  for (const targets::detail::Grammar* grammar : targets::detail::allGrammars()) {
    CAPTURE(grammar->type);
    CHECK(mayHoldKeys(grammar->type) == hasKeyMember(grammar->table));
    CHECK_FALSE(hasKeyMember(grammar->status));
    CHECK(rows.contains(grammar->type) == hasKeyMember(grammar->table));
  }
}

TEST_CASE(
    "keys: no field of a key is left in a row without keys, and the row still has its fields") {
  for (const auto& row : rows) {
    const std::string type(row.first), params(row.second);
    CAPTURE(type);
    REQUIRE(parseParams(type, params).typed());
    const std::string hidden = withoutKeys(type, params);
    CHECK(hidden.find(hex) == std::string::npos);
    CHECK(hidden.size() == params.size());
    const Value value = parseParams(type, hidden);
    REQUIRE(value.typed());
    CHECK(value.fields().size() == parseParams(type, params).fields().size());
  }
}

TEST_CASE("keys: a row of crypt without a key is read again as it is shown") {
  const std::string params = "cipher_null-ecb - 0 7:0 0";
  const Value value = parseParams("crypt", withoutKeys("crypt", params));
  REQUIRE(value.typed());
  CHECK(value.text() == params);
  CHECK(value.check(Sectors{8}));
}
