// The grammar of a target's parameters and status, as tables. A target is a list of fields in the kernel's order; one reader, one writer
// and one checker serve them all, so that a count or an order cannot be wrong in one place only.
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
  choice,          ///< enum of one byte, counted from 0 without holes; Field::choices() spells it
  fraction,        ///< Fraction
  optionalFraction,
  key,        ///< Key
  algorithm,  ///< Algorithm
  words,      ///< Words
  list,       ///< std::vector or std::optional of structs; Field::nest() describes them
};

/// How a field stands in the text.
enum class Shape : std::uint8_t {
  word,      ///< one word
  optional,  ///< one word, if any is left
  dash,      ///< one word; `-` when absent
  maybe,     ///< one word if it and the one behind it are numbers
  ifNumber,  ///< one word if it is a number
  literal,   ///< the word `name`, whatever it is when read
  whole,     ///< choice, the first field: the whole text, for all enumerators but the first. No other field is there then
  count,     ///< number of elements of the list
  width,     ///< number of words of the list's `wide` field, the same for all of its elements
  elements,  ///< as many elements as the last `count` said
  wide,      ///< words, as many as the last `width` said
  tail,      ///< elements or words to the end of the group or text
  group,     ///< a count of words, which are the fields up to `end`: first positional ones, then options in any order
  end,
  option,   ///< in a group: `name` and a value; `name` alone for a flag; the word itself for a choice
  colon,    ///< in a group: `name:value`, one word
  unknown,  ///< in a group: words that this version does not know
  rest,     ///< all words that are left
};

/// How what the kernel shows of a field stands to the same field of the row that was loaded, for comparing the two (table_diff.cpp).
enum class Shown : std::uint8_t {
  asGiven,
  byDevice,  ///< a row without it leaves it to the device, and the kernel shows what that says: superblock, header, what is attached
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

/// One word of a choice. `since`: version of the target, as Field::since().
struct Choice {
  const char* word;  ///< null: stands for any other word, and is written `?`
  std::uint16_t since = 0;
};

/// The words of a choice as they are kept: their number, and of each a byte for its version and the word with a NUL. A forward range.
class ChoiceWords {
 public:
  class Iterator {
   public:
    constexpr Iterator(const char* at, std::size_t left) noexcept : at_(at), left_(left) {}
    Choice operator*() const noexcept {
      const unsigned since = static_cast<std::uint8_t>(*at_);
      const bool any = at_[1] == '?';
      return {any ? nullptr : at_ + 1, static_cast<std::uint16_t>(since >> 5U << 8U | (since & 31U))};
    }
    Iterator& operator++() noexcept {
      while (*++at_ != '\0') {
      }
      ++at_;
      --left_;
      return *this;
    }
    bool operator==(const Iterator& other) const noexcept { return left_ == other.left_; }

   private:
    const char* at_;
    std::size_t left_;
  };

  explicit ChoiceWords(const char* at) noexcept : at_(at) {}
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::uint8_t>(*at_); }
  [[nodiscard]] Iterator begin() const noexcept { return {at_ + 1, size()}; }
  [[nodiscard]] Iterator end() const noexcept { return {nullptr, 0}; }
  /// Behind the last one: no word, as of one that stands for any other.
  Choice operator[](std::size_t index) const noexcept;

 private:
  const char* at_;
};

/// What a number may be, and when a field stands in the text at all.
struct Rule {
  std::uint32_t min = 0;
  std::uint32_t max = UINT32_MAX;
  std::uint16_t multiple = 1;
  bool powerOfTwo = false;
  std::uint8_t onlyWith = 0;            ///< enumerators, a bit each, of the choice at `choiceAt`; 0: it stands in the text always
  std::uint16_t byDefault = noDefault;  ///< what the kernel takes when the field is absent; of a choice, its enumerator
  std::uint16_t choiceAt = 0;           ///< bytes from the object's begin to that choice
  std::uint8_t usedWith = 0;  ///< enumerators of the same choice that use the field: with others it may be given, and is ignored; 0: all

  static constexpr std::uint16_t noDefault = UINT16_MAX;
  static constexpr unsigned choiceBits = 8;
  friend constexpr bool operator==(const Rule&, const Rule&) noexcept = default;
};

class Field;

/// What can be done with a list of structs: std::vector, or std::optional for one at most.
struct List {
  void* (*add)(void* list) noexcept;
  void (*clear)(void* list) noexcept;                ///< and gives its memory back
  std::span<char> (*elements)(void* list) noexcept;  ///< all of them, as bytes: one function does for most types
  std::uint32_t each;                                ///< bytes of an element
  bool single;
};

/// How to reach the elements of a list, and what is in them.
struct Nest {
  std::span<const Field> fields;
  const List* list;

