// Pools and the malloc family of the C interface.

#include <libdevmapper.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

class Pool {
 public:
  explicit Pool(std::size_t chunk = 0) : pool_(dm_pool_create("test", chunk)) {
    REQUIRE(pool_ != nullptr);
  }
  ~Pool() { dm_pool_destroy(pool_); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  operator dm_pool*() const { return pool_; }  // NOLINT(google-explicit-constructor)

 private:
  dm_pool* pool_;
};

std::size_t misalignment(const void* memory, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(memory) % alignment;
}

}  // namespace

TEST_CASE("objects are aligned, apart from each other, and stay while the pool grows") {
  const Pool pool;
  char* objects[300];
  for (std::size_t i = 0; i < 300; ++i) {
    objects[i] = static_cast<char*>(dm_pool_alloc(pool, i));
    REQUIRE(objects[i] != nullptr);
    CHECK(misalignment(objects[i], 8) == 0);
    std::memset(objects[i], static_cast<int>(i), i);
  }
  for (std::size_t i = 0; i < 300; ++i)
    for (std::size_t byte = 0; byte < i; ++byte)
      REQUIRE(static_cast<unsigned char>(objects[i][byte]) == i % 256);
}

TEST_CASE("any alignment can be asked for") {
  const Pool pool;
  for (unsigned int alignment : {1U, 16U, 64U, 4096U}) {
    CHECK(dm_pool_alloc_aligned(pool, 1, 1) != nullptr);
    void* const object = dm_pool_alloc_aligned(pool, 10, alignment);
    REQUIRE(object != nullptr);
    CHECK(misalignment(object, alignment) == 0);
    std::memset(object, 1, 10);
  }
  CHECK(misalignment(dm_pool_alloc_aligned(pool, 1, 0), 8) == 0);
}

TEST_CASE("memory is zeroed where that is asked for, also when it was used before") {
  const Pool pool;
  void* const used = dm_pool_alloc(pool, 100);
  std::memset(used, 'x', 100);
  dm_pool_free(pool, used);
  const auto* const zeroed = static_cast<char*>(dm_pool_zalloc(pool, 100));
  REQUIRE(zeroed == used);
  for (int i = 0; i < 100; ++i) REQUIRE(zeroed[i] == 0);
}

TEST_CASE("strings are copied, and cut off at a length") {
  const Pool pool;
  const char original[] = "abcdef";
  char* const copy = dm_pool_strdup(pool, original);
  CHECK(copy != original);
  CHECK(std::string(copy) == "abcdef");
  CHECK(std::string(dm_pool_strdup(pool, "")) == "");
  CHECK(std::string(dm_pool_strndup(pool, "abcdef", 3)) == "abc");
  CHECK(std::string(dm_pool_strndup(pool, "ab", 8)) == "ab");
  const char unended[] = {'a', 'b'};
  CHECK(std::string(dm_pool_strndup(pool, unended, 2)) == "ab");
}

TEST_CASE("freeing an object frees what came after it, over any number of chunks") {
  const Pool pool;
  void* const kept = dm_pool_alloc(pool, 16);
  std::memset(kept, 'k', 16);
  void* const first = dm_pool_alloc(pool, 16);
  for (int i = 0; i < 10; ++i) CHECK(dm_pool_alloc(pool, 5000) != nullptr);
  dm_pool_free(pool, first);
  CHECK(dm_pool_alloc(pool, 16) == first);
  CHECK(std::string(static_cast<char*>(kept), 16) == std::string(16, 'k'));
}

TEST_CASE("empty objects can be freed too") {
  const Pool pool;
  void* const empty = dm_pool_alloc(pool, 0);
  void* const after = dm_pool_alloc(pool, 8);
  CHECK(empty != after);
  dm_pool_free(pool, empty);
  CHECK(dm_pool_alloc(pool, 8) == empty);
}

TEST_CASE("a pointer of elsewhere changes nothing") {
  const Pool pool;
  char* const kept = dm_pool_strdup(pool, "kept");
  char elsewhere = 0;
  dm_pool_free(pool, &elsewhere);
  dm_pool_free(pool, nullptr);
  CHECK(std::string(kept) == "kept");
  CHECK(dm_pool_strdup(pool, "next") != kept);
}

TEST_CASE("an empty pool begins again") {
  const Pool pool;
  void* const first = dm_pool_alloc(pool, 8);
  for (int i = 0; i < 10; ++i) CHECK(dm_pool_alloc(pool, 5000) != nullptr);
  dm_pool_empty(pool);
  CHECK(dm_pool_alloc(pool, 8) == first);
}

