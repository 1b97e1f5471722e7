// Table rows: to the kernel (each `next` from its own row) and from it (each `next` from the first
// row).
#include <cstdint>
#include <string>
#include <vector>

#include <codec/header.hpp>
#include <codec/reply.hpp>
#include <codec/request.hpp>
#include <uapi.hpp>

#include "golden.hpp"

using namespace devmap;
using namespace devmap::codec;
using namespace devmap::test;

namespace {

struct RowRequest {
  TableRow row;
  Backslash backslash = Backslash::literal;
};

TableRow row(std::uint64_t start, std::uint64_t length, std::string_view type,
             std::string_view params) {
  return {Sectors{start}, Sectors{length}, type, params};
}

/// Header and rows in turn, over dirty memory.
Packet encoded(RequestHeader header, const std::vector<RowRequest>& rows) {
  std::size_t size = uapi::headerSize;
  for (const auto& [row, backslash] : rows) size += rowSize(row.params, backslash);
  Packet packet(size, std::byte{0xee});
  header.targetCount = static_cast<std::uint32_t>(rows.size());
  REQUIRE(encodeHeader(header, packet));
  std::size_t at = uapi::headerSize;
  for (const auto& [row, backslash] : rows) {
    const std::size_t step = rowSize(row.params, backslash);
    REQUIRE(encodeRow(row, backslash, std::span(packet).subspan(at, step)));
    at += step;
  }
  return packet;
}

Result<std::vector<TableRow>> decoded(const Packet& packet) {
  const auto header = decodeHeader(packet);
  REQUIRE(header);
  return decodeRows(*header, packet);
}

void checkRows(const std::vector<TableRow>& rows, const std::vector<TableRow>& expected) {
  REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    CHECK(rows[i].start == expected[i].start);
    CHECK(rows[i].length == expected[i].length);
    CHECK(rows[i].type == expected[i].type);
    CHECK(rows[i].params == expected[i].params);
  }
}

/// A reply of `count` rows without text, 48 bytes each (41 for the last).
Packet shortRows(std::uint32_t count) {
  Packet packet(uapi::headerSize + count * std::size_t{48} - 7, std::byte{0});
  REQUIRE(encodeHeader({.targetCount = count}, packet));
  for (std::uint32_t i = 0; i < count; ++i) {
    poke(packet, uapi::headerSize + i * std::size_t{48} + 20, (i + 1) * 48);
    packet[uapi::headerSize + i * std::size_t{48} + 24] = std::byte{'t'};
  }
  return packet;
}

constexpr std::size_t first = uapi::headerSize;

}  // namespace

TEST_CASE("rows: size of a row") {
  CHECK(rowSize("", Backslash::literal) == 48);
  CHECK(rowSize("1234567", Backslash::literal) == 48);
  CHECK(rowSize("12345678", Backslash::literal) == 56);
  CHECK(rowSize("123456\\", Backslash::escape) == 48);
  CHECK(rowSize("123456\\", Backslash::literal) == 56);
  CHECK(rowSize("\\\\\\\\", Backslash::literal) == 56);
}

TEST_CASE("rows: what makes no row is refused, with nothing written") {
  Packet out(56, std::byte{0xee});
  const Packet before = out;
  const auto refused = [&](const TableRow& bad, std::size_t size) {
    return !encodeRow(bad, Backslash::literal, std::span(out).first(size)) && out == before;
  };
  CHECK(refused(row(0, 1, "", "x"), 48));
  CHECK(refused(row(0, 1, "sixteen-letters-", "x"), 48));
  CHECK(refused(row(0, 1, std::string_view("a\0b", 3), "x"), 48));
  CHECK(refused(row(0, 1, "linear", std::string_view("a\0b", 3)), 48));
  CHECK(refused(row(0, 1, "linear", "x"), 47));
  CHECK(refused(row(0, 1, "linear", "x"), 56));
  CHECK(refused(row(0, 1, "linear", "x"), 0));
  CHECK(encodeRow(row(0, 1, "fifteen-letters", "x"), Backslash::literal, std::span(out).first(48)));
}

TEST_CASE("rows: no rows, whatever the count, in an empty payload") {
  Packet packet(312);
  REQUIRE(encodeHeader({.targetCount = 7}, packet));
  auto rows = decoded(packet);
  REQUIRE(rows);
  CHECK(rows->empty());
}

TEST_CASE("rows: a count that the payload cannot hold is refused before memory is asked for") {
  Packet packet = shortRows(3);
  REQUIRE(decoded(packet));
  for (const std::uint32_t count : {4U, 5U, 0x7fffffffU, 0xffffffffU}) {
    poke(packet, 20, count);
    CHECK_FALSE(decoded(packet));
  }
  poke(packet, 20, 2U);  // fewer are up to the kernel
  CHECK(decoded(packet)->size() == 2);
}

TEST_CASE("rows: next must lead forward, on the grid, inside the payload") {
  const auto withNext = [](std::size_t which, std::uint32_t next) {
    Packet packet = shortRows(3);
    poke(packet, first + which * 48 + 20, next);
    return static_cast<bool>(decoded(packet));
  };
  CHECK(withNext(0, 48));
  for (const std::uint32_t next :
       {0U, 1U, 8U, 40U, 47U, 49U, 52U, 136U, 137U, 144U, 0x80000000U, 0xfffffff8U, 0xffffffffU}) {
    CAPTURE(next);
    CHECK_FALSE(withNext(0, next));
  }
  for (const std::uint32_t next : {0U, 48U, 88U, 95U, 100U, 144U}) {
    CAPTURE(next);
    CHECK_FALSE(withNext(1, next));
  }
  CHECK(withNext(2, 0));  // the last one's is ignored
  CHECK(withNext(2, 0xffffffff));
}

