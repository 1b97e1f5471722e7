// Included by the source of every target: how it describes its fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

namespace devmap::targets::detail {

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
void* memberOf(void* object) noexcept {
  return &(static_cast<typename Member<decltype(M)>::Class*>(object)->*M);
}

/// The elements of a std::vector.
template <typename List>
struct Elements {
  static constexpr bool single = false;
  static void* add(void* list) noexcept { return &static_cast<List*>(list)->emplace_back(); }
  static void clear(void* list) noexcept { static_cast<List*>(list)->clear(); }
  static std::size_t count(const void* list) noexcept {
    return static_cast<const List*>(list)->size();
  }
  static void* element(void* list, std::size_t index) noexcept {
    return &(*static_cast<List*>(list))[index];
  }
};
/// The element of a std::optional.
template <typename T>
struct Elements<std::optional<T>> {
  static constexpr bool single = true;
  static void* add(void* list) noexcept { return &static_cast<std::optional<T>*>(list)->emplace(); }
  static void clear(void* list) noexcept { static_cast<std::optional<T>*>(list)->reset(); }
  static std::size_t count(const void* list) noexcept {
    return static_cast<const std::optional<T>*>(list)->has_value() ? 1 : 0;
  }
  static void* element(void* list, std::size_t) noexcept {
    return &**static_cast<std::optional<T>*>(list);
  }
};
template <auto M>
constexpr Nest nest(std::span<const Field> fields) noexcept {
  using List = Elements<ValueOf<M>>;
  return {fields, List::add, List::clear, List::count, List::element, List::single};
}

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
constexpr Field field(Shape shape, std::string_view name) noexcept {
  return {.name = name, .member = memberOf<M>, .type = typeOf<ValueOf<M>>(), .shape = shape};
}
template <auto M>
constexpr Field word(std::string_view name) noexcept {
  return field<M>(Shape::word, name);
}
template <auto M>
constexpr Field option(std::string_view name) noexcept {
  return field<M>(Shape::option, name);
}
/// An element that is itself the value.
template <typename T>
constexpr Field itself(std::string_view name) noexcept {
  return {.name = name,
          .member = [](void* object) noexcept { return object; },
          .type = typeOf<T>(),
          .shape = Shape::word};
}
constexpr Field literal(std::string_view text) noexcept {
  return {.name = text, .shape = Shape::literal};
}

/// A group whose count is omitted when it is 0 and nothing follows the group.
constexpr Field group(const Rule* most = nullptr) noexcept {
  return {.name = "options", .rule = most, .shape = Shape::group};
}
/// A group whose count is always written, but may be missing when read.
constexpr Field groupAlways(const Rule* most = nullptr) noexcept {
  return {.name = "options", .rule = most, .shape = Shape::group, .always = true};
}
/// A group whose count must be present.
constexpr Field groupRequired(std::string_view name = "options",
                              const Rule* most = nullptr) noexcept {
  return {.name = name, .rule = most, .shape = Shape::group, .always = true, .required = true};
}
constexpr Field options() noexcept {
  return {.name = "options", .shape = Shape::group, .always = true, .uncounted = true};
}
inline constexpr Field end{.shape = Shape::end};

template <auto M>
constexpr Field unknown() noexcept {
  return field<M>(Shape::unknown, "unknown");
}
template <auto M>
constexpr Field rest() noexcept {
  return field<M>(Shape::rest, "rest");
}

/// Fields of NoStatus.
inline constexpr Field noStatus[] = {rest<&NoStatus::rest>()};

inline constexpr Field deviceSpanFields[] = {word<&DeviceSpan::device>("device"),
                                             word<&DeviceSpan::start>("start").in(Unit::sectors)};
inline constexpr Field keyValueFields[] = {word<&KeyValue::key>("key"),
                                           word<&KeyValue::value>("value")};

/// Not constexpr, so a rule that calls this does not compile.
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

/// `rule`, for a field that the kernel uses only when the choice M has one of these values.
template <auto M>
consteval Rule used(std::initializer_list<ValueOf<M>> values, Rule rule = {}) noexcept {
  rule.choice = memberOf<M>;
  rule.usedWith = choiceBits(values);
  return rule;
}

/// `rule`, for a field that is in the text only when the choice M has one of these values.
template <auto M>
consteval Rule only(std::initializer_list<ValueOf<M>> values, Rule rule = {}) noexcept {
  rule.choice = memberOf<M>;
  rule.onlyWith = choiceBits(values);
  return rule;
}

/// Not constexpr, so a name that no field has does not compile.
void noFieldIsCalledThat() noexcept;
/// The names of these fields, for rules that refer to one.
template <const auto& Fields>
struct Names {
  consteval std::string_view operator[](std::string_view name) const noexcept {
    for (const Field& field : Fields) {
      if (field.name == name) return field.name;
    }
    noFieldIsCalledThat();
    return {};
  }
};

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
constexpr Grammar grammar(std::span<const Field> table, std::span<const Field> status,
                          const Traits& traits) noexcept {
  return {T::type.data(), S::statusOf.data(), table,      status, create<T>,
          destroy<T>,     create<S>,          destroy<S>, traits};
}

}  // namespace devmap::targets::detail

/// Defines the public functions of target X with status S from its grammar. Use it inside namespace
/// devmap::targets.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage,bugprone-macro-parentheses): types and members
// cannot be made otherwise
#define DEVMAP_TARGET(X, S, GRAMMAR)                                                          \
  Params X::toParams() const noexcept { return detail::write(detail::GRAMMAR, this, false); } \
  Result<void> X::check(Sectors length) const noexcept {                                      \
    return detail::check(detail::GRAMMAR, this, length);                                      \
  }                                                                                           \
  Result<X> X::parseTable(std::string_view params) noexcept {                                 \
    static constexpr detail::Line line = detail::GRAMMAR.line(false);                         \
    return detail::read<X>(line, params);                                                     \
  }                                                                                           \
  Result<S> X::parseStatus(std::string_view status) noexcept {                                \
    static constexpr detail::Line line = detail::GRAMMAR.line(true);                          \
    return detail::read<S>(line, status);                                                     \
  }