TEST_CASE("an object is built piece by piece, and may outgrow its chunk") {
  const Pool pool;
  REQUIRE(dm_pool_begin_object(pool, 10) == 1);
  CHECK(dm_pool_grow_object(pool, "abc", 0) == 1);
  CHECK(dm_pool_grow_object(pool, "def", 4) == 1);
  CHECK(std::string(static_cast<char*>(dm_pool_end_object(pool))) == "abcdef");

  std::string expected;
  REQUIRE(dm_pool_begin_object(pool, 1) == 1);
  for (int i = 0; i < 5000; ++i) {
    const std::string piece = std::to_string(i);
    expected += piece;
    REQUIRE(dm_pool_grow_object(pool, piece.c_str(), 0) == 1);
  }
  REQUIRE(dm_pool_grow_object(pool, "\0", 1) == 1);
  const auto* const built = static_cast<char*>(dm_pool_end_object(pool));
  CHECK(misalignment(built, 8) == 0);
  CHECK(std::string(built) == expected);
  CHECK(dm_pool_strdup(pool, "after") != nullptr);
  CHECK(std::string(built) == expected);
}

TEST_CASE("an abandoned object leaves nothing") {
  const Pool pool;
  void* const before = dm_pool_alloc(pool, 8);
  REQUIRE(dm_pool_begin_object(pool, 8) == 1);
  CHECK(dm_pool_grow_object(pool, "abcdefgh", 8) == 1);
  dm_pool_abandon_object(pool);
  CHECK(static_cast<char*>(dm_pool_alloc(pool, 8)) == static_cast<char*>(before) + 8);
}

TEST_CASE("what cannot be had is null") {
  const Pool pool;
  CHECK(dm_pool_alloc(pool, SIZE_MAX) == nullptr);
  CHECK(dm_pool_alloc(pool, SIZE_MAX - 100) == nullptr);
  CHECK(dm_pool_zalloc(pool, SIZE_MAX / 2) == nullptr);
  CHECK(dm_pool_begin_object(pool, SIZE_MAX) == 0);
  CHECK(dm_pool_alloc(pool, 8) != nullptr);
  CHECK(dm_malloc(SIZE_MAX / 2) == nullptr);
}

TEST_CASE("a lock notices changes, and is taken and given once") {  // libdevmapper 1.02.185
  const Pool pool;
  char* const text = dm_pool_strdup(pool, "text");
  CHECK(dm_pool_locked(pool) == 0);
  CHECK(dm_pool_unlock(pool, 0) == 0);
  CHECK(dm_pool_lock(pool, 1) == 1);
  CHECK(dm_pool_locked(pool) == 1);
  CHECK(dm_pool_lock(pool, 1) == 0);
  CHECK(dm_pool_unlock(pool, 1) == 1);
  CHECK(dm_pool_lock(pool, 1) == 1);
  text[0] = 'T';
  CHECK(dm_pool_unlock(pool, 1) == 0);
  CHECK(dm_pool_locked(pool) == 0);
  CHECK(dm_pool_lock(pool, 1) == 1);
  CHECK(dm_pool_alloc(pool, 5) != nullptr);
  CHECK(dm_pool_unlock(pool, 1) == 0);
  CHECK(dm_pool_lock(pool, 0) == 1);
  CHECK(dm_pool_unlock(pool, 0) == 1);
}

TEST_CASE("destroying and freeing null does nothing") {
  dm_pool_destroy(nullptr);
  dm_pool_free(nullptr, nullptr);
  dm_pool_empty(nullptr);
  dm_free(nullptr);
  dm_free_aux(nullptr);
}

TEST_CASE("memory of the malloc family is malloc's") {
  std::free(dm_malloc(0));
  char* const copy = dm_strdup("text");
  CHECK(std::string(copy) == "text");
  std::free(copy);
  CHECK(dm_strdup(nullptr) == nullptr);
  auto* zeroed = static_cast<char*>(dm_zalloc(50));
  for (int i = 0; i < 50; ++i) REQUIRE(zeroed[i] == 0);
  zeroed[0] = 'z';
  zeroed = static_cast<char*>(dm_realloc(zeroed, 5000));
  CHECK(zeroed[0] == 'z');
  dm_free(zeroed);
  dm_free(std::malloc(3));
  CHECK(dm_dump_memory() == 1);
  CHECK(dm_dump_memory_debug() == 1);
}

TEST_CASE("aligned memory: to a page for 0, and nothing for what is no alignment") {
  for (int i = 0; i < 5; ++i) {
    void* const page = dm_malloc_aligned(100, 0);
    CHECK(misalignment(page, 4096) == 0);
    dm_free(page);
  }
  void* const aligned = dm_malloc_aligned(10, 64);
  CHECK(misalignment(aligned, 64) == 0);
  dm_free(aligned);
  CHECK(dm_malloc_aligned(10, 3) == nullptr);
}

TEST_CASE("the older names do the same") {
  auto* zeroed = static_cast<char*>(dm_zalloc_aux(20, "file", 1));
  for (int i = 0; i < 20; ++i) REQUIRE(zeroed[i] == 0);
  dm_free_aux(dm_realloc_aux(zeroed, 40, "file", 1));
  char* const copy = dm_strdup_aux("text", "file", 1);
  CHECK(std::string(copy) == "text");
  dm_free_aux(copy);
  dm_free_aux(dm_malloc_aux(8, "file", 1));
  dm_free_aux(dm_malloc_aux_debug(8, "file", 1));
  zeroed = static_cast<char*>(dm_zalloc_aux_debug(8, "file", 1));
  CHECK(zeroed[7] == 0);
  dm_free_aux(zeroed);
}
