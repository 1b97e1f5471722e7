// The grammar of a target's parameters and status, as tables. A target is a list of fields in the
// kernel's order; one reader, one writer and one checker serve them all, so that a count or an
// order cannot be wrong in one place only.
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

/// What the member behind a field is.
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
  choice,          ///< enum of one byte, counted from 0 without holes; Field::choices spells it
  fraction,        ///< Fraction
  optionalFraction,
  key,        ///< Key
  algorithm,  ///< Algorithm
  words,      ///< Words
  list,       ///< std::vector or std::optional of structs; Field::nest describes them
};

/// How a field stands in the text.
enum class Shape : std::uint8_t {
  word,      ///< one word
  optional,  ///< one word, if any is left
  dash,      ///< one word; `-` when absent
  maybe,     ///< one word if it and the one behind it are numbers
  ifNumber,  ///< one word if it is a number
  literal,   ///< the word `name`, whatever it is when read
  whole,  ///< choice, the first field: the whole text, for all enumerators but the first. No other
          ///< field is there then
  count,  ///< number of elements of the list
  width,  ///< number of words of the list's `wide` field, the same for all of its elements
  elements,  ///< as many elements as the last `count` said
  wide,      ///< words, as many as the last `width` said
  tail,      ///< elements or words to the end of the group or text
  group,     ///< a count of words, which are the fields up to `end`: first positional ones, then
             ///< options in any order
  end,
  option,   ///< in a group: `name` and a value; `name` alone for a flag; the word itself for a
            ///< choice
  colon,    ///< in a group: `name:value`, one word
  unknown,  ///< in a group: words that this version does not know
  rest,     ///< all words that are left
};

/// How what the kernel shows of a field stands to the same field of the row that was loaded, for
/// comparing the two (table_diff.cpp).
enum class Shown : std::uint8_t {
  asGiven,
  byDevice,  ///< a row without it leaves it to the device, and the kernel shows what that says:
             ///< superblock, header, what is attached
  never,     ///< the kernel takes it and does not show it
  unused,    ///< the kernel takes it, and the device does not change by it
};

/// Values of a field that are the same to the kernel.
enum class Form : std::uint8_t {
  exact,
  powerOfTwo,  ///< numbers are rounded down to a power of two
  ticks,       ///< milliseconds are rounded up to ticks of 1 to 10 ms, as the kernel was built
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

/// From an object to one of its members.
using Accessor = void* (*)(void* object) noexcept;

/// What a number may be, and when a field stands in the text at all.
struct Rule {
  std::uint32_t min = 0;
  std::uint32_t max = UINT32_MAX;
  std::uint16_t multiple = 1;
  bool powerOfTwo = false;
  std::uint16_t byDefault =
      noDefault;  ///< what the kernel takes when the field is absent; of a choice, its enumerator
  Accessor choice = nullptr;  ///< the choice that the next two are about, an enumerator a bit
  std::uint8_t onlyWith = 0;  ///< the field stands in the text only with these; 0: always
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

/// How to reach the elements of a list, a std::vector or std::optional of structs, and what is in
/// them.
struct Nest {
  std::span<const Field> fields;
  void* (*add)(void* list) noexcept;  ///< at the end; gives the new one
  void (*clear)(void* list) noexcept;
  std::size_t (*count)(const void* list) noexcept;
  void* (*element)(void* list, std::size_t index) noexcept;
  bool single;  ///< one at most

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
  Accessor member = nullptr;   ///< of a field without one, null
  const Rule* rule = nullptr;  ///< null: any number
  std::span<const Choice> choices = {};
  const Nest* nest = nullptr;  ///< of a list
  std::uint16_t since = 0;     ///< version(major, minor) of the target that first has it; 0: always
  Type type = Type::none;
  Shape shape = Shape::word;
  Unit unit = Unit::none;
  Shown shown = Shown::asGiven;
  Form form = Form::exact;
  bool fixed =
      false;  ///< a live device keeps it: a reload with another value is refused or ruins data
  bool always = false;     ///< group: its count is written even when 0
  bool required = false;   ///< group: its count must be there
  bool uncounted = false;  ///< group: has no count and goes to the end
  bool hex = false;        ///< number: hexadecimal
  bool free = false;       ///< text: may be empty; dash: may be missing at the end
  bool named = false;      ///< option with a choice: `name` and a word, not the word alone
  bool alias = false;      ///< read only; written by the field before it
  bool once =
      false;  ///< option: the kernel refuses it when it is given twice; of others it takes the last

  /// Its member of the object; null where it has none.
  void* at(void* object) const noexcept { return member == nullptr ? nullptr : member(object); }
  const void* at(const void* object) const noexcept { return at(const_cast<void*>(object)); }
  /// The word of an enumerator; null for a byte that is none.
  [[nodiscard]] const Choice* choiceOf(std::uint8_t enumerator) const noexcept {
    return enumerator < choices.size() ? &choices[enumerator] : nullptr;
  }

  // The same field with one thing told more.
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

/// What a rule of a target says; `why` null: nothing is wrong. Static text.
struct Fault {
  std::string_view field = {};
  const char* why = nullptr;
};

/// What holds for the target as a whole.
struct Traits {
  Attributes attributes = {};
  Fault (*check)(const void* object,
                 std::uint64_t length) noexcept = nullptr;  ///< length 0: not known
  void (*normalise)(void* object) noexcept = nullptr;       ///< to what the kernel takes it for
  /// Gives a row the values that the kernel makes of it on a device of which it shows `shown`.
  void (*settle)(void* row, const void* shown) noexcept = nullptr;
  bool exactCase = false;  ///< keywords are case sensitive
  bool closed = false;     ///< the kernel refuses words behind the last known one
  bool liveReload = true;  ///< a live device takes another table of this type
  bool ownLength = false;  ///< the kernel gives the row the length it finds
};

/// One of a target's two lines, its parameters or its status: all that reading it takes. A program
/// that reads the status of one type is linked with that alone.
struct Line {
  const char* type;
  std::span<const Field> fields;
  bool exactCase;  ///< keywords are case sensitive
  bool isStatus;
};

/// One target: everything the registry knows of it.
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
