#include "random.hpp"

#include <algorithm>
#include <string>

#include <targets/engine/engine.hpp>

namespace devmap::targets::test {
namespace {

using detail::Field;
using detail::Shape;
using detail::Type;

std::uint64_t number(const Field& field, Random& random) {
  const detail::Rule rule = field.rule == nullptr ? detail::Rule{} : *field.rule;
  const std::uint64_t most = field.rule == nullptr ? UINT64_MAX : rule.max;
  if (rule.powerOfTwo) {
    std::uint64_t value = 1;
    while (value < rule.min) value *= 2;
    for (auto steps = random.below(6); steps != 0 && value * 2 <= most; --steps) value *= 2;
    return value;
  }
  if (random.chance()) {  // small numbers and powers of two satisfy the rules between fields
    const std::uint64_t value =
        random.chance() ? random.below(5) : std::uint64_t{1} << random.below(16);
    if (value >= rule.min && value <= most && value % rule.multiple == 0) return value;
  }
  const std::uint64_t spread =
      most == UINT64_MAX ? (random.chance() ? 1000 : UINT64_MAX - rule.min) : most - rule.min;
  std::uint64_t value =
      rule.min + (spread == UINT64_MAX ? random.next() : random.below(spread + 1));
  value -= value % rule.multiple;
  return value < rule.min ? rule.min : value;
}

std::string text(Random& random) {
  if (random.chance()) return "00ff";  // for hexadecimal fields
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789_.-/\\()";
  std::string word(1, letters[random.index(26)]);
  for (auto left = random.below(12); left != 0; --left)
    word += letters[random.index(letters.size())];
  return word;
}

DeviceWord device(Random& random) {
  if (random.chance())
    return DeviceNumber{static_cast<std::uint32_t>(random.below(4096)),
                        static_cast<std::uint32_t>(random.below(1U << 20))};
  return std::string_view("/dev/" + text(random));
}

Secret secret(Random& random, bool mayBeEmpty) {
  Secret bytes = Secret::zeros(random.index(64) + (mayBeEmpty ? 0 : 1));
  for (auto& byte : bytes.writable()) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

Key key(Random& random) {
  Key made;
  if (random.chance())
    made.bytes = secret(random, true);
  else
    made.reference =
        KeyReference{random.below(256) + 1, static_cast<KeyReference::Type>(random.below(4)),
                     text(random) + ":x"};
  return made;
}

void fillList(const Field& field, void* list, Random& random) {
  const auto& nest = *field.nest;
  std::uint64_t count = nest.single ? 1 : random.below(4) + 1;
  if (const auto* rule = field.rule) count = std::clamp<std::uint64_t>(count, rule->min, rule->max);
  for (std::uint64_t i = nest.size(list); i < count; ++i) fill(nest.fields, nest.add(list), random);
}

void fillOne(const Field& field, void* member, Random& random) {
  switch (field.type) {
    case Type::none: return;
    case Type::flag: *static_cast<bool*>(member) = true; return;
    case Type::number: *static_cast<std::uint64_t*>(member) = number(field, random); return;
    case Type::sectors: *static_cast<Sectors*>(member) = Sectors{number(field, random)}; return;
    case Type::optionalNumber:
      *static_cast<std::optional<std::uint64_t>*>(member) = number(field, random);
      return;
    case Type::optionalSectors:
      *static_cast<std::optional<Sectors>*>(member) = Sectors{number(field, random)};
      return;
    case Type::optionalSigned:
      *static_cast<std::optional<std::int64_t>*>(member) =
          static_cast<std::int64_t>(random.below(200)) - 100;
      return;
    case Type::text: *static_cast<std::string*>(member) = text(random); return;
    case Type::device: *static_cast<DeviceWord*>(member) = device(random); return;
    case Type::choice: {
      const auto words = field.choices;
      auto count = words.size();
      if (words.back().other) --count;
      const bool mayBeWord = field.shape == Shape::optional || field.shape == Shape::word;
      const std::size_t first = mayBeWord && words[0].word.empty() ? 1 : 0;
      *static_cast<std::uint8_t*>(member) =
          static_cast<std::uint8_t>(first + random.below(count - first));
      return;
    }
    case Type::fraction:
      *static_cast<Fraction*>(member) = {random.next(), random.below(1000)};
      return;
    case Type::optionalFraction:
      *static_cast<std::optional<Fraction>*>(member) = Fraction{random.next(), random.below(1000)};
      return;
    case Type::key: *static_cast<Key*>(member) = key(random); return;
    case Type::algorithm:
      *static_cast<Algorithm*>(member) = {text(random), secret(random, true)};
      return;
    case Type::words: {
      if (field.shape == Shape::wide) return;
      auto& words = *static_cast<Words*>(member);
      for (auto left = random.below(3); left != 0; --left)
        words.push_back("new" + std::to_string(random.below(9)) + "?");
      return;
    }
    case Type::list: fillList(field, member, random); return;
  }
}

bool optional(const Field& field) {
  return field.shape == Shape::optional || field.shape == Shape::dash ||
         field.shape == Shape::option || field.shape == Shape::colon ||
         field.shape == Shape::maybe || field.shape == Shape::ifNumber;
}

}  // namespace

void fill(std::span<const Field> fields, void* object, Random& random) {
  bool left = true;  // optional positional fields: the first that is absent ends them
  for (const Field& field : fields) {
    if (field.member == nullptr || field.alias || field.shape == Shape::unknown) continue;
    if (field.shape == Shape::whole) continue;
    if (!detail::applies(field, object)) continue;
    if (field.shape == Shape::rest && (field.rule != nullptr || !left || random.below(4) != 0))
      continue;
    const bool ends = field.shape == Shape::optional || (field.shape == Shape::dash && field.free);
    const bool wanted = !optional(field) || (random.wanted() && (left || !ends));
    if (wanted)
      fillOne(field, field.at(object), random);
    else if (field.shape == Shape::optional)
      left = false;
  }
}

namespace {

template <typename T>
void moveAs(void* from, void* to) {
  *static_cast<T*>(to) = std::move(*static_cast<T*>(from));
}

void moveList(const detail::Nest& nest, void* from, void* to) {
  nest.clear(to);
  for (std::size_t i = 0; i < nest.size(from); ++i) {
    void* const element = nest.add(to);
    for (const Field& field : nest.fields)
      if (field.shape != Shape::count && field.shape != Shape::width)
        moveMember(field, nest.get(from, i), element);
  }
}

}  // namespace

void moveMember(const Field& field, void* from, void* to) {
  void* const source = field.at(from);
  void* const target = field.at(to);
  switch (field.type) {
    case Type::none: return;
    case Type::flag: return moveAs<bool>(source, target);
    case Type::number: return moveAs<std::uint64_t>(source, target);
    case Type::sectors: return moveAs<Sectors>(source, target);
    case Type::optionalNumber: return moveAs<std::optional<std::uint64_t>>(source, target);
    case Type::optionalSectors: return moveAs<std::optional<Sectors>>(source, target);
    case Type::optionalSigned: return moveAs<std::optional<std::int64_t>>(source, target);
    case Type::text: return moveAs<std::string>(source, target);
    case Type::device: return moveAs<DeviceWord>(source, target);
    case Type::choice: return moveAs<std::uint8_t>(source, target);
    case Type::fraction: return moveAs<Fraction>(source, target);
    case Type::optionalFraction: return moveAs<std::optional<Fraction>>(source, target);
    case Type::key: return moveAs<Key>(source, target);
    case Type::algorithm: return moveAs<Algorithm>(source, target);
    case Type::words: return moveAs<Words>(source, target);
    case Type::list: return moveList(*field.nest, source, target);
  }
}

}  // namespace devmap::targets::test
