// Fuzz target: everything that is written for the kernel. The first byte chooses what, the second
// how it is cut into arguments, and the rest is text. What the encoders accept is read back the way
// the kernel reads it.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace devmap;
using fuzz::expect;

namespace {

using Block = std::vector<std::byte>;

bool usable(std::string_view text) { return !text.empty() && text.find('\0') == text.npos; }

/// The text in `block` from `at`, if only zeroes follow its NUL.
std::string textIn(const Block& block, std::size_t at) {
  const auto begin = block.begin() + static_cast<std::ptrdiff_t>(at);
  const auto nul = std::find(begin, block.end(), std::byte{0});
  expect(nul != block.end(), "a text without its NUL");
  expect(std::all_of(nul, block.end(), [](std::byte b) { return b == std::byte{0}; }),
         "something behind a text's NUL");
  return {reinterpret_cast<const char*>(&*begin), static_cast<std::size_t>(nul - begin)};
}

template <typename T>
T numberIn(const Block& block, std::size_t at) {
  T value;
  std::memcpy(&value, block.data() + at, sizeof value);
  return value;
}

std::string doubled(std::string_view params) {
  std::string text;
  for (const char c : params) text.append(c == '\\' ? 2 : 1, c);
  return text;
}

void row(std::string_view type, std::string_view params, Backslash backslash) {
  Block block(codec::rowSize(params, backslash), std::byte{0xee});
  const bool valid = usable(type) && type.size() <= 15 && params.find('\0') == params.npos;
  expect(block.size() % 8 == 0 && block.size() >= 48, "an odd size of a row");
  expect(codec::encodeRow({Sectors{1}, Sectors{params.size()}, type, params}, backslash, block) ==
             valid,
         "a wrong judgement of a row");
  if (!valid) {
    expect(
        std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0xee}; }),
        "a refusal that writes");
    return;
  }
  expect(
      numberIn<std::uint64_t>(block, 0) == 1 && numberIn<std::uint64_t>(block, 8) == params.size(),
      "wrong sectors");
  expect(
      numberIn<std::uint32_t>(block, 16) == 0 && numberIn<std::uint32_t>(block, 20) == block.size(),
      "wrong status or next");
  expect(textIn(Block(block.begin() + 24, block.begin() + 40), 0) == type, "a wrong type");
  expect(
      textIn(block, 40) == (backslash == Backslash::escape ? std::string(params) : doubled(params)),
      "wrong parameters");
}

void message(std::string_view text, std::size_t room) {
  Block block(room, std::byte{0xee});
  const bool valid = usable(text) && room >= codec::messageSize(text);
  expect(codec::encodeMessage(Sectors{text.size()}, text, block) == valid,
         "a wrong judgement of a message");
  if (!valid) return;
  const auto end = block.begin() + static_cast<std::ptrdiff_t>(codec::messageSize(text));
  expect(std::all_of(end, block.end(), [](std::byte b) { return b == std::byte{0xee}; }),
         "something written behind the message");
  block.erase(end, block.end());
  expect(numberIn<std::uint64_t>(block, 0) == text.size() && textIn(block, 8) == text,
         "a wrong message");
}

void text(std::string_view text, std::size_t room) {
  Block block(room, std::byte{0xee});
  const bool valid = usable(text) && room > text.size();
  expect(codec::encodeText(text, block) == valid, "a wrong judgement of a text");
  if (valid) expect(textIn(block, 0) == text, "a wrong text");
}

void geometry(std::string_view bytes, std::size_t room) {
  std::uint32_t numbers[3] = {};
  std::uint64_t start = 0;
  std::memcpy(numbers, bytes.data(), std::min(bytes.size(), sizeof numbers));
  if (bytes.size() >= 20) std::memcpy(&start, bytes.data() + 12, sizeof start);
  Block block(room, std::byte{0xee});
  const bool valid = room >= codec::geometrySize;
  expect(
      codec::encodeGeometry({numbers[0], numbers[1], numbers[2], Sectors{start}}, block) == valid,
      "a wrong judgement of a geometry");
  if (!valid) return;
  const std::string expected = std::to_string(numbers[0]) + ' ' + std::to_string(numbers[1]) + ' ' +
                               std::to_string(numbers[2]) + ' ' + std::to_string(start);
  expect(textIn(block, 0) == expected, "a wrong geometry");
}

void header(std::string_view name, std::string_view uuid, std::size_t room) {
  Block block(300 + room, std::byte{0xee});
  const codec::RequestHeader request{
      1, 2, 3, name, uuid, DeviceNumber{static_cast<std::uint32_t>(room) << 4, 5}};
  const bool valid = block.size() >= 312 && name.size() <= 127 && uuid.size() <= 128 &&
                     name.find('\0') == name.npos && uuid.find('\0') == uuid.npos &&
                     request.device->major < 4096;
  expect(codec::encodeHeader(request, block) == valid, "a wrong judgement of a header");
  if (valid) expect(check::header(block));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = std::min<std::size_t>(data[1], all.size());
  switch (data[0] % 6) {
    case 0: row(all.substr(0, cut), all.substr(cut), Backslash::literal); break;
    case 1: row(all.substr(0, cut), all.substr(cut), Backslash::escape); break;
    case 2: message(all, all.size() + data[1] % 16); break;
    case 3: text(all, all.size() + data[1] % 4); break;
    case 4: geometry(all, data[1]); break;
    default: header(all.substr(0, cut), all.substr(cut), data[1]); break;
  }
  return 0;
}
