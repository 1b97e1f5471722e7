// The heap of the static tool, under names of its own.
#include <doctest/doctest.h>

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

#define malloc staticMalloc
#define free staticFree
#define calloc staticCalloc
#define realloc staticRealloc
#define aligned_alloc staticAlignedAlloc
#include "../../../tools/devmap/static_memory.cpp"
#undef malloc
#undef free
#undef calloc
#undef realloc
#undef aligned_alloc

namespace {

struct Held {
  unsigned char* memory;
  std::size_t size;
  unsigned char mark;
};

bool intact(const Held& held) {
  return std::all_of(held.memory, held.memory + held.size, [&](unsigned char byte) { return byte == held.mark; });
}

/// Takes, grows and gives back memory of all sizes, and sees that nobody else writes to it.
bool exercise(unsigned seed, int rounds) {
  std::mt19937 random(seed);
  std::vector<Held> all;
  bool good = true;
  for (int round = 0; good && round < rounds; ++round) {
    const std::size_t size = random() % (round % 50 == 0 ? 300'000 : 2000);
    const auto mark = static_cast<unsigned char>(random());
    if (all.size() < 200 && random() % 3 != 0) {
      const bool zeroed = random() % 4 == 0;
      auto* const memory = static_cast<unsigned char*>(zeroed ? staticCalloc(size, 1) : staticMalloc(size));
      good = memory != nullptr && reinterpret_cast<std::uintptr_t>(memory) % 16 == 0;
      if (good && zeroed) good = std::all_of(memory, memory + size, [](unsigned char byte) { return byte == 0; });
      if (!good) break;
      std::memset(memory, mark, size);
      all.push_back({memory, size, mark});
    } else if (!all.empty()) {
      Held& held = all[random() % all.size()];
      good = intact(held);
      if (random() % 2 == 0) {
        auto* const memory = static_cast<unsigned char*>(staticRealloc(held.memory, size));
        good = good && memory != nullptr && intact({memory, std::min(size, held.size), held.mark});
        if (!good) break;
        std::memset(memory, mark, size);
        held = {memory, size, mark};
      } else {
        staticFree(held.memory);
        held = all.back();
        all.pop_back();
      }
    }
  }
  for (const Held& held : all) {
    good = good && intact(held);
    staticFree(held.memory);
  }
  return good;
}

}  // namespace

TEST_CASE("memory of the static tool is one's own, whatever its size") {
  for (unsigned seed = 0; seed < 20; ++seed) CHECK(exercise(seed, 5000));
}

TEST_CASE("threads share the heap of the static tool") {
  std::array<bool, 4> good{};
  {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < good.size(); ++i)
      threads.emplace_back([&good, i] { good[i] = exercise(static_cast<unsigned>(100 + i), 20'000); });
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(std::ranges::count(good, true) == 4);
}

TEST_CASE("freed memory of the static tool is used again") {
  std::set<void*> places;
  for (int round = 0; round < 10'000; ++round) {
    std::array<void*, 3> blocks{staticMalloc(40), staticMalloc(4000), staticMalloc(60'000)};
    for (void* const block : blocks) {
      places.insert(block);
      staticFree(block);
    }
  }
  CHECK(places.size() == 3);
}

TEST_CASE("what the static tool's heap cannot give is refused") {
  errno = 0;
  CHECK(staticMalloc(SIZE_MAX) == nullptr);
  CHECK(errno == ENOMEM);
  errno = 0;
  CHECK(staticCalloc(SIZE_MAX / 2, 3) == nullptr);
  CHECK(errno == ENOMEM);
  void* const memory = staticMalloc(10);
  CHECK(staticRealloc(memory, PTRDIFF_MAX) == nullptr);
  staticFree(memory);
  CHECK(staticAlignedAlloc(4096, 10) == nullptr);
  void* const aligned = staticAlignedAlloc(16, 10);
  CHECK(aligned != nullptr);
  staticFree(aligned);
  staticFree(nullptr);
  void* const none = staticMalloc(0);
  CHECK(none != nullptr);
  staticFree(none);
}