  void* add(void* object) const noexcept { return list->add(object); }
  std::size_t size(const void* object) const noexcept { return list->elements(const_cast<void*>(object)).size() / list->each; }
  void* get(void* object, std::size_t index) const noexcept { return list->elements(object).data() + index * list->each; }
  [[nodiscard]] bool single() const noexcept { return list->single; }
};

constexpr std::uint16_t version(unsigned major, unsigned minor) noexcept { return static_cast<std::uint16_t>(major << 8 | minor); }

/// One field, in 14 bytes. The rest of it stands behind the fields of its table (packed.hpp), so a field cannot be copied.
class Field {
 public:
  constexpr Field() noexcept = default;
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;

  /// The kernel's own word where it has one.
  [[nodiscard]] const char* name() const noexcept { return nameAt == 0 ? usualName(shape) : behind<char>(nameAt); }
  [[nodiscard]] bool hasMember() const noexcept { return type != Type::none; }
  /// Its member of the object, where it has one.
  void* at(void* object) const noexcept { return static_cast<char*>(object) + memberAt; }
  const void* at(const void* object) const noexcept { return static_cast<const char*>(object) + memberAt; }
  [[nodiscard]] const Rule* rule() const noexcept { return ruleAt == 0 ? nullptr : behind<Rule>(ruleAt); }
  /// Of a choice.
  [[nodiscard]] ChoiceWords choices() const noexcept { return ChoiceWords(behind<char>(moreAt)); }
  /// Of a list.
  [[nodiscard]] const Nest* nest() const noexcept { return behind<Nest>(moreAt); }
  /// version(major, minor) of the target that first has it; 0: always.
  [[nodiscard]] std::uint16_t since() const noexcept { return version(sinceMajor, sinceMinor); }

  /// Names that need not be kept.
  static constexpr const char* usualName(Shape shape) noexcept {
    return shape == Shape::rest ? "rest" : shape == Shape::unknown ? "unknown" : shape == Shape::group ? "options" : "";
  }

  // Bytes from here to its name, its rule, its choices or nest; 0: none. Bytes from the object's begin to the member.
  std::uint16_t nameAt = 0;
  std::uint16_t memberAt = 0;
  std::uint16_t ruleAt = 0;
  std::uint16_t moreAt = 0;
  Type type : 4 = Type::none;
  Unit unit : 4 = Unit::none;
  Shape shape : 5 = Shape::word;
  bool fixed : 1 = false;     ///< a live device keeps it: a reload with another value is refused or ruins data
  bool always : 1 = false;    ///< group: its count is written even when 0
  bool required : 1 = false;  ///< group: its count must be there
  std::uint8_t sinceMinor : 6 = 0;
  bool uncounted : 1 = false;  ///< group: has no count and goes to the end
  bool hex : 1 = false;        ///< number: hexadecimal
  std::uint8_t sinceMajor : 4 = 0;
  bool free : 1 = false;   ///< text: may be empty; dash: may be missing at the end
  bool named : 1 = false;  ///< option with a choice: `name` and a word, not the word alone
  bool alias : 1 = false;  ///< read only; written by the field before it
  bool once : 1 = false;   ///< option: the kernel refuses it when it is given twice; of others it takes the last
  Shown shown : 2 = Shown::asGiven;
  Form form : 2 = Form::exact;

 private:
  template <typename T>
  const T* behind(std::uint16_t distance) const noexcept {
    return reinterpret_cast<const T*>(reinterpret_cast<const char*>(this) + distance);
  }
};
static_assert(sizeof(Field) == 14 && sizeof(Rule) == 20);

/// What a rule of a target says; `why` null: nothing is wrong. Static text.
struct Fault {
  const char* field = nullptr;
  const char* why = nullptr;
};

/// What holds for the target as a whole.
struct Traits {
  Attributes attributes = {};
  Fault (*check)(const void* object, std::uint64_t length) noexcept = nullptr;  ///< length 0: not known
  void (*normalise)(void* object) noexcept = nullptr;                           ///< to what the kernel takes it for
  /// Gives a row the values that the kernel makes of it on a device of which it shows `shown`.
  void (*settle)(void* row, const void* shown) noexcept = nullptr;
  bool exactCase = false;  ///< keywords are case sensitive
  bool closed = false;     ///< the kernel refuses words behind the last known one
  bool liveReload = true;  ///< a live device takes another table of this type
  bool ownLength = false;  ///< the kernel gives the row the length it finds
};

/// One of a target's two lines, its parameters or its status: all that reading it takes. A program that reads the status of one type is
/// linked with that alone.
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
  void* (*createStatus)() noexcept;
  Traits is;

  [[nodiscard]] constexpr Line line(bool isStatus) const noexcept { return {type, isStatus ? status : table, is.exactCase, isStatus}; }
};

}  // namespace devmap::targets::detail
