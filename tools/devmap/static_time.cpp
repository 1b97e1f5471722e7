#include "static_time.hpp"

#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace tool {
namespace {

constexpr std::int64_t daySeconds = 86400;

[[gnu::noinline]] std::int64_t floorDivide(std::int64_t value, std::int64_t by) noexcept { return value / by - (value % by < 0 ? 1 : 0); }

/// Days from 1970-01-01 to the first of March of that year: with a year that begins in March, the leap day is its last.
[[gnu::noinline]] std::int64_t daysToMarch(std::int64_t year) noexcept {
  return 365 * year + floorDivide(year, 4) - floorDivide(year, 100) + floorDivide(year, 400) - 719468;
}

/// Days of the year before a month (0 is March) in a year that begins in March.
constexpr std::int64_t daysBefore(std::int64_t month) noexcept { return (153 * month + 2) / 5; }

struct Date {
  std::int64_t year;
  std::int64_t month;  // 0 is January
  std::int64_t day;    // from 1
};

Date dateOf(std::int64_t days) noexcept {
  std::int64_t year = floorDivide(days * 400, 146097) + 1970;  // at most one too large
  while (daysToMarch(year) > days) --year;
  while (daysToMarch(year + 1) <= days) ++year;
  const std::int64_t inYear = days - daysToMarch(year);
  const std::int64_t month = (5 * inYear + 2) / 153;
  return {month < 10 ? year : year + 1, (month + 2) % 12, inYear - daysBefore(month) + 1};
}

std::int64_t daysOf(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
  return daysToMarch(month < 2 ? year - 1 : year) + daysBefore((month + 10) % 12) + day - 1;
}

/// A rule of TZ, read from left to right; what does not fit reads as nothing.
class Rule {
 public:
  explicit Rule(std::string_view text) noexcept : rest_(text) {}

  std::int64_t offset(std::int64_t since1970) noexcept {
    name();
    const std::int64_t standard = -time();
    if (rest_.empty()) return standard;
    name();
    std::int64_t summer = standard + 3600;
    if (!rest_.empty() && rest_[0] != ',') summer = -time();
    if (!take(',')) return standard;
    const std::int64_t year = dateOf(floorDivide(since1970 + standard, daySeconds)).year;
    const std::int64_t begin = moment(year) - standard;
    if (!take(',')) return standard;
    const std::int64_t end = moment(year) - summer;
    const bool between = begin < end ? since1970 >= begin && since1970 < end : since1970 >= begin || since1970 < end;
    return between ? summer : standard;
  }

