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
  key,             ///< Key
  algorithm,       ///< Algorithm
  words,           ///< Words
  list,            ///< std::vector or std::optional of structs; Field::nest() describes them
};

/// How a field stands in the text.
enum class Shape : std::uint8_t {
  word,      ///< one word
  optional,  ///< one word, if any is left
  dash,      ///< one word; `-` when absent
  maybe,     ///< one word if it and the one behind it are numbers
  ifNumber,  ///< one word if it is a number
  literal,   ///< the word `name`, whatever it is when read
  whole,     ///< choice: the whole text, for all enumerators but the first, which has no word
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

/// One word of a choice. `since`: version of the target, as Field::since.
struct Choice {
  const char* word;  ///< null: stands for any other word, and is written `?`
  std::uint16_t since = 0;
};
using Choices = std::span<const Choice>;

struct Rule {
  std::uint64_t min = 0;
  std::uint64_t max = UINT64_MAX;
  std::uint64_t multiple = 1;
  bool powerOfTwo = false;
  std::optional<std::uint64_t> byDefault = {};  ///< what the kernel takes when the field is absent
  bool (*when)(const void* object) = nullptr;   ///< the field stands in the text only when this holds
};

struct Field;

/// How to reach the elements of a list of structs.
struct Nest {
  std::span<const Field> fields;
  void* (*add)(void* list) noexcept;
  std::size_t (*size)(const void* list) noexcept;
  void* (*get)(void* list, std::size_t index) noexcept;
  bool single;  ///< std::optional: at most one
};

constexpr std::uint16_t version(unsigned major, unsigned minor) noexcept { return static_cast<std::uint16_t>(major << 8 | minor); }

struct Field {
  const char* name = "";  ///< the kernel's own word where it has one
  void* (*at)(void* object) noexcept = nullptr;
  const Rule* rule = nullptr;
  const void* more = nullptr;  ///< of a choice its Choices, of a list its Nest
  Type type = Type::none;
  Shape shape = Shape::word;
  Unit unit = Unit::none;
  bool fixed : 1 = false;      ///< a live device keeps it: a reload with another value is refused or ruins data
  bool always : 1 = false;     ///< group: its count is written even when 0
  bool required : 1 = false;   ///< group: its count must be there
  bool uncounted : 1 = false;  ///< group: has no count and goes to the end
  bool hex : 1 = false;        ///< number: hexadecimal
  bool free : 1 = false;       ///< text: may be empty; dash: may be missing at the end
  bool named : 1 = false;      ///< option with a choice: `name` and a word, not the word alone
  bool alias : 1 = false;      ///< read only; written by the field before it
  bool once : 1 = false;       ///< option: the kernel refuses it when it is given twice; of others it takes the last
  std::uint16_t since = 0;     ///< version(major, minor) of the target that first has it; 0: always

  [[nodiscard]] const Choices* choices() const noexcept { return static_cast<const Choices*>(more); }
  [[nodiscard]] const Nest* nest() const noexcept { return static_cast<const Nest*>(more); }

  [[nodiscard]] constexpr Field with(const Rule& r) const noexcept {
    Field f = *this;
    f.rule = &r;
    return f;
  }
  [[nodiscard]] constexpr Field of(const Choices& c) const noexcept {
    Field f = *this;
    f.more = &c;
    return f;
  }
  [[nodiscard]] constexpr Field of(const Nest& n) const noexcept {
    Field f = *this;
    f.more = &n;
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
  [[nodiscard]] constexpr Field mayBeEmpty() const noexcept {
    Field f = *this;
    f.free = true;
    return f;
  }
};

/// What a rule of a target says; `why` null: nothing is wrong. Static text.
struct Fault {
  const char* field = nullptr;
  const char* why = nullptr;
};

/// What holds for the target as a whole.
struct Traits {
  Version mainline = {};  ///< of the target in Linux 7.2
  Attributes attributes = {};
  const char* messages = "";                                                    ///< forms, separated by `; `
  Fault (*check)(const void* object, std::uint64_t length) noexcept = nullptr;  ///< length 0: not known
  void (*normalise)(void* object) noexcept = nullptr;                           ///< to what the kernel takes it for
  bool exactCase = false;                                                       ///< keywords are case sensitive
  bool closed = false;                                                          ///< the kernel refuses words behind the last known one
  bool liveReload = true;                                                       ///< a live device takes another table of this type
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
  void (*destroy)(void*) noexcept;
  void* (*createStatus)() noexcept;
  void (*destroyStatus)(void*) noexcept;
  Traits is;

