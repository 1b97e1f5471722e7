// The grammar of a target's parameters and status, as tables. A target is a list of fields in the
// kernel's order. One reader, one writer and one checker serve all targets, so that they cannot
// disagree on a count or an order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <devmap/targets/attributes.hpp>
#include <devmap/targets/words.hpp>

namespace devmap::targets::detail {

/// The type of a field's member.
enum class Type : std::uint8_t {
  none,            ///< no member: literal words and group marks
  flag,            ///< bool
  number,          ///< std::uint64_t
  sectors,         ///< Sectors
  optionalNumber,  ///< std::optional<std::uint64_t>
  optionalSectors,
  optionalSigned,  ///< std::optional<std::int64_t>
  text,            ///< std::string; empty is absent
  device,          ///< DeviceWord; empty is absent
  choice,          ///< enum of one byte, numbered from 0 without gaps; Field::choices spells it
  fraction,        ///< Fraction
  optionalFraction,
  key,        ///< Key
  algorithm,  ///< Algorithm
  words,      ///< Words
  list,       ///< std::vector or std::optional of structs; Field::nest describes them
};

/// How a field appears in the text.
enum class Shape : std::uint8_t {
  word,      ///< one word
  optional,  ///< one word, if any is left
  dash,      ///< one word; `-` when absent
  maybe,     ///< one word if it and the next are numeric
  ifNumber,  ///< one word if numeric
  literal,   ///< the word `name`. Any word is accepted when read
  whole,  ///< choice, first field only: the whole text, for all enumerators but the first. No other
          ///< field is then present
  count,  ///< number of elements of the list
  width,  ///< number of words of the list's `wide` field, the same for all of its elements
  elements,  ///< as many elements as the last `count` says
  wide,      ///< as many words as the last `width` says
  tail,      ///< elements or words to the end of the group or text
  group,  ///< a word count. The words are the fields up to `end`: positional ones, then options in
          ///< any order
  end,
  option,   ///< in a group: `name` and a value. A flag has only `name`, a choice only its word
  colon,    ///< in a group: `name:value`, one word
  unknown,  ///< in a group: words that this version does not know
  rest,     ///< all remaining words
};

/// How what the kernel shows of a field relates to the row that was loaded. Used to compare the two
/// (table_diff.cpp).
enum class Shown : std::uint8_t {
  asGiven,
  byDevice,  ///< a row may leave it to the device. The kernel then shows the device's value:
             ///< superblock, header, what is attached
  never,     ///< accepted, not shown
  unused,    ///< accepted, no effect on the device
};

/// Which values of a field are the same to the kernel.
enum class Form : std::uint8_t {
  exact,
  powerOfTwo,  ///< numbers are rounded down to a power of two
  ticks,       ///< milliseconds are rounded up to ticks of 1 to 10 ms, depending on HZ
  hex,         ///< digits in either case
};

/// One word of a choice. `since`: version of the target, as Field::since. `other`: stands for every
/// word that is not in the list.
struct Choice {
  std::string_view word;
  std::uint16_t since = 0;
  bool other = false;
};
inline constexpr Choice otherWord{.word = "?", .other = true};

/// Returns a member of an object.
using Accessor = void* (*)(void* object) noexcept;

/// The range of a number, and when a field is in the text at all.
struct Rule {
  std::uint32_t min = 0;
  std::uint32_t max = UINT32_MAX;
  std::uint16_t multiple = 1;
  bool powerOfTwo = false;
  std::uint16_t byDefault = noDefault;  ///< what the kernel assumes when the field is absent; for a
                                        ///< choice, its enumerator
  Accessor choice = nullptr;  ///< the choice for the next two. They have one bit per enumerator
  std::uint8_t onlyWith = 0;  ///< the field is in the text only with these; 0: always
  std::uint8_t usedWith = 0;  ///< the kernel uses the field only with these; 0: always

  static constexpr std::uint16_t noDefault = UINT16_MAX;
  static constexpr unsigned choiceBits = 8;

  /// Whether the object's choice is one of `enumerators`.
  [[nodiscard]] bool chosen(std::uint8_t enumerators, const void* object) const noexcept {
    const unsigned chosen = *static_cast<const std::uint8_t*>(
        choice(const_cast<void*>(object)));  // any byte: it is checked later
    return chosen < choiceBits && (enumerators >> chosen & 1U) != 0;
  }
};

struct Field;

/// Access to the elements of a list (a std::vector or std::optional of structs), and their fields.
struct Nest {
  std::span<const Field> fields;
  void* (*add)(void* list) noexcept;  ///< appends an element and returns it
  void (*clear)(void* list) noexcept;
  std::size_t (*count)(const void* list) noexcept;
  void* (*element)(void* list, std::size_t index) noexcept;
  bool single;  ///< at most one element