 private:
  bool take(char wanted) noexcept {
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void name() noexcept {
    const bool quoted = take('<');
    const auto isName = [&](char c) { return quoted ? c != '>' : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (!rest_.empty() && isName(rest_[0])) rest_.remove_prefix(1);
    if (quoted) take('>');
  }
  std::int64_t number() noexcept {
    std::int64_t value = 0;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9' && value < 10000; rest_.remove_prefix(1))
      value = value * 10 + rest_[0] - '0';
    return value;
  }
  /// [+-]hh[:mm[:ss]]
  std::int64_t time() noexcept {
    const bool negative = take('-');
    if (!negative) take('+');
    std::int64_t seconds = number() * 3600;
    if (take(':')) seconds += number() * 60;
    if (take(':')) seconds += number();
    return negative ? -seconds : seconds;
  }
  /// Mm.w.d, Jn or n, and /time: seconds since 1970 in local time.
  std::int64_t moment(std::int64_t year) noexcept {
    std::int64_t day = daysOf(year, 0, 1);
    const bool leap = daysOf(year, 2, 1) - day == 60;
    if (take('M')) {
      const std::int64_t month = number() - 1;
      take('.');
      const std::int64_t week = number();
      take('.');
      const std::int64_t weekday = number();
      const std::int64_t first = daysOf(year, month, 1);
      day = first + (weekday - (first + 4) % 7 + 7) % 7 + (week - 1) * 7;
      const std::int64_t next = month == 11 ? daysOf(year + 1, 0, 1) : daysOf(year, month + 1, 1);
      while (day >= next) day -= 7;  // the fifth is the last
    } else if (take('J')) {
      const std::int64_t count = number();
      day += count - (leap && count >= 60 ? 0 : 1);
    } else {
      day += number();
    }
    return day * daySeconds + (take('/') ? time() : 7200);
  }

  std::string_view rest_;
};

std::int64_t bigEndian(std::string_view bytes) noexcept {
  std::int64_t value = static_cast<signed char>(bytes[0]);
  for (const char byte : bytes.substr(1)) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

std::string readZone(const std::string& path) noexcept {
  std::string text;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  char part[4096];
  ssize_t size = 0;
  while (text.size() < (1U << 20) && (size = read(file, part, sizeof part)) > 0) text.append(part, static_cast<std::size_t>(size));
  close(file);
  return text;
}

std::int64_t offsetAt(std::int64_t since1970) noexcept {
  const char* const given = std::getenv("TZ");
  std::string zone = given == nullptr ? "/etc/localtime" : given;
  if (zone.starts_with(':')) zone.erase(0, 1);
  if (zone.empty()) return 0;
  const std::string file = readZone(zone.starts_with('/') ? zone : "/usr/share/zoneinfo/" + zone);
  return file.empty() ? detail::offsetByRule(zone, since1970) : detail::offsetByFile(file, since1970);
}

}  // namespace

std::int64_t detail::offsetByRule(std::string_view rule, std::int64_t since1970) noexcept { return Rule(rule).offset(since1970); }

std::int64_t detail::offsetByFile(std::string_view file, std::int64_t since1970) noexcept {
  constexpr std::size_t headerSize = 44;
  std::size_t wide = 4;  // bytes of a time
  for (;;) {
    if (file.size() < headerSize || !file.starts_with("TZif")) return 0;
    const auto count = [&](std::size_t which) { return static_cast<std::size_t>(bigEndian(file.substr(20 + which * 4, 4))) & 0xFFFFFU; };
    const std::size_t transitions = count(3);
    const std::size_t types = count(4);
    const std::size_t size = transitions * (wide + 1) + types * 6 + count(5) + count(2) * (wide + 4) + count(1) + count(0);
    if (file.size() - headerSize < size || types == 0) return 0;
    const std::string_view data = file.substr(headerSize, size);
    const std::string_view after = file.substr(headerSize + size);
    if (wide == 4 && file[4] >= '2') {  // the same again, with times of 8 bytes
      file = after;
      wide = 8;
      continue;
    }
    std::size_t past = 0;
    while (past < transitions && bigEndian(data.substr(past * wide, wide)) <= since1970) ++past;
    if (past == transitions && after.size() > 2 && after[0] == '\n')
      return offsetByRule(after.substr(1, after.find('\n', 1) - 1), since1970);
    std::size_t type = past == 0 ? 0 : static_cast<unsigned char>(data[transitions * wide + past - 1]);
    if (type >= types) type = 0;
    return bigEndian(data.substr(transitions * (wide + 1) + type * 6, 4));
  }
}

void localTime(std::int64_t since1970, std::tm& date) noexcept {
  const std::int64_t local = since1970 + offsetAt(since1970);
  const std::int64_t days = floorDivide(local, daySeconds);
  const std::int64_t seconds = local - days * daySeconds;
  const Date day = dateOf(days);
  date = {};
  date.tm_year = static_cast<int>(day.year - 1900);
  date.tm_mon = static_cast<int>(day.month);
  date.tm_mday = static_cast<int>(day.day);
  date.tm_hour = static_cast<int>(seconds / 3600);
  date.tm_min = static_cast<int>(seconds / 60 % 60);
  date.tm_sec = static_cast<int>(seconds % 60);
  date.tm_wday = static_cast<int>((days % 7 + 11) % 7);
  date.tm_yday = static_cast<int>(days - daysOf(day.year, 0, 1));
}

}  // namespace tool

// In place of the C library's.
extern "C" std::tm* localtime_r(const std::time_t* since1970, std::tm* date) noexcept {
  tool::localTime(*since1970, *date);
  return date;
}
