// The fields of a line as the engine reads them, made by the compiler from what the source tells: a row of Field, and behind it the rules,
// nests, names and words that they point to. Each thing is there once, and pointers are distances of two bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <targets/spec.hpp>

namespace devmap::targets::detail {

/// Not a constant, and so an error of compiling, unless `fits`.
constexpr void require(bool fits) noexcept {
  if (!fits) __builtin_unreachable();
}

/// What stands behind the fields, and which of it belongs to each.
struct Draft {
  struct Parts {
    std::size_t name = 0, rule = 0, choices = 0, nest = 0;  ///< texts by their place, others by their number; both are counted from 1
  };
  static constexpr std::size_t most = 64;
  Parts parts[most]{};
  Rule rules[most]{};
  Nest nests[most]{};
  char text[2048]{};
  std::size_t ruleCount = 0, nestCount = 0, textSize = 0;

  constexpr explicit Draft(std::span<const Spec> specs) noexcept {
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const Spec& spec = specs[i];
      if (std::string_view(spec.name) != Field::usualName(spec.shape)) parts[i].name = placeOf(spec.name);
      if (spec.rule != nullptr) parts[i].rule = numberOf(*spec.rule);
      if (spec.nest != nullptr) parts[i].nest = numberOf(*spec.nest);
      if (!spec.choices.empty()) parts[i].choices = add(spec.choices);
    }
  }

 private:
  constexpr void add(std::string_view word) noexcept {
    for (const char c : word) text[textSize++] = c;
    text[textSize++] = '\0';
  }
  /// What is there is used again, be it the end of a longer word.
  constexpr std::size_t placeOf(std::string_view word) noexcept {
    const std::string_view all(text, textSize);
    for (std::size_t at = 0; at + word.size() < all.size(); ++at) {
      if (all.substr(at, word.size()) == word && all[at + word.size()] == '\0') return at + 1;
    }
    add(word);
    return textSize - word.size();
  }
  constexpr std::size_t add(Choices choices) noexcept {
    const std::size_t place = textSize + 1;
    text[textSize++] = static_cast<char>(choices.size());
    for (const Choice& choice : choices) {
      require(choice.since < version(8, 0) && (choice.since & 255U) < 32);
      text[textSize++] = static_cast<char>(unsigned{choice.since} >> 8U << 5U | (choice.since & 31U));
      add(choice.word == nullptr ? "?" : choice.word);
    }
    return place;
  }
  constexpr std::size_t numberOf(const Rule& rule) noexcept {
    for (std::size_t i = 0; i < ruleCount; ++i) {
      if (rules[i] == rule) return i + 1;
    }
    rules[ruleCount++] = rule;
    return ruleCount;
  }
  constexpr std::size_t numberOf(const Nest& nest) noexcept {
    for (std::size_t i = 0; i < nestCount; ++i) {
      if (nests[i].fields.data() == nest.fields.data() && nests[i].list == nest.list) return i + 1;
    }
    nests[nestCount++] = nest;
    return nestCount;
  }
};

template <typename T, std::size_t N>
struct Items {
  T items[N];
};
template <typename T>
struct Items<T, 0> {};

template <std::size_t F, std::size_t R, std::size_t N, std::size_t T>
class Packed {
 public:
  constexpr Packed(std::span<const Spec> specs, const Draft& draft) noexcept {
    if constexpr (R != 0) {
      for (std::size_t i = 0; i < R; ++i) rules_.items[i] = draft.rules[i];
    }
    if constexpr (N != 0) {
      for (std::size_t i = 0; i < N; ++i) nests_.items[i] = draft.nests[i];
    }
    for (std::size_t i = 0; i < T; ++i) text_[i] = draft.text[i];
    for (std::size_t i = 0; i < F; ++i) pack(i, specs[i], draft.parts[i]);
  }

  /// A field's name where it is kept, or its usual one. Of another name there is no constant.
  [[nodiscard]] constexpr const char* name(std::string_view wanted) const noexcept {
    for (const Shape shape : {Shape::group, Shape::unknown, Shape::rest}) {
      if (wanted == Field::usualName(shape)) return Field::usualName(shape);
    }
    for (std::size_t i = 0; i < F; ++i) {
      if (fields_[i].nameAt == 0) continue;
      const char* const found = &text_[fields_[i].nameAt + i * sizeof(Field) - textAt];
      std::size_t same = 0;
      while (same < wanted.size() && found[same] == wanted[same]) ++same;
      if (same == wanted.size() && found[same] == '\0') return found;
    }
    require(false);
    return nullptr;
  }

  constexpr operator std::span<const Field>() const noexcept { return fields_; }  // NOLINT(google-explicit-constructor): what it is for

 private:
  static constexpr std::size_t rulesAt =
                                   R == 0 ? F * sizeof(Field) : (F * sizeof(Field) + alignof(Rule) - 1) / alignof(Rule) * alignof(Rule),
                               rulesEnd = rulesAt + R * sizeof(Rule);
  static constexpr std::size_t nestsAt = N == 0 ? rulesEnd : (rulesEnd + alignof(Nest) - 1) / alignof(Nest) * alignof(Nest);
  static constexpr std::size_t textAt = nestsAt + N * sizeof(Nest);

  constexpr void pack(std::size_t index, const Spec& spec, const Draft::Parts& parts) noexcept {
    Field& field = fields_[index];
    const std::size_t here = index * sizeof(Field);
    require(spec.sinceMajor < 16 && spec.sinceMinor < 64);
    if (parts.name != 0) field.nameAt = word(textAt + parts.name - 1 - here);
    if (parts.rule != 0) field.ruleAt = word(rulesAt + (parts.rule - 1) * sizeof(Rule) - here);
    if (parts.choices != 0) field.moreAt = word(textAt + parts.choices - 1 - here);
    if (parts.nest != 0) field.moreAt = word(nestsAt + (parts.nest - 1) * sizeof(Nest) - here);
    field.memberAt = word(spec.at);
    field.type = spec.type;
    field.unit = spec.unit;
    field.shape = spec.shape;
    field.fixed = spec.fixed;
    field.always = spec.always;
    field.required = spec.required;
    field.uncounted = spec.uncounted;
    field.hex = spec.hex;
    field.free = spec.free;
    field.named = spec.named;
    field.alias = spec.alias;
    field.once = spec.once;
    field.shown = spec.shown;
    field.form = spec.form;
    field.sinceMajor = spec.sinceMajor & 15U;
    field.sinceMinor = spec.sinceMinor & 63U;
  }
  static constexpr std::uint16_t word(std::size_t distance) noexcept {
    require(distance <= UINT16_MAX);
    return static_cast<std::uint16_t>(distance);
  }

  Field fields_[F]{};
  [[no_unique_address]] Items<Rule, R> rules_{};
  [[no_unique_address]] Items<Nest, N> nests_{};
  char text_[T]{};
};

template <const auto& Specs>
inline constexpr Draft draftOf{Specs};

/// The fields of `Specs`, an array of Spec with static storage.
template <const auto& Specs>
inline constexpr Packed<std::size(Specs), draftOf<Specs>.ruleCount, draftOf<Specs>.nestCount, draftOf<Specs>.textSize + 1> packed{
    Specs, draftOf<Specs>};

/// The names of these fields, for what a rule says of one: what no field is called does not compile.
template <const auto& Specs>
struct Names {
  consteval const char* operator[](const char* name) const noexcept { return packed<Specs>.name(name); }
};

}  // namespace devmap::targets::detail