  [[nodiscard]] std::size_t size(const void* list) const noexcept { return count(list); }
  [[nodiscard]] void* get(void* list, std::size_t index) const noexcept {
    return element(list, index);
  }
  [[nodiscard]] const void* get(const void* list, std::size_t index) const noexcept {
    return element(const_cast<void*>(list), index);
  }
};

constexpr std::uint16_t version(unsigned major, unsigned minor) noexcept {
  return static_cast<std::uint16_t>(major << 8 | minor);
}

/// One field of a line.
struct Field {
  std::string_view name = {};  ///< the kernel's own word where it has one
  Accessor member = nullptr;   ///< null if the field has none
  const Rule* rule = nullptr;  ///< null: any number
  std::span<const Choice> choices = {};
  const Nest* nest = nullptr;  ///< for a list
  std::uint16_t since = 0;     ///< first version(major, minor) of the target that has it; 0: all
  Type type = Type::none;
  Shape shape = Shape::word;
  Unit unit = Unit::none;
  Shown shown = Shown::asGiven;
  Form form = Form::exact;
  bool fixed =
      false;  ///< fixed for a live device: a reload with another value is refused or corrupts data
  bool always = false;     ///< group: its count is written even when 0
  bool required = false;   ///< group: its count must be present
  bool uncounted = false;  ///< group: has no count and goes to the end
  bool hex = false;        ///< number: hexadecimal
  bool free = false;       ///< text: may be empty. dash: may be missing at the end
  bool named = false;      ///< option with a choice: `name` and a word, not the word alone
  bool alias = false;      ///< only read; the field before it is written
  bool once = false;  ///< option: the kernel refuses it if given twice; of others it uses the last

  /// The field's member of the object; null if it has none.
  void* at(void* object) const noexcept { return member == nullptr ? nullptr : member(object); }
  const void* at(const void* object) const noexcept { return at(const_cast<void*>(object)); }
  /// The word of an enumerator; null for a byte that is not one.
  [[nodiscard]] const Choice* choiceOf(std::uint8_t enumerator) const noexcept {
    return enumerator < choices.size() ? &choices[enumerator] : nullptr;
  }

  // Copies of the field with one property changed.
  [[nodiscard]] constexpr Field with(const Rule& r) const noexcept {
    Field f = *this;
    f.rule = &r;
    return f;
  }
  [[nodiscard]] constexpr Field of(std::span<const Choice> c) const noexcept {
    Field f = *this;
    f.choices = c;
    return f;
  }
  [[nodiscard]] constexpr Field of(const Nest& n) const noexcept {
    Field f = *this;
    f.nest = &n;
    return f;
  }
  [[nodiscard]] constexpr Field in(Unit u) const noexcept {
    Field f = *this;
    f.unit = u;
    return f;
  }
  [[nodiscard]] constexpr Field from(unsigned major, unsigned minor) const noexcept {
    Field f = *this;
    f.since = version(major, minor);
    return f;
  }
  [[nodiscard]] constexpr Field fixedForLife() const noexcept {
    Field f = *this;
    f.fixed = true;
    return f;
  }
  [[nodiscard]] constexpr Field inHex() const noexcept {
    Field f = *this;
    f.hex = true;
    return f;
  }
  [[nodiscard]] constexpr Field withName() const noexcept {
    Field f = *this;
    f.named = true;
    return f;
  }
  [[nodiscard]] constexpr Field asAlias() const noexcept {
    Field f = *this;
    f.alias = true;
    return f;
  }
  [[nodiscard]] constexpr Field onlyOnce() const noexcept {
    Field f = *this;
    f.once = true;
    return f;
  }
  [[nodiscard]] constexpr Field is(Shown how) const noexcept {
    Field f = *this;
    f.shown = how;
    return f;
  }
  [[nodiscard]] constexpr Field is(Form how) const noexcept {
    Field f = *this;
    f.form = how;
    return f;
  }
  [[nodiscard]] constexpr Field mayBeEmpty() const noexcept {
    Field f = *this;
    f.free = true;
    return f;
  }
};

/// The result of a target's rule. `why` null: nothing is wrong. The text is static.
struct Fault {
  std::string_view field = {};
  const char* why = nullptr;
};

/// Properties of the target as a whole.
struct Traits {
  Attributes attributes = {};
  Fault (*check)(const void* object,
                 std::uint64_t length) noexcept = nullptr;  ///< length 0: unknown
  void (*normalise)(void* object) noexcept = nullptr;       ///< changes it as the kernel does
  /// Changes a row to what the kernel makes of it on a device that it shows as `shown`.
  void (*settle)(void* row, const void* shown) noexcept = nullptr;
  bool exactCase = false;  ///< keywords are case sensitive
  bool closed = false;     ///< the kernel refuses words after the last known one
  bool liveReload = true;  ///< a live device accepts another table of this type
  bool ownLength = false;  ///< the kernel sets the row's length itself
};

/// One of a target's two lines, its parameters or its status: all that the reader needs. A program
/// that only reads the status of one type links only that.
struct Line {
  const char* type;
  std::span<const Field> fields;
  bool exactCase;  ///< keywords are case sensitive
  bool isStatus;
};

/// One target: everything the registry knows about it.
struct Grammar {
  const char* type;
  const char* statusOf;  ///< the type whose status structure it shares; "" for none
  std::span<const Field> table;
  std::span<const Field> status;
  void* (*create)() noexcept;
  void (*destroy)(void* object) noexcept;
  void* (*createStatus)() noexcept;
  void (*destroyStatus)(void* object) noexcept;
  Traits is;

  [[nodiscard]] constexpr Line line(bool isStatus) const noexcept {
    return {type, isStatus ? status : table, is.exactCase, isStatus};
  }
};

}  // namespace devmap::targets::detail
