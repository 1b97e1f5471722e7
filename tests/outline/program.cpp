// A program with what compilers make of C++: frames, arguments on the stack, variadic functions, jump tables, recursion, doubles, inline
// assembly. tests/outline/run compares what it prints before and after functions were made of its instructions.
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

struct Text {
  char bytes[40];
  unsigned size = 0;
  Text() { bytes[0] = '\0'; }
  explicit Text(const char* text) { add(text); }
  ~Text() { size = 0; }
  __attribute__((noinline)) void add(const char* text) {
    while (*text != '\0' && size < sizeof bytes - 1) bytes[size++] = *text++;
    bytes[size] = '\0';
  }
};

__attribute__((noinline)) long many(long a, long b, long c, long d, long e, long f, long g, long h, double x) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + static_cast<long>(x * 10);
}

__attribute__((noinline)) long sum(int count, ...) {
  va_list list;
  va_start(list, count);
  long whole = 0;
  for (int i = 0; i < count; ++i) whole += va_arg(list, long) * (i + 1);
  va_end(list);
  return whole;
}

__attribute__((noinline)) const char* named(int number) {
  switch (number) {
    case 0: return "nothing";
    case 1: return "one";
    case 2: return "a pair";
    case 3: return "three";
    case 4: return "four";
    case 5: return "a hand";
    case 6: return "six";
    default: return "many";
  }
}

__attribute__((noinline)) std::uint64_t turned(std::uint64_t value) {
#if defined __x86_64__
  asm("rolq $9, %0\n\txorq $1311, %0" : "+r"(value) : : "cc");
#endif
  return value;
}

__attribute__((noinline)) long deep(long depth) {
  long local[6] = {depth, depth + 1, depth + 2, depth * 3, depth ^ 5, 7};
  if (depth == 0) return 1;
  return deep(depth - 1) + local[static_cast<unsigned long>(depth) % 6];
}

template <int N>
__attribute__((noinline)) void round(int seed) {
  Text first("first ");
  Text second("second ");
  Text third;
  first.add(named(seed % 8));
  second.add(named((seed + N) % 8));
  third.add(first.bytes);
  std::printf("%d.%d %s|%s|%s\n", N, seed, first.bytes, second.bytes, third.bytes);
  std::printf("%ld %ld\n", many(seed, N, 3, 4, 5, 6, seed, 8, seed * 1.5), sum(7, 1L, 2L, 3L, long{N}, 5L, 6L, long{seed}));
  if (std::strcmp(first.bytes, second.bytes) == 0) {
    third.add(" the same");
    std::printf("%s %llu\n", third.bytes, static_cast<unsigned long long>(turned(static_cast<std::uint64_t>(seed))));
    return;
  }
  std::printf("%ld %llu %.2f\n", deep(seed), static_cast<unsigned long long>(turned(N)), seed / 3.0 + N);
}

}  // namespace

int main() {
  for (int seed = 0; seed < 6; ++seed) {
    round<1>(seed);
    round<2>(seed);
    round<3>(seed);
    round<8>(seed);
  }
}
