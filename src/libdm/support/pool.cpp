// Pools: chunks from malloc, filled from their start. An object is given back by moving the fill
// mark of its chunk back to it, and freeing the chunks behind.

#include "support/pool.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <utility>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"

using namespace devmap::libdm;

namespace {

constexpr std::size_t defaultAlignment = 8;
constexpr std::size_t smallestChunk = 1024;

/// Its memory follows it.
struct alignas(std::max_align_t) Chunk {
  Chunk* previous;
  char* free;  // where the next object may begin
  char* end;

  char* start() noexcept { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(end - free); }
  bool holds(const void* object) noexcept {
    const std::less<const void*> before;
    return !before(object, start()) && before(object, free);
  }
};

/// Bytes from `address` to the next multiple of `alignment`, a power of two.
std::size_t padding(const char* address, std::size_t alignment) noexcept {
  return (alignment - reinterpret_cast<std::uintptr_t>(address) % alignment) % alignment;
}

}  // namespace

struct dm_pool {
  Chunk* last = nullptr;
  std::size_t chunkSize = smallestChunk;
  std::size_t built = 0;  // bytes of the object that is being built at last->free
  bool locked = false;
  std::uint32_t checksum = 0;  // when it was locked

  /// Makes `free` of the last chunk aligned, with at least `size` bytes behind it. `built` bytes go
  /// along to a new chunk. False when memory runs out.
  bool reserve(std::size_t size, std::size_t alignment) noexcept;
  /// Takes `size` bytes off the last chunk, which has them.
  void* take(std::size_t size) noexcept;
  void* allocate(std::size_t size, std::size_t alignment) noexcept;
  void drop() noexcept;
  [[nodiscard]] std::uint32_t sum() const noexcept;
};

bool dm_pool::reserve(std::size_t size, std::size_t alignment) noexcept {
  if (last != nullptr) {
    const std::size_t skip = built != 0 ? 0 : padding(last->free, alignment);
    if (skip <= last->room() && size <= last->room() - skip) {
      last->free += skip;
      return true;
    }
  }
  if (size > SIZE_MAX / 4 || alignment > SIZE_MAX / 4) return false;
  // An object that grew out of one chunk will grow again.
  const std::size_t content = std::max(built != 0 ? 2 * size : size + alignment, chunkSize);
  auto* const chunk = static_cast<Chunk*>(std::malloc(sizeof(Chunk) + content));
  if (chunk == nullptr) {
    logError("out of memory in a pool");
    return false;
  }
  *chunk = {last, chunk->start(), chunk->start() + content};
  chunk->free += padding(chunk->free, alignment);
  if (built != 0) std::memcpy(chunk->free, last->free, built);
  last = chunk;
  return true;
}

void* dm_pool::take(std::size_t size) noexcept {
  void* const object = last->free;
  last->free += size;
  return object;
}

void* dm_pool::allocate(std::size_t size, std::size_t alignment) noexcept {
  built = 0;
  // An empty object has a distinct address, so that it can be given back.
  const std::size_t bytes = std::max<std::size_t>(size, 1);
  return reserve(bytes, alignment == 0 ? defaultAlignment : alignment) ? take(bytes) : nullptr;
}

void dm_pool::drop() noexcept { std::free(std::exchange(last, last->previous)); }

std::uint32_t dm_pool::sum() const noexcept {  // FNV-1a
  std::uint32_t value = 2166136261;
  for (Chunk* chunk = last; chunk != nullptr; chunk = chunk->previous)
    for (const char* byte = chunk->start(); byte != chunk->free; ++byte)
      value = (value ^ static_cast<unsigned char>(*byte)) * 16777619;
  return value;
}

void* devmap::libdm::poolAllocate(dm_pool& pool, std::size_t size) noexcept {
  void* const memory = pool.allocate(size, defaultAlignment);
  return memory == nullptr ? nullptr : std::memset(memory, 0, size);
}

