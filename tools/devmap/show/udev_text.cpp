#include "show/udev_text.hpp"

#include <ctime>

#include "cli/print.hpp"

namespace tool {
namespace {

/// A local time as asctime writes it, `Thu Jan  1 00:00:00 1970`. asctime itself would pull in
/// printf.
std::string dateOf(std::int64_t since1970) {
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto when = static_cast<std::time_t>(since1970);
  std::tm date{};
  if (localtime_r(&when, &date) == nullptr) return "unknown";
  const auto part = [](std::string_view names, int index) {
    return names.substr(static_cast<std::size_t>(index) * 3, 3);
  };
  const auto two = [](int number, std::string_view fill) {
    return join(number < 10 ? fill : "", number);
  };
  return join(part(days, date.tm_wday), " ", part(months, date.tm_mon), " ", two(date.tm_mday, " "),
              " ", two(date.tm_hour, "0"), ":", two(date.tm_min, "0"), ":", two(date.tm_sec, "0"),
              " ", date.tm_year + 1900);
}

}  // namespace

void printUdevFlags(std::uint32_t dmCookie) {
  const UdevFlags flags = udevFlagsOf(dmCookie);
  for (unsigned bit = 0; bit < 16; ++bit) {
    const auto flag = static_cast<UdevFlag>(1U << bit);
    if (flags.has(flag)) print(udevPropertyName(flag), "='1'\n");
  }
}

void printUdevCookies(const std::vector<SemaphoreState>& cookies) {
  print("Cookie       Semid      Value      Last semop time           Last change time\n");
  for (const SemaphoreState& cookie : cookies) {
    print("0x", padded(hex(static_cast<std::uint32_t>(cookie.key)), 10), " ",
          padded(join(cookie.id), 10), " ", padded(join(cookie.value), 10), " ",
          dateOf(cookie.lastOperation), "  ", dateOf(cookie.lastChange), "\n");
  }
}

}  // namespace tool