TEST_CASE("rows: the text needs its NUL inside the row, a type of 15 bytes none") {
  Packet packet = shortRows(2);
  packet[first + 40] = std::byte{'x'};
  CHECK(decoded(packet)->front().params == "x");
  std::fill_n(packet.begin() + first + 40, 8, std::byte{'x'});
  CHECK_FALSE(decoded(packet));
  packet = shortRows(2);
  packet.back() = std::byte{'x'};
  CHECK_FALSE(decoded(packet));
  packet = shortRows(2);
  std::fill_n(packet.begin() + first + 24, 16, std::byte{'t'});
  CHECK(decoded(packet)->front().type == "ttttttttttttttt");  // the kernel does not set the 16th
  packet[first + 39] = std::byte{0};
  CHECK(decoded(packet)->front().type == "ttttttttttttttt");
}

TEST_CASE("rows: many") {
  const Packet packet = shortRows(100000);
  auto rows = decoded(packet);
  REQUIRE(rows);
  CHECK(rows->size() == 100000);
  CHECK(rows->back().type.data() ==
        reinterpret_cast<const char*>(packet.data()) + packet.size() - 17);
}

TEST_SUITE("golden") {
  TEST_CASE("rows: table loads, byte by byte") {
    const Packet one =
        encoded({.flags = uapi::flagReadOnly, .name = "pool"},
                {{row(0, 409600, "thin-pool", "253:1 253:2 128 32768 1 skip_block_zeroing")}});
    CHECK(hex(one) == hex(golden("request-load")));
    const Packet five = encoded(
        {.name = "five"}, {{row(0, 8, "linear", "7:0 384")},
                           {row(8, 1, "linear", "7:0 4096")},
                           {row(9, 0x123456789a, "error", "")},
                           {row(0x12345678a3, 3, "fifteen-letters", "8:16 6")},
                           {row(0x12345678a6, 4294967296, "linear", R"(/dev/mapper/a\x20b\\ 0)")}});
    CHECK(hex(five) == hex(golden("request-load-rows")));
    const Packet escaped =
        encoded({.device = DeviceNumber{253, 0}},
                {{row(0, 16, "linear", R"(/dev/disk/by-label/a\ b 0)"), Backslash::escape}});
    CHECK(hex(escaped) == hex(golden("request-load-escaped")));
  }

  TEST_CASE("rows: a status reply") {
    const Packet packet = golden("reply-status");
    checkRows(*decoded(packet),
              {row(0, 128, "linear", ""), row(128, 1024, "striped", "2 7:0 7:1 1 AA"),
               row(1152, 0x100000000, "thin-pool",
                   "0 10/1024 5/4096 - rw no_discard_passdown queue_if_no_space - 1024 "),
               row(0x100000480, 1, "fifteen-letters", "x")});
  }

  TEST_CASE("rows: a table reply of one row") {
    const Packet packet = golden("reply-table");
    checkRows(*decoded(packet),
              {row(0, 409600, "crypt",
                   "aes-xts-plain64 :32:logon:cryptsetup:x 0 7:0 4096 1 allow_discards")});
  }

  TEST_CASE("rows: replies without rows") {
    for (const char* file : {"reply-status-none", "reply-status-vanished",
                             "recorded-status-no-table", "recorded-status-inactive"}) {
      if (!judged(file)) continue;
      CAPTURE(file);
      CHECK(decoded(golden(file))->empty());
    }
  }

  TEST_CASE("rows: what Linux 6.1 answered" * doctest::skip(bigEndian)) {
    const Packet table = golden("recorded-table");
    checkRows(*decoded(table),
              {row(0, 8, "linear", "7:0 0"), row(8, 1024, "striped", "2 16 7:0 64 7:1 64"),
               row(1032, 1, "error", "")});
    const std::vector<TableRow> status{row(0, 8, "linear", ""),
                                       row(8, 1024, "striped", "2 7:0 7:1 1 AA"),
                                       row(1032, 1, "error", "")};
    const Packet recorded = golden("recorded-status");
    checkRows(*decoded(recorded), status);
    const Packet waited = golden("recorded-wait");
    checkRows(*decoded(waited), status);
  }

  TEST_CASE("rows: a reply that did not fit says so by its flag, and its rows are no rows" *
            doctest::skip(bigEndian)) {
    const Packet packet = golden("recorded-table-full");
    CHECK((decodeHeader(packet)->flags & uapi::flagBufferFull) != 0);
    CHECK_FALSE(decoded(packet));
  }

  TEST_CASE("rows: what Linux 6.1 took as a table, byte by byte" * doctest::skip(bigEndian)) {
    const Packet recorded = golden("recorded-load");  // the payload is still the request's
    const Packet packet = encoded({}, {{row(0, 8, "linear", "7:0 0")},
                                       {row(8, 1024, "striped", "2 16 7:0 64 7:1 64")},
                                       {row(1032, 1, "error", "")}});
    CHECK(hex(std::span(packet).subspan(312)) == hex(std::span(recorded).subspan(312)));
  }
}
