// codec::Bytes: the block that holds packets.
#include <codec/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <doctest/doctest.h>

using devmap::codec::Bytes;

namespace {

bool allAre(std::span<const std::byte> bytes, int value) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [value](std::byte b) { return b == static_cast<std::byte>(value); });
}

void fill(std::span<std::byte> bytes, int value) {
  std::fill(bytes.begin(), bytes.end(), static_cast<std::byte>(value));
}

}  // namespace

TEST_CASE("bytes: empty at first, aligned after resize") {
  Bytes bytes;
  CHECK(bytes.size() == 0);
  CHECK(bytes.span().empty());
  for (const std::size_t size : {1U, 15U, 16U, 17U, 312U, 16384U, 100000U}) {
    Bytes block;
    REQUIRE(block.resize(size));
    CHECK(block.size() == size);
    CHECK(reinterpret_cast<std::uintptr_t>(block.span().data()) % alignof(std::max_align_t) == 0);
    fill(block.span(), 1);  // all of it is usable
  }
}

TEST_CASE("bytes: growing keeps the content") {
  Bytes bytes;
  REQUIRE(bytes.resize(10));
  fill(bytes.span(), 7);
  REQUIRE(bytes.resize(5000));
  CHECK(allAre(bytes.span().first(10), 7));
}

TEST_CASE("bytes: growing little by little moves the block a few times, not each time") {
  Bytes bytes;
  const std::byte* last = nullptr;
  int moves = 0;
  for (std::size_t size = 1; size <= 100'000; ++size) {
    REQUIRE(bytes.resize(size));
    bytes.span().back() = static_cast<std::byte>(size % 251);
    if (bytes.span().data() != last) ++moves;
    last = bytes.span().data();
  }
  CHECK(moves < 40);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    REQUIRE(bytes.span()[i] == static_cast<std::byte>((i + 1) % 251));
}

TEST_CASE("bytes: shrinking keeps what is left") {
  Bytes bytes;
  REQUIRE(bytes.resize(100));
  fill(bytes.span(), 7);
  REQUIRE(bytes.resize(10));
  CHECK(bytes.size() == 10);
  REQUIRE(bytes.resize(100));
  CHECK(allAre(bytes.span().first(10), 7));
  REQUIRE(bytes.resize(0));
  CHECK(bytes.span().empty());
}

TEST_CASE("bytes: memory that cannot be had is an answer and changes nothing") {
  Bytes bytes;
  REQUIRE(bytes.resize(3));
  fill(bytes.span(), 9);
  CHECK_FALSE(bytes.resize(std::numeric_limits<std::size_t>::max()));
  CHECK_FALSE(bytes.resize(static_cast<std::size_t>(PTRDIFF_MAX)));
  CHECK(bytes.size() == 3);
  CHECK(allAre(bytes.span(), 9));
}

TEST_CASE("bytes: moving hands the block over") {
  Bytes a;
  REQUIRE(a.resize(20));
  fill(a.span(), 1);
  const auto* data = a.span().data();
  Bytes b(std::move(a));
  CHECK(b.span().data() == data);
  CHECK(a.size() == 0);  // NOLINT(bugprone-use-after-move): a moved-from block is empty
  Bytes c;
  REQUIRE(c.resize(5));
  c = std::move(b);
  CHECK(c.span().data() == data);
  CHECK(c.size() == 20);
  Bytes& self = c;
  c = std::move(self);
  CHECK(c.size() == 20);
  c.reset();
  CHECK(c.size() == 0);
  REQUIRE(c.resize(4));
}
