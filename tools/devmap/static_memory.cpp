// The heap of a fully static binary with musl, in place of musl's own, which is a dozen times the size of this one.
// Blocks are powers of two, 32 bytes to 64 KiB, and a freed one waits in the list of its size for the next of that size; larger ones are
// mappings of their own and go back to the kernel. Small ones never do. Any number of threads; a child of fork may allocate only if no
// other thread ran.
// Not part of other builds; tests include it under other names.

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t alignment = 16;
constexpr std::size_t largest = std::size_t{64} << 10U;  // block that a list holds, in bytes
constexpr std::size_t smallest = 32;
constexpr std::size_t regionSize = std::size_t{256} << 10U;
constexpr std::size_t pageSize = 4096;

/// What stands before the memory of each block.
struct alignas(alignment) Block {
  Block* next;       // of a free one
  std::size_t size;  // of the whole block, in bytes
};
static_assert(sizeof(Block) == alignment);

/// A short run of the program needs no more than this, and no system call for it.
alignas(alignment) constinit std::array<std::byte, std::size_t{32} << 10U> firstRegion{};

constinit std::byte* unused = firstRegion.data();
constinit std::size_t unusedSize = firstRegion.size();
constinit std::array<Block*, std::bit_width(largest / smallest)> freeBlocks{};

/// 0: nobody has the heap; 1: somebody has it; 2: and somebody may be asleep until it is given back.
constinit std::atomic<int> taken{0};
static_assert(sizeof taken == sizeof(int));

struct Lock {
  [[gnu::noinline]] Lock() noexcept {
    int free = 0;
    if (taken.compare_exchange_strong(free, 1, std::memory_order_acquire)) return;
    while (taken.exchange(2, std::memory_order_acquire) != 0) syscall(SYS_futex, &taken, FUTEX_WAIT_PRIVATE, 2, nullptr);
  }
  [[gnu::noinline]] ~Lock() {
    if (taken.exchange(0, std::memory_order_release) == 2) syscall(SYS_futex, &taken, FUTEX_WAKE_PRIVATE, 1);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
};

void* map(std::size_t size) noexcept {
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

Block*& listOf(std::size_t size) noexcept { return freeBlocks[static_cast<std::size_t>(std::countr_zero(size / smallest))]; }

Block* takeSmall(std::size_t size) noexcept {
  const Lock lock;
  Block*& list = listOf(size);
  if (Block* const block = list; block != nullptr) {
    list = block->next;
    return block;
  }
  if (unusedSize < size) {  // what is left of the region is lost: less than one block
    auto* const region = static_cast<std::byte*>(map(regionSize));
    if (region == nullptr) return nullptr;
    unused = region;
    unusedSize = regionSize;
  }
  auto* const block = reinterpret_cast<Block*>(unused);
  unused += size;
  unusedSize -= size;
  return block;
}

void* take(std::size_t bytes) noexcept {
  Block* block = nullptr;
  std::size_t size = bytes + sizeof(Block);
  if (bytes <= PTRDIFF_MAX - pageSize) {
    if (size <= largest) {
      size = size <= smallest ? smallest : std::bit_ceil(size);
      block = takeSmall(size);
    } else {
      size = (size + pageSize - 1) & ~(pageSize - 1);
      block = static_cast<Block*>(map(size));
    }
  }
  if (block == nullptr) {
    errno = ENOMEM;
    return nullptr;
  }
  block->size = size;
  return block + 1;
}

Block* blockOf(void* memory) noexcept {
  Block* const block = static_cast<Block*>(memory) - 1;
  // Whoever wrote before the beginning of his memory must not choose a list with it.
  const bool sound =
      block->size > largest ? block->size % pageSize == 0 : block->size >= smallest && (block->size & (block->size - 1)) == 0;
  if (!sound) __builtin_trap();
  return block;
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) noexcept { return take(bytes); }

void free(void* memory) noexcept {
  if (memory == nullptr) return;
  Block* const block = blockOf(memory);
  if (block->size > largest) {
    munmap(block, block->size);
    return;
  }
  const Lock lock;
  Block*& list = listOf(block->size);
  block->next = list;
  list = block;
}

void* calloc(std::size_t count, std::size_t bytes) noexcept {
  std::size_t size = 0;
  if (__builtin_mul_overflow(count, bytes, &size)) size = SIZE_MAX;
  void* const memory = take(size);
  if (memory != nullptr) std::memset(memory, 0, size);
  return memory;
}

void* realloc(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return take(bytes);
  Block* const block = blockOf(memory);
  const std::size_t room = block->size - sizeof(Block);
  if (bytes <= room && bytes >= room / 4) return memory;
  void* const other = take(bytes);
  if (other == nullptr) return nullptr;
  std::memcpy(other, memory, bytes < room ? bytes : room);
  free(memory);
  return other;
}

// Nothing here asks for more than the alignment that all memory has.
void* aligned_alloc(std::size_t wanted, std::size_t bytes) noexcept {
  if (wanted <= alignment) return take(bytes);
  errno = ENOMEM;
  return nullptr;
}

}  // extern "C"
