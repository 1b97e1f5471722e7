// The malloc family. Nothing is recorded, so that free() releases what these return.

#include "support/memory.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unistd.h>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"

using namespace devmap::libdm;

namespace {

char* duplicate(const char* text) noexcept { return text == nullptr ? nullptr : strdup(text); }

}  // namespace

void* devmap::libdm::allocateAligned(std::size_t size, std::size_t alignment) noexcept {
  if (alignment == 0) alignment = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* memory = nullptr;
  const int failure = posix_memalign(&memory, alignment, size);
  if (failure == 0) return memory;
  std::string line = "Failed to allocate " + std::to_string(size) + " bytes aligned to " +
                     std::to_string(alignment) + ": ";
  logError(line.append(errnoWords(failure)));
  errno = failure;
  return nullptr;
}

void* dm_malloc_wrapper(size_t size, const char*, int) {
  const Entry entry;
  return std::malloc(size);
}

void* dm_malloc_aligned_wrapper(size_t size, size_t alignment, const char*, int) {
  const Entry entry;
  return allocateAligned(size, alignment);
}

void* dm_zalloc_wrapper(size_t size, const char*, int) {
  const Entry entry;
  return std::calloc(1, size);
}

void* dm_realloc_wrapper(void* memory, unsigned int size, const char*, int) {
  const Entry entry;
  return std::realloc(memory, size);
}

void dm_free_wrapper(void* memory) {
  const Entry entry;
  std::free(memory);
}

char* dm_strdup_wrapper(const char* text, const char*, int) {
  const Entry entry;
  return duplicate(text);
}

int dm_dump_memory_wrapper() { return 1; }
void dm_bounds_check_wrapper() {}

// Names of before 1.02.103.

void* dm_malloc_aux(size_t size, const char*, int) {
  const Entry entry;
  return std::malloc(size);
}

void* dm_malloc_aux_debug(size_t size, const char*, int) {
  const Entry entry;
  return std::malloc(size);
}

void* dm_zalloc_aux(size_t size, const char*, int) {
  const Entry entry;
  return std::calloc(1, size);
}

void* dm_zalloc_aux_debug(size_t size, const char*, int) {
  const Entry entry;
  return std::calloc(1, size);
}

void* dm_realloc_aux(void* memory, unsigned int size, const char*, int) {
  const Entry entry;
  return std::realloc(memory, size);
}

void dm_free_aux(void* memory) {
  const Entry entry;
  std::free(memory);
}

char* dm_strdup_aux(const char* text, const char*, int) {
  const Entry entry;
  return duplicate(text);
}

int dm_dump_memory_debug() { return 1; }
void dm_bounds_check_debug() {}
