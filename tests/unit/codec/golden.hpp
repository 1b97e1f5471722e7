// Golden packets: tests/golden/*.hex as bytes. See tests/golden/README.md.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace devmap::test {

using Packet = std::vector<std::byte>;

/// Packets are in the machine's byte order. Constructed ones exist in both. Recorded ones come from
/// little-endian kernels only, and tests that need them are skipped elsewhere (golden.cpp reports
/// that).
inline constexpr bool bigEndian = std::endian::native == std::endian::big;

/// Whether there is a packet with that name for this machine.
constexpr bool judged(std::string_view name) {
  return !bigEndian || !name.starts_with("recorded-");
}

/// The folder that holds the golden data of all machines: $DEVMAP_GOLDEN_DIR, else where the build
/// says, else relative to the root of the source.
inline std::filesystem::path goldenRoot() {
  if (const char* folder = std::getenv("DEVMAP_GOLDEN_DIR")) return folder;
#ifdef DEVMAP_GOLDEN_DIR
  return DEVMAP_GOLDEN_DIR;
#else
  return "tests/golden";
#endif
}

/// The folder for this machine's byte order.
inline std::filesystem::path goldenFolder() {
  return bigEndian ? goldenRoot() / "big-endian" : goldenRoot();
}

/// Appends the bytes of one word of a hex file: `0011ff`, or `00*119`.
inline void appendWord(std::string_view word, Packet& packet) {
  std::size_t times = 1;
  if (const auto star = word.find('*'); star != word.npos) {
    times = std::stoul(std::string(word.substr(star + 1)));
    word = word.substr(0, star);
    REQUIRE(word.size() == 2);
  }
  REQUIRE(word.size() % 2 == 0);
  for (std::size_t i = 0; i < word.size(); i += 2) {
    const auto value =
        static_cast<std::byte>(std::stoul(std::string(word.substr(i, 2)), nullptr, 16));
    packet.insert(packet.end(), times, value);
  }
}

/// The packet of tests/golden/NAME.hex. A missing or empty file fails the test.
inline Packet golden(const std::string& name) {
  std::ifstream file(goldenFolder() / (name + ".hex"));
  REQUIRE_MESSAGE(file, "cannot read golden packet ", name, " in ", goldenFolder().string());
  Packet packet;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;) appendWord(word, packet);
  }
  REQUIRE(!packet.empty());
  packet.shrink_to_fit();  // so that a read past the end is past the allocation
  return packet;
}

/// Names of all golden replies, constructed and recorded.
inline std::vector<std::string> goldenReplies() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(goldenFolder())) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".hex" && !name.starts_with("request-")) names.push_back(name);
  }
  return names;
}

/// Bytes in hex, for messages of failed checks.
inline std::string hex(std::span<const std::byte> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

/// Overwrites a value inside a packet.
template <typename T>
void poke(Packet& packet, std::size_t offset, T value) {
  REQUIRE(offset + sizeof value <= packet.size());
  std::memcpy(packet.data() + offset, &value, sizeof value);
}

}  // namespace devmap::test
