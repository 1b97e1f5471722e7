// Functions on a value and its grammar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <base/text.hpp>
#include <devmap/error.hpp>
#include <targets/engine/grammar.hpp>

namespace devmap::targets {
struct NamedWord;
}

namespace devmap::targets::detail {

using base::decimal;
using base::digitOf;
using base::readNumber;

/// Reads `text` into a fresh object. Errors: invalidTable or malformedReply, naming the type and
/// the field.
Result<void> read(const Line& line, void* object, std::string_view text) noexcept;
/// Reads one word into a member. Returns null, or why the word is invalid. The reason never quotes
/// the word, which may be a key.
const char* readValue(const Field& field, void* member, std::string_view word,
                      bool exactCase) noexcept;
/// Sets fields of a fresh object by the names that fieldsOf returns. For a list, `[i]` may be the
/// next element. Errors: invalidTable, naming the field.
Result<void> assign(const Grammar& grammar, void* object,
                    std::span<const NamedWord> words) noexcept;
/// The text of an object. If `check` refuses the object, the kernel usually refuses the text.
Params write(const Grammar& grammar, const void* object, bool status) noexcept;
/// Checks the rules that need no kernel. `length` 0: the row's length is unknown.
Result<void> check(const Grammar& grammar, const void* object, Sectors length) noexcept;
/// Refuses fields that a target of this version does not know.
Result<void> gate(const Grammar& grammar, const void* object, Version target) noexcept;
/// The origin of a FieldValue. `key`: its secret in the object, or null.
struct Source {
  const Field* field;
  const Secret* key;
};
/// The object's fields that are not absent, in the grammar's order. `sources`, if given, receives
/// the origin of each. List elements then have a `-` for each missing word, so that two of them can
/// be compared.
std::vector<FieldValue> fieldsOf(std::span<const Field> fields, const void* object,
                                 std::vector<Source>* sources = nullptr) noexcept;
/// The word that an absent field stands for; empty if there is none.
std::string defaultOf(const Field& field);
/// Changes the object's values to what the kernel makes of them, as each field's Form says. Clears
/// what the kernel does not use.
void normalise(std::span<const Field> fields, void* object) noexcept;

template <typename T>
Result<T> read(const Line& line, std::string_view text) noexcept {
  T value;
  if (auto done = read(line, &value, text); !done) return std::move(done).error();
  return value;
}

/// The member's value as a number; std::nullopt if it is absent or not a number.
std::optional<std::uint64_t> numberIn(Type type, const void* member) noexcept;
/// Whether the member holds anything but what an absent word means.
bool present(const Field& field, const void* object) noexcept;
/// The words that replace the whole text, such as `Fail`; only the first field is then present.
/// Empty if there are none.
std::string_view wholeLine(std::span<const Field> fields, const void* object) noexcept;
/// The fields of a group: those between its mark and its `end`.
std::span<const Field> groupFields(std::span<const Field> fields, std::size_t mark) noexcept;
/// Whether the field is in the text of this object at all.
bool applies(const Field& field, const void* object) noexcept;
/// Indexed by KeyReference::Type.
inline constexpr const char* keyTypes[] = {"logon", "user", "encrypted", "trusted"};
/// `list[index]`.
std::string elementOf(std::string list, std::size_t index);
/// `operation` is static; `field` may be empty.
Error fault(Errc code, const char* operation, const char* type, std::string_view field,
            std::string_view why);

/// Collects words. Without a buffer it only counts.
class Writer {
 public:
  explicit Writer(char* out = nullptr, char separator = ' ') noexcept
      : out_(out), separator_(separator) {}
  void begin() noexcept {
    if (words_++ != 0 || bytes_ != 0) put({&separator_, 1});
  }
  void put(std::string_view text) noexcept {
    for (const char c : text) {
      if (out_ != nullptr) out_[bytes_] = c;
      ++bytes_;
    }
  }
  void put(std::uint64_t value, int base = 10) noexcept;
  void put(const Secret& bytes) noexcept;
  void word(std::string_view text) noexcept {
    begin();
    put(text);
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t words() const noexcept { return words_; }

 private:
  char* out_;
  char separator_;
  std::size_t bytes_ = 0;
  std::size_t words_ = 0;
};
void writeKey(const Key& key, Writer& out) noexcept;
/// One value, without its name.
void writeValue(const Field& field, const void* member, Writer& out) noexcept;
void writeFields(std::span<const Field> fields, const void* object, Writer& out) noexcept;

}  // namespace devmap::targets::detail
