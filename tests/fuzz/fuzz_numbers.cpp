// Fuzz target: words that are numbers: cookies as udev rules pass them, sizes, times, lists of
// regions.
#include <string>

#include <devmap/udev.hpp>

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "dmsetup/options.hpp"
#include "dmsetup/report.hpp"
#include "dmsetup/stats.hpp"
#include "fuzz.hpp"

using devmap::fuzz::expect;

namespace {

void cookie(std::string_view word) {
  const auto value = tool::cookieValue(word);
  if (!value) return;
  expect(*value != 0, "a cookie of 0");
  expect(tool::cookieValue("0x" + tool::hex(*value)) == value &&
             tool::cookieValue(std::to_string(*value)) == value,
         "a cookie changes");
  expect(devmap::udevFlagsOf(*value).bits() == *value >> 16, "other flags than the upper half");
}

void number(std::string_view word) {
  if (const auto value = tool::decimal(word)) {
    expect(tool::decimal(std::to_string(*value)) == value, "a number changes");
    expect(word.find_first_not_of("0123456789") == word.npos, "a number with other bytes in it");
  }
  if (const auto value = tool::sectors(word))
    expect(value->count <= UINT64_MAX / devmap::bytesPerSector, "a size that wraps");
  if (const auto value = tool::seconds(word))
    expect(value->count() >= 0 && value->count() <= 1'000'000'000'000, "a time that wraps");
  const auto leading = tool::dmsetup::leadingNumber(word);
  expect(leading > -100'000'000'000 && leading < 100'000'000'000, "a leading number that wraps");
  double value = 0;
  (void)tool::dmsetup::readNumber(word, false, value);
  (void)tool::dmsetup::readNumber(word, true, value);
}

void members(std::string_view word) {
  const auto found = tool::dmsetup::membersOf(word);
  if (!found) return;
  expect(found->size() <= 65536, "more members than there are numbers");
  const auto again = tool::dmsetup::membersOf(tool::dmsetup::memberText(*found));
  expect(again && *again == *found, "members change");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view word(reinterpret_cast<const char*>(data), size);
  cookie(word);
  number(word);
  members(word);
  return 0;
}
