// Hash tables: a fixed number of chains. A new entry goes to the front of its chain.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"

using namespace devmap::libdm;

/// Its key follows it. The NUL of a key of text is part of it.
struct dm_hash_node {
  dm_hash_node* next;
  void* data;
  std::uint32_t dataSize;  // of an entry that is told apart by its data
  std::uint32_t keySize;

  char* keyStart() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::string_view key() noexcept { return {keyStart(), keySize}; }
};

/// Its chains follow it. Their number is a power of two.
struct dm_hash_table {
  unsigned int entries;
  unsigned int mask;

  dm_hash_node** chains() noexcept { return reinterpret_cast<dm_hash_node**>(this + 1); }
  dm_hash_node** chainOf(std::string_view key) noexcept;
  /// The pointer to the first entry with this key; to null if there is none.
  dm_hash_node** find(std::string_view key) noexcept;
  /// The same for an entry whose data is equal to these bytes.
  dm_hash_node** find(std::string_view key, std::string_view data) noexcept;
  int add(std::string_view key, void* data, std::uint32_t dataSize) noexcept;
  int set(std::string_view key, void* data) noexcept;
  void remove(dm_hash_node** place) noexcept;
  void wipe() noexcept;
  /// The first entry of the chains from this one on.
  dm_hash_node* firstFrom(unsigned int chain) noexcept;
};

namespace {

constexpr unsigned int fewestChains = 16;
constexpr unsigned int mostChains = 1U << 24;

unsigned int hashOf(std::string_view key) noexcept {  // FNV-1a
  std::uint32_t value = 2166136261;
  for (const char byte : key) value = (value ^ static_cast<unsigned char>(byte)) * 16777619;
  return value;
}

std::string_view bytes(const void* data, std::uint32_t size) noexcept {
  return {static_cast<const char*>(data), size};
}

std::string_view withNul(const char* text) noexcept { return {text, std::strlen(text) + 1}; }

void* dataOf(dm_hash_node* const* place) noexcept {
  return *place == nullptr ? nullptr : (*place)->data;
}

}  // namespace

dm_hash_node** dm_hash_table::chainOf(std::string_view key) noexcept {
  return chains() + (hashOf(key) & mask);
}

dm_hash_node** dm_hash_table::find(std::string_view key) noexcept {
  dm_hash_node** place = chainOf(key);
  while (*place != nullptr && (*place)->key() != key) place = &(*place)->next;
  return place;
}

dm_hash_node** dm_hash_table::find(std::string_view key, std::string_view data) noexcept {
  dm_hash_node** place = chainOf(key);
  for (; *place != nullptr; place = &(*place)->next)
    if ((*place)->key() == key && (*place)->data != nullptr &&
        bytes((*place)->data, (*place)->dataSize) == data)
      break;
  return place;
}

int dm_hash_table::add(std::string_view key, void* data, std::uint32_t dataSize) noexcept {
  auto* const node = static_cast<dm_hash_node*>(std::malloc(sizeof(dm_hash_node) + key.size()));
  if (node == nullptr) {
    logError("out of memory in a hash table");
    return 0;
  }
  dm_hash_node** const chain = chainOf(key);
  *node = {*chain, data, dataSize, static_cast<std::uint32_t>(key.size())};
  key.copy(node->keyStart(), key.size());
  *chain = node;
  ++entries;
  return 1;
}

int dm_hash_table::set(std::string_view key, void* data) noexcept {
  dm_hash_node* const node = *find(key);
  if (node == nullptr) return add(key, data, 0);
  node->data = data;
  return 1;
}

void dm_hash_table::remove(dm_hash_node** place) noexcept {
  dm_hash_node* const node = *place;
  if (node == nullptr) return;
  *place = node->next;
  --entries;
  std::free(node);
}

void dm_hash_table::wipe() noexcept {
  for (unsigned int chain = 0; chain <= mask; ++chain)
    while (chains()[chain] != nullptr) remove(chains() + chain);
}