char* devmap::libdm::poolCopy(dm_pool& pool, std::string_view text) noexcept {
  auto* const copy = static_cast<char*>(pool.allocate(text.size() + 1, 1));
  if (copy == nullptr) return nullptr;
  std::copy(text.begin(), text.end(), copy);
  copy[text.size()] = '\0';
  return copy;
}

dm_pool* dm_pool_create(const char*, size_t chunkHint) {
  const Entry entry;
  void* const memory = std::malloc(sizeof(dm_pool));
  if (memory == nullptr) return nullptr;
  auto* const pool = new (memory) dm_pool;
  pool->chunkSize = std::clamp<std::size_t>(chunkHint, smallestChunk, std::size_t{1} << 20);
  return pool;
}

void dm_pool_destroy(dm_pool* pool) {
  const Entry entry;
  if (pool == nullptr) return;
  while (pool->last != nullptr) pool->drop();
  std::free(pool);
}

void* dm_pool_alloc(dm_pool* pool, size_t size) {
  const Entry entry;
  return pool->allocate(size, defaultAlignment);
}

void* dm_pool_alloc_aligned(dm_pool* pool, size_t size, unsigned int alignment) {
  const Entry entry;
  return pool->allocate(size, alignment);
}

void* dm_pool_zalloc(dm_pool* pool, size_t size) {
  const Entry entry;
  return poolAllocate(*pool, size);
}

char* dm_pool_strdup(dm_pool* pool, const char* text) {
  const Entry entry;
  return text == nullptr ? nullptr : poolCopy(*pool, text);
}

char* dm_pool_strndup(dm_pool* pool, const char* text, size_t size) {
  const Entry entry;
  return text == nullptr ? nullptr : poolCopy(*pool, {text, strnlen(text, size)});
}

void dm_pool_free(dm_pool* pool, void* object) {
  const Entry entry;
  if (pool == nullptr) return;
  Chunk* owner = pool->last;
  while (owner != nullptr && !owner->holds(object)) owner = owner->previous;
  if (owner == nullptr) {
    logError("Internal error: pool_free asked to free pointer not in pool");
    return;
  }
  while (pool->last != owner) pool->drop();
  owner->free = static_cast<char*>(object);
  pool->built = 0;
}

void dm_pool_empty(dm_pool* pool) {
  const Entry entry;
  if (pool == nullptr || pool->last == nullptr) return;
  while (pool->last->previous != nullptr) pool->drop();
  pool->last->free = pool->last->start();
  pool->built = 0;
}

int dm_pool_begin_object(dm_pool* pool, size_t sizeHint) {
  const Entry entry;
  pool->built = 0;
  return pool->reserve(std::max<std::size_t>(sizeHint, 1), defaultAlignment) ? 1 : 0;
}

int dm_pool_grow_object(dm_pool* pool, const void* data, size_t size) {
  const Entry entry;
  if (size == 0) size = std::strlen(static_cast<const char*>(data));
  if (size > SIZE_MAX - pool->built) return 0;
  if (!pool->reserve(pool->built + size, defaultAlignment)) return 0;
  std::memcpy(pool->last->free + pool->built, data, size);
  pool->built += size;
  return 1;
}

void* dm_pool_end_object(dm_pool* pool) {
  const Entry entry;
  const std::size_t size = std::exchange(pool->built, 0);
  return size == 0 ? pool->allocate(0, defaultAlignment) : pool->take(size);
}

void dm_pool_abandon_object(dm_pool* pool) { pool->built = 0; }

int dm_pool_lock(dm_pool* pool, int crc) {
  const Entry entry;
  if (pool->locked) {
    logError("Internal error: the pool is already locked");
    return 0;
  }
  if (crc != 0) pool->checksum = pool->sum();
  pool->locked = true;
  return 1;
}

int dm_pool_unlock(dm_pool* pool, int crc) {
  const Entry entry;
  if (!pool->locked) {
    logError("Internal error: the pool is already unlocked");
    return 0;
  }
  pool->locked = false;
  if (crc == 0 || pool->checksum == pool->sum()) return 1;
  logError("Internal error: the pool was changed while it was locked");
  return 0;
}

int dm_pool_locked(dm_pool* pool) { return pool->locked ? 1 : 0; }
