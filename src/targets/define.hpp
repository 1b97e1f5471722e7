// What the source of every target includes.
#pragma once

#include <cstddef>
#include <memory>
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
  static void clear(void* list) noexcept {
    auto* const all = static_cast<std::vector<T>*>(list);
    std::destroy_at(all);
    std::construct_at(all);
  }
  static std::span<char> elements(void* list) noexcept {
    auto& all = *static_cast<std::vector<T>*>(list);
    return {reinterpret_cast<char*>(all.data()), all.size() * sizeof(T)};
  }
};
template <typename T>
struct Elements<std::optional<T>> {
  static constexpr bool single = true;
  static void* add(void* list) noexcept { return &static_cast<std::optional<T>*>(list)->emplace(); }
  static void clear(void* list) noexcept { static_cast<std::optional<T>*>(list)->reset(); }
  static std::span<char> elements(void* list) noexcept {
    auto& one = *static_cast<std::optional<T>*>(list);
    if (!one) return {};
    return {reinterpret_cast<char*>(&*one), sizeof(T)};
  }
};
template <typename T>
inline constexpr List listOf{Elements<T>::add, Elements<T>::clear, Elements<T>::elements, sizeof(typename T::value_type),
                             Elements<T>::single};
template <auto M>
constexpr Nest nest(std::span<const Field> fields) noexcept {
  return {fields, &listOf<ValueOf<M>>};
}

template <typename T>
void* create() noexcept {
  return new T;
}
/// The grammar of target T with status S.
template <typename T, typename S>
constexpr Grammar grammar(std::span<const Field> table, std::span<const Field> status, const Traits& traits) noexcept {
  return {T::type.data(), S::statusOf.data(), table, status, create<T>, create<S>, traits};
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
