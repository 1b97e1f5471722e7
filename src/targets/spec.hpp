// How the source of a target tells its fields; packed.hpp makes of it what the engine reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include <targets/grammar.hpp>

namespace devmap::targets::detail {

using Choices = std::span<const Choice>;

/// One field as the source of a target tells it. `at`: bytes from the object's begin to the member.
struct Spec {
  const char* name = "";
  std::size_t at = 0;
  const Rule* rule = nullptr;
  Choices choices = {};
  const Nest* nest = nullptr;
  Type type = Type::none;
  Shape shape = Shape::word;
  Unit unit = Unit::none;
  bool fixed = false, always = false, required = false, uncounted = false, hex = false, free = false, named = false, alias = false,
       once = false;
  std::uint8_t sinceMajor = 0, sinceMinor = 0;
  Shown shown = Shown::asGiven;
  Form form = Form::exact;

  // The same field with one thing told more; what each means stands at Field.
  [[nodiscard]] constexpr Spec with(const Rule& r) const noexcept {
    Spec s = *this;
    s.rule = &r;
    return s;
  }
  [[nodiscard]] constexpr Spec of(const Choices& c) const noexcept {
    Spec s = *this;
    s.choices = c;
    return s;
  }
  [[nodiscard]] constexpr Spec of(const Nest& n) const noexcept {
    Spec s = *this;
    s.nest = &n;
    return s;
  }
  [[nodiscard]] constexpr Spec in(Unit u) const noexcept {
    Spec s = *this;
    s.unit = u;
    return s;
  }
  [[nodiscard]] constexpr Spec from(std::uint8_t major, std::uint8_t minor) const noexcept {
    Spec s = *this;
    s.sinceMajor = major;
    s.sinceMinor = minor;
    return s;
  }
  [[nodiscard]] constexpr Spec fixedForLife() const noexcept {
    Spec s = *this;
    s.fixed = true;
    return s;
  }
  [[nodiscard]] constexpr Spec inHex() const noexcept {
    Spec s = *this;
    s.hex = true;
    return s;
  }
  [[nodiscard]] constexpr Spec withName() const noexcept {
    Spec s = *this;
    s.named = true;
    return s;
  }
  [[nodiscard]] constexpr Spec asAlias() const noexcept {
    Spec s = *this;
    s.alias = true;
    return s;
  }
  [[nodiscard]] constexpr Spec onlyOnce() const noexcept {
    Spec s = *this;
    s.once = true;
    return s;
  }
  [[nodiscard]] constexpr Spec is(Shown how) const noexcept {
    Spec s = *this;
    s.shown = how;
    return s;
  }
  [[nodiscard]] constexpr Spec is(Form how) const noexcept {
    Spec s = *this;
    s.form = how;
    return s;
  }
  [[nodiscard]] constexpr Spec mayBeEmpty() const noexcept {
    Spec s = *this;
    s.free = true;
    return s;
  }
};

template <typename T>
struct Member;
template <typename C, typename T>
struct Member<T C::*> {
  using Class = C;
  using Value = T;
};
template <auto M>
using ValueOf = typename Member<decltype(M)>::Value;

/// Only its addresses are used, and by the compiler alone: there is none.
template <typename Class>
union Room {
  char bytes[sizeof(Class)];
  Class object;
  Room() = delete;
  ~Room() = delete;
};
template <typename Class>
extern Room<Class> room;
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif
/// Bytes from the begin of an object to its member M: offsetof() for a pointer to the member.
template <auto M>
constexpr std::size_t offsetOf() noexcept {
  auto& in = room<typename Member<decltype(M)>::Class>;
  std::size_t at = 0;
  while (static_cast<const void*>(&in.bytes[at]) != static_cast<const void*>(&(in.object.*M))) ++at;
  return at;
}
#ifdef __clang__
#pragma clang diagnostic pop
#endif

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
  if constexpr (std::is_same_v<T, std::optional<Fraction>>) return Type::optionalFraction;
  if constexpr (std::is_same_v<T, Key>) return Type::key;
  if constexpr (std::is_same_v<T, Algorithm>) return Type::algorithm;
  if constexpr (std::is_same_v<T, Words>) return Type::words;
  return Type::list;
}

template <auto M>
constexpr Spec field(Shape shape, const char* name) noexcept {
  return {.name = name, .at = offsetOf<M>(), .type = typeOf<ValueOf<M>>(), .shape = shape};
}
template <auto M>
constexpr Spec word(const char* name) noexcept {
  return field<M>(Shape::word, name);
}
template <auto M>
constexpr Spec option(const char* name) noexcept {
  return field<M>(Shape::option, name);
}
/// An element that is itself the value.
template <typename T>
constexpr Spec itself(const char* name) noexcept {
  return {.name = name, .at = 0, .type = typeOf<T>(), .shape = Shape::word};
}
constexpr Spec literal(const char* text) noexcept { return {.name = text, .shape = Shape::literal}; }

/// A group whose count is left out with everything behind it, when it is 0 and nothing follows.
constexpr Spec group(const Rule* most = nullptr) noexcept { return {.name = "options", .rule = most, .shape = Shape::group}; }
/// A group whose count is always written, and may be missing.
constexpr Spec groupAlways(const Rule* most = nullptr) noexcept {
  return {.name = "options", .rule = most, .shape = Shape::group, .always = true};
}
/// A group whose count must be there.
constexpr Spec groupRequired(const char* name = "options", const Rule* most = nullptr) noexcept {
  return {.name = name, .rule = most, .shape = Shape::group, .always = true, .required = true};
}
constexpr Spec options() noexcept { return {.name = "options", .shape = Shape::group, .always = true, .uncounted = true}; }
inline constexpr Spec end{.shape = Shape::end};

template <auto M>
constexpr Spec unknown() noexcept {
  return field<M>(Shape::unknown, "unknown");
}
template <auto M>
constexpr Spec rest() noexcept {
  return field<M>(Shape::rest, "rest");
}

/// Fields of NoStatus.
inline constexpr Spec noStatus[] = {rest<&NoStatus::rest>()};

inline constexpr Spec deviceSpanFields[] = {word<&DeviceSpan::device>("device"), word<&DeviceSpan::start>("start").in(Unit::sectors)};
inline constexpr Spec keyValueFields[] = {word<&KeyValue::key>("key"), word<&KeyValue::value>("value")};

/// Not constexpr: a rule that comes here does not compile.
void enumeratorHasNoBitInRule() noexcept;
/// One bit for each of these values of a choice.
template <typename T>
consteval std::uint8_t choiceBits(std::initializer_list<T> values) noexcept {
  static_assert(sizeof(T) == 1);
  unsigned bits = 0;
  for (const T value : values) {
    const auto bit = static_cast<unsigned>(value);
    if (bit >= Rule::choiceBits) enumeratorHasNoBitInRule();
    bits |= 1U << bit;
  }
  return static_cast<std::uint8_t>(bits);
}

/// `rule`, and that the kernel uses the field only when the choice M has one of these values.
template <auto M>
consteval Rule used(std::initializer_list<ValueOf<M>> values, Rule rule = {}) noexcept {
  rule.choiceAt = static_cast<std::uint16_t>(offsetOf<M>());
  rule.usedWith = choiceBits(values);
  return rule;
}

/// `rule`, and that the field stands in the text only when the choice M has one of these values.
template <auto M>
consteval Rule only(std::initializer_list<ValueOf<M>> values, Rule rule = {}) noexcept {
  rule.choiceAt = static_cast<std::uint16_t>(offsetOf<M>());
  rule.onlyWith = choiceBits(values);
  return rule;
}

}  // namespace devmap::targets::detail
