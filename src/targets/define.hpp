// What the source of every target includes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <targets/engine.hpp>
#include <targets/packed.hpp>
#include <targets/registry.hpp>

namespace devmap::targets::detail {

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
template <typename T>
inline constexpr List listOf{Elements<T>::add, Elements<T>::size, Elements<T>::get, Elements<T>::single};
template <auto M>
constexpr Nest nest(std::span<const Field> fields) noexcept {
  return {fields, &listOf<ValueOf<M>>};
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

}  // namespace devmap::targets::detail

/// The public functions of target X with status S, by its grammar. Inside of namespace devmap::targets.
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage,bugprone-macro-parentheses): types and members cannot be made otherwise
#define DEVMAP_TARGET(X, S, GRAMMAR)                                                                            \
  Params X::toParams() const noexcept { return detail::write(detail::GRAMMAR, this, false); }                   \
  Result<void> X::check(Sectors length) const noexcept { return detail::check(detail::GRAMMAR, this, length); } \
  Result<X> X::parseTable(std::string_view params) noexcept {                                                   \
    static constexpr detail::Line line = detail::GRAMMAR.line(false);                                           \
    return detail::read<X>(line, params);                                                                       \
  }                                                                                                             \
  Result<S> X::parseStatus(std::string_view status) noexcept {                                                  \
    static constexpr detail::Line line = detail::GRAMMAR.line(true);                                            \
    return detail::read<S>(line, status);                                                                       \
  }
