// What the clients of the bench share: CLIENT OPERATION SIZE TIMES. Prints a sum, and the
// nanoseconds of the fastest run.
#pragma once

#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

inline constexpr const char* benchName = "bench";

/// `7:0 OFFSET`, the parameters of row `row`. No formatter is used, as its cost would count for a
/// client.
inline std::size_t benchParams(char (&out)[32], unsigned row) {
  char digits[16];
  std::size_t count = 0;
  unsigned value = row * 8;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  std::size_t at = 0;
  for (const char c : {'7', ':', '0', ' '}) out[at++] = c;
  while (count != 0) out[at++] = digits[--count];
  out[at] = '\0';
  return at;
}

struct Arguments {
  Arguments(int count, char** words) {
    if (count != 4) {
      std::fprintf(stderr, "usage: %s OPERATION SIZE TIMES\n", words[0]);
      std::exit(2);
    }
    operation = words[1];
    size = static_cast<unsigned>(std::strtoul(words[2], nullptr, 10));
    times = static_cast<unsigned>(std::strtoul(words[3], nullptr, 10));
  }

  template <typename Work>
  void repeat(Work work) const {
    for (unsigned i = 0; i < times; ++i) {
      const std::int64_t begin = now();
      work();
      const std::int64_t took = now() - begin;
      if (i == 0 || took < fastest) fastest = took;
      total += took;
    }
  }
  void report(std::uint64_t sum) const {
    std::printf("sum %llu fastest %lld mean %lld\n", static_cast<unsigned long long>(sum),
                static_cast<long long>(fastest),
                static_cast<long long>(times == 0 ? 0 : total / times));
  }

  const char* operation = nullptr;
  unsigned size = 0;
  unsigned times = 0;
  mutable std::int64_t fastest = 0;
  mutable std::int64_t total = 0;

 private:
  static std::int64_t now() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
  }
};