  [[nodiscard]] constexpr Line line(bool isStatus) const noexcept { return {type, isStatus ? status : table, is.exactCase, isStatus}; }
};

// --- building tables ---

template <typename T>
struct Member;
template <typename C, typename T>
struct Member<T C::*> {
  using Class = C;
  using Value = T;
};
template <auto M>
using ValueOf = typename Member<decltype(M)>::Value;

template <auto M>
void* at(void* object) noexcept {
  return &(static_cast<typename Member<decltype(M)>::Class*>(object)->*M);
}
inline void* self(void* object) noexcept { return object; }

template <typename T>
constexpr Type typeOf() noexcept {
  if constexpr (std::is_same_v<T, bool>) return Type::flag;
  if constexpr (std::is_same_v<T, std::uint64_t>) return Type::number;
  if constexpr (std::is_same_v<T, Sectors>) return Type::sectors;
  if constexpr (std::is_same_v<T, std::optional<std::uint64_t>>) return Type::optionalNumber;
  if constexpr (std::is_same_v<T, std::optional<Sectors>>) return Type::optionalSectors;
  if constexpr (std::is_same_v<T, std::optional<std::int64_t>>) return Type::optionalSigned;
  if constexpr (std::is_same_v<T, std::string>) return Type::text;
  if constexpr (std::is_same_v<T, DeviceWord>) return Type::device;
  if constexpr (std::is_enum_v<T>) {
    static_assert(sizeof(T) == 1);
    return Type::choice;
  }
  if constexpr (std::is_same_v<T, Fraction>) return Type::fraction;
  if constexpr (std::is_same_v<T, Key>) return Type::key;
  if constexpr (std::is_same_v<T, Algorithm>) return Type::algorithm;
  if constexpr (std::is_same_v<T, Words>) return Type::words;
  return Type::list;
}

template <auto M>
constexpr Field field(Shape shape, const char* name) noexcept {
  return {.name = name, .at = at<M>, .type = typeOf<ValueOf<M>>(), .shape = shape};
}
template <auto M>
constexpr Field word(const char* name) noexcept {
  return field<M>(Shape::word, name);
}
template <auto M>
constexpr Field option(const char* name) noexcept {
  return field<M>(Shape::option, name);
}
/// An element that is itself the value.
template <typename T>
constexpr Field itself(const char* name) noexcept {
  return {.name = name, .at = self, .type = typeOf<T>(), .shape = Shape::word};
}
constexpr Field literal(const char* text) noexcept { return {.name = text, .shape = Shape::literal}; }

/// A group whose count is left out with everything behind it, when it is 0 and nothing follows.
constexpr Field group(const Rule* most = nullptr) noexcept { return {.name = "options", .rule = most, .shape = Shape::group}; }
/// A group whose count is always written, and may be missing.
constexpr Field groupAlways(const Rule* most = nullptr) noexcept {
  return {.name = "options", .rule = most, .shape = Shape::group, .always = true};
}
/// A group whose count must be there.
constexpr Field groupRequired(const char* name = "options", const Rule* most = nullptr) noexcept {
  return {.name = name, .rule = most, .shape = Shape::group, .always = true, .required = true};
}
constexpr Field options() noexcept { return {.name = "options", .shape = Shape::group, .always = true, .uncounted = true}; }
inline constexpr Field end{.shape = Shape::end};

template <auto M>
constexpr Field unknown() noexcept {
  return field<M>(Shape::unknown, "unknown");
}
template <auto M>
constexpr Field rest() noexcept {
  return field<M>(Shape::rest, "rest");
}

template <typename T>
struct Elements;
template <typename T>
struct Elements<std::vector<T>> {
  static constexpr bool single = false;
  static void* add(void* list) noexcept { return &static_cast<std::vector<T>*>(list)->emplace_back(); }
  static std::size_t size(const void* list) noexcept { return static_cast<const std::vector<T>*>(list)->size(); }
  static void* get(void* list, std::size_t index) noexcept { return &(*static_cast<std::vector<T>*>(list))[index]; }
};
template <typename T>
struct Elements<std::optional<T>> {
  static constexpr bool single = true;
  static void* add(void* list) noexcept { return &static_cast<std::optional<T>*>(list)->emplace(); }
  static std::size_t size(const void* list) noexcept { return static_cast<const std::optional<T>*>(list)->has_value() ? 1 : 0; }
  static void* get(void* list, std::size_t) noexcept { return &**static_cast<std::optional<T>*>(list); }
};
template <auto M>
constexpr Nest nest(std::span<const Field> fields) noexcept {
  using E = Elements<ValueOf<M>>;
  return {fields, E::add, E::size, E::get, E::single};
}

template <typename T>
void* create() noexcept {
  return new T;
}
template <typename T>
void destroy(void* object) noexcept {
  delete static_cast<T*>(object);
}
/// The grammar of target T with status S.
template <typename T, typename S>
constexpr Grammar grammar(std::span<const Field> table, std::span<const Field> status, const Traits& traits) noexcept {
  return {T::type.data(), S::statusOf.data(), table, status, create<T>, destroy<T>, create<S>, destroy<S>, traits};
}
/// Fields of NoStatus.
inline constexpr Field noStatus[] = {rest<&NoStatus::rest>()};

inline constexpr Field deviceSpanFields[] = {word<&DeviceSpan::device>("device"), word<&DeviceSpan::start>("start").in(Unit::sectors)};
inline constexpr Field keyValueFields[] = {word<&KeyValue::key>("key"), word<&KeyValue::value>("value")};

}  // namespace devmap::targets::detail
