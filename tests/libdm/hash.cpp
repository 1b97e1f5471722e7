// Hash tables of the C interface. Expected values are what libdevmapper 1.02.185 gives.

#include <libdevmapper.h>

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace {

class Table {
 public:
  explicit Table(unsigned int hint = 10) : table_(dm_hash_create(hint)) {
    REQUIRE(table_ != nullptr);
  }
  ~Table() { dm_hash_destroy(table_); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  operator dm_hash_table*() const { return table_; }  // NOLINT(google-explicit-constructor)

 private:
  dm_hash_table* table_;
};

char one[] = "one";
char two[] = "two";
char three[] = "three";

int calls = 0;
dm_hash_table* emptied = nullptr;

}  // namespace

TEST_CASE("data is found by its key, and replaced") {
  const Table table;
  CHECK(dm_hash_lookup(table, "a") == nullptr);
  CHECK(dm_hash_insert(table, "a", one) == 1);
  CHECK(dm_hash_lookup(table, "a") == one);
  CHECK(dm_hash_lookup(table, "b") == nullptr);
  CHECK(dm_hash_lookup(table, "") == nullptr);
  CHECK(dm_hash_insert(table, "a", two) == 1);
  CHECK(dm_hash_lookup(table, "a") == two);
  CHECK(dm_hash_get_num_entries(table) == 1);
  CHECK(dm_hash_insert(table, "a", nullptr) == 1);
  CHECK(dm_hash_lookup(table, "a") == nullptr);
  CHECK(dm_hash_get_num_entries(table) == 1);
}

TEST_CASE("keys are copied") {
  const Table table;
  char key[] = "key";
  dm_hash_insert(table, key, one);
  key[0] = 'x';
  CHECK(dm_hash_lookup(table, "key") == one);
  CHECK(dm_hash_lookup(table, "xey") == nullptr);
}

TEST_CASE("a key that is not there can be removed") {
  const Table table;
  dm_hash_insert(table, "a", one);
  dm_hash_remove(table, "b");
  CHECK(dm_hash_get_num_entries(table) == 1);
  dm_hash_remove(table, "a");
  CHECK(dm_hash_get_num_entries(table) == 0);
  CHECK(dm_hash_lookup(table, "a") == nullptr);
  dm_hash_remove(table, "a");
  CHECK(dm_hash_get_num_entries(table) == 0);
}

TEST_CASE("keys may be any bytes; those of text include its NUL") {
  const Table table;
  CHECK(dm_hash_insert_binary(table, "\0a", 2, one) == 1);
  CHECK(dm_hash_insert_binary(table, "\0b", 2, two) == 1);
  CHECK(dm_hash_lookup_binary(table, "\0a", 2) == one);
  CHECK(dm_hash_lookup_binary(table, "\0b", 2) == two);
  CHECK(dm_hash_lookup_binary(table, "\0", 1) == nullptr);
  dm_hash_remove_binary(table, "\0a", 2);
  CHECK(dm_hash_lookup_binary(table, "\0a", 2) == nullptr);
  dm_hash_insert(table, "a", three);
  CHECK(dm_hash_lookup_binary(table, "a", 2) == three);
  CHECK(dm_hash_lookup_binary(table, "a", 1) == nullptr);
}

TEST_CASE("one key may have several entries, told apart by what they point to") {
  const Table table;
  CHECK(dm_hash_insert_allow_multiple(table, "k", one, 4) == 1);
  CHECK(dm_hash_insert_allow_multiple(table, "k", two, 4) == 1);
  CHECK(dm_hash_insert_allow_multiple(table, "other", two, 4) == 1);
  CHECK(dm_hash_get_num_entries(table) == 3);
  int count = -1;
  CHECK(dm_hash_lookup_with_count(table, "k", &count) == two);
  CHECK(count == 2);
  CHECK(dm_hash_lookup_with_count(table, "none", &count) == nullptr);
  CHECK(count == 0);
  const char equal[] = "one";
  CHECK(dm_hash_lookup_with_val(table, "k", equal, 4) == one);
  CHECK(dm_hash_lookup_with_val(table, "k", equal, 3) == nullptr);
  CHECK(dm_hash_lookup_with_val(table, "k", three, 4) == nullptr);
  dm_hash_remove_with_val(table, "k", three, 4);
  CHECK(dm_hash_get_num_entries(table) == 3);
  dm_hash_remove_with_val(table, "k", equal, 4);
  CHECK(dm_hash_lookup_with_count(table, "k", &count) == two);
  CHECK(count == 1);
}

TEST_CASE("entries are walked once each, in tables of every size") {
  for (const unsigned int hint : {0U, 1U, 500U}) {
    const Table table(hint);
    std::set<std::string> expected;
    for (int i = 0; i < 500; ++i) {
      expected.insert(std::to_string(i));
      REQUIRE(dm_hash_insert(table, std::to_string(i).c_str(), one) == 1);
    }
    std::set<std::string> seen;
    unsigned int steps = 0;
    dm_hash_node* node = nullptr;
    dm_hash_iterate(node, table) {
      seen.insert(dm_hash_get_key(table, node));
      CHECK(dm_hash_get_data(table, node) == one);
      ++steps;
    }
    CHECK(seen == expected);
    CHECK(steps == 500);
    CHECK(dm_hash_get_num_entries(table) == 500);
  }
  CHECK(dm_hash_get_first(Table()) == nullptr);
}

TEST_CASE("a function called for each entry may remove it") {
  const Table table;
  emptied = table;
  calls = 0;
  std::string keys[100];
  for (int i = 0; i < 100; ++i) {
    keys[i] = std::to_string(i);
    dm_hash_insert(table, keys[i].c_str(), keys[i].data());
  }
  dm_hash_iter(table, [](void* data) {
    ++calls;
    dm_hash_remove(emptied, static_cast<char*>(data));
  });
  CHECK(calls == 100);
  CHECK(dm_hash_get_num_entries(table) == 0);
}

TEST_CASE("a wiped table is empty and works") {
  const Table table;
  for (int i = 0; i < 100; ++i) dm_hash_insert(table, std::to_string(i).c_str(), one);
  dm_hash_wipe(table);
  CHECK(dm_hash_get_num_entries(table) == 0);
  CHECK(dm_hash_get_first(table) == nullptr);
  CHECK(dm_hash_insert(table, "a", two) == 1);
  CHECK(dm_hash_lookup(table, "a") == two);
}

TEST_CASE("destroying and wiping null does nothing") {
  dm_hash_destroy(nullptr);
  dm_hash_wipe(nullptr);
}
