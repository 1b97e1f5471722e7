// Keys stay hidden.
#include <doctest/doctest.h>

#include <devmap/targets/secret.hpp>

using namespace devmap::targets;

TEST_CASE("a secret owns its bytes, and gives them away by moving") {
  auto secret = Secret::fromHex("00fFa5");
  REQUIRE(secret);
  REQUIRE(secret->size() == 3);
  CHECK(secret->reveal()[1] == 0xff);
  Secret copy = *secret;
  CHECK(copy == *secret);
  copy.writable()[0] = 1;
  CHECK_FALSE(copy == *secret);
  const Secret moved = std::move(*secret);
  CHECK(moved.size() == 3);
  CHECK(secret->empty());  // NOLINT(bugprone-use-after-move): that is the contract
  CHECK_FALSE(moved == Secret{});
  CHECK(Secret::fromHex("")->empty());
  for (const char* bad : {"0", "0g", "0x11", "aa ", "é"}) CHECK_FALSE(Secret::fromHex(bad));
}