dm_hash_node* dm_hash_table::firstFrom(unsigned int chain) noexcept {
  for (; chain <= mask; ++chain)
    if (chains()[chain] != nullptr) return chains()[chain];
  return nullptr;
}

dm_hash_table* dm_hash_create(unsigned int sizeHint) {
  const Entry entry;
  unsigned int count = fewestChains;
  while (count < sizeHint && count < mostChains) count *= 2;
  auto* const table = static_cast<dm_hash_table*>(
      std::calloc(1, sizeof(dm_hash_table) + count * sizeof(dm_hash_node*)));
  if (table == nullptr) {
    logError("out of memory for a hash table");
    return nullptr;
  }
  table->mask = count - 1;
  return table;
}

void dm_hash_destroy(dm_hash_table* table) {
  const Entry entry;
  if (table != nullptr) table->wipe();
  std::free(table);
}

void dm_hash_wipe(dm_hash_table* table) {
  const Entry entry;
  if (table != nullptr) table->wipe();
}

int dm_hash_insert(dm_hash_table* table, const char* key, void* data) {
  const Entry entry;
  return table->set(withNul(key), data);
}

void* dm_hash_lookup(dm_hash_table* table, const char* key) {
  return dataOf(table->find(withNul(key)));
}

void dm_hash_remove(dm_hash_table* table, const char* key) {
  const Entry entry;
  table->remove(table->find(withNul(key)));
}

int dm_hash_insert_binary(dm_hash_table* table, const void* key, uint32_t size, void* data) {
  const Entry entry;
  return table->set(bytes(key, size), data);
}

void* dm_hash_lookup_binary(dm_hash_table* table, const void* key, uint32_t size) {
  return dataOf(table->find(bytes(key, size)));
}

void dm_hash_remove_binary(dm_hash_table* table, const void* key, uint32_t size) {
  const Entry entry;
  table->remove(table->find(bytes(key, size)));
}

int dm_hash_insert_allow_multiple(dm_hash_table* table, const char* key, const void* data,
                                  uint32_t size) {
  const Entry entry;
  return table->add(withNul(key), const_cast<void*>(data), size);
}

void* dm_hash_lookup_with_val(dm_hash_table* table, const char* key, const void* data,
                              uint32_t size) {
  return dataOf(table->find(withNul(key), bytes(data, size)));
}

void dm_hash_remove_with_val(dm_hash_table* table, const char* key, const void* data,
                             uint32_t size) {
  const Entry entry;
  table->remove(table->find(withNul(key), bytes(data, size)));
}

void* dm_hash_lookup_with_count(dm_hash_table* table, const char* key, int* count) {
  const std::string_view wanted = withNul(key);
  dm_hash_node* const first = *table->find(wanted);
  *count = 0;
  for (dm_hash_node* node = first; node != nullptr; node = node->next)
    if (node->key() == wanted) ++*count;
  return first == nullptr ? nullptr : first->data;
}

unsigned int dm_hash_get_num_entries(dm_hash_table* table) { return table->entries; }

dm_hash_node* dm_hash_get_first(dm_hash_table* table) { return table->firstFrom(0); }

dm_hash_node* dm_hash_get_next(dm_hash_table* table, dm_hash_node* node) {
  if (node->next != nullptr) return node->next;
  return table->firstFrom((hashOf(node->key()) & table->mask) + 1);
}

char* dm_hash_get_key(dm_hash_table*, dm_hash_node* node) { return node->keyStart(); }

void* dm_hash_get_data(dm_hash_table*, dm_hash_node* node) { return node->data; }

void dm_hash_iter(dm_hash_table* table, dm_hash_iterate_fn function) {
  for (unsigned int chain = 0; chain <= table->mask; ++chain)
    for (dm_hash_node *node = table->chains()[chain], *next = nullptr; node != nullptr;
         node = next) {
      next = node->next;
      function(node->data);
    }
}
