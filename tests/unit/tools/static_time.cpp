// The static tool's local time, beside that of the C library.
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../../../tools/devmap/static_time.hpp"

namespace {

struct Zone {
  explicit Zone(const std::string& name) {
    setenv("TZ", name.c_str(), 1);
    tzset();
  }
  ~Zone() {
    unsetenv("TZ");
    tzset();
  }
};

bool same(const std::tm& a, const std::tm& b) {
  return a.tm_year == b.tm_year && a.tm_mon == b.tm_mon && a.tm_mday == b.tm_mday && a.tm_hour == b.tm_hour && a.tm_min == b.tm_min &&
         a.tm_sec == b.tm_sec && a.tm_wday == b.tm_wday && a.tm_yday == b.tm_yday;
}

/// Times from 1970 to 2242, or to 2038 where the C library's time has 32 bits, at which both disagree in the zone that is set.
int differences() {
  int found = 0;
  const auto compare = [&](std::int64_t when) {
    const auto time = static_cast<std::time_t>(when);
    if (time != when) return;
    std::tm ours{};
    tool::localTime(when, ours);
    if (!same(*std::localtime(&time), ours)) ++found;
  };
  for (std::int64_t when = 0; when < (std::int64_t{1} << 33); when += 2'000'003) compare(when);
  for (std::int64_t when = 1'700'000'000; when < 1'735'000'000; when += 1'799) compare(when);  // around the changes of one year
  return found;
}

}  // namespace

TEST_CASE("static time: zones by file and by rule") {
  for (const char* const zone : {"", "UTC", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                                 "IST-2IDT,M3.4.4/26,M10.5.0", "XXX3YYY,J60/0,J300", "XXX3YYY,59,300/1:30:15", ":Europe/Berlin",
                                 "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Godthab",
                                 "Asia/Kathmandu", "Pacific/Apia", "/usr/share/zoneinfo/Asia/Tokyo", "nonsense/zone"}) {
    const Zone set(zone);
    INFO(zone);
    CHECK(differences() == 0);
  }
}

TEST_CASE("static time: a damaged zone file is read as far as it goes, never further") {
  std::ifstream in("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
  std::stringstream read;
  read << in.rdbuf();
  const std::string whole = read.str();
  if (whole.empty()) {
    MESSAGE("SKIP - no tzdata here");
    return;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<char> part(whole.begin(),
                                 whole.begin() + static_cast<std::ptrdiff_t>(size));  // of its own, so that a sanitizer sees its end
    CHECK(std::abs(tool::detail::offsetByFile({part.data(), part.size()}, 1'700'000'000)) < 86400);
  }
  for (std::size_t at = 0; at < 60; ++at) {
    std::vector<char> part(whole.begin(), whole.end());
    part[at] = '\xff';
    (void)tool::detail::offsetByFile({part.data(), part.size()}, 1'700'000'000);
  }
  CHECK(tool::detail::offsetByRule("<", 0) == 0);
  CHECK(tool::detail::offsetByRule("A99999999999999999999B,M13.9.9,M0.0.0", 0) != 1);
}
