// Numbers and sizes as people write them.
#include "cli/numbers.hpp"

#include <limits>

#include <doctest/doctest.h>

using tool::saturatedProduct;
using tool::wholePart;

TEST_CASE("numbers: the whole part of any number fits") {
  CHECK(wholePart(0) == 0);
  CHECK(wholePart(0.99) == 0);
  CHECK(wholePart(1.5) == 1);
  CHECK(wholePart(-1e300) == 0);
  CHECK(wholePart(9223372036854775808.0) == std::uint64_t{1} << 63);
  CHECK(wholePart(1e30) == UINT64_MAX);
  CHECK(wholePart(std::numeric_limits<double>::infinity()) == UINT64_MAX);
  CHECK(wholePart(std::numeric_limits<double>::quiet_NaN()) == 0);
}

TEST_CASE("numbers: a product that does not fit is the largest number") {
  CHECK(saturatedProduct(3, 1'000'000) == 3'000'000);
  CHECK(saturatedProduct(UINT64_MAX, 1) == UINT64_MAX);
  CHECK(saturatedProduct(18'446'744'073'710, 1'000'000) == UINT64_MAX);
  CHECK(saturatedProduct(18'446'744'073'709, 1'000'000) == 18'446'744'073'709'000'000U);
}
