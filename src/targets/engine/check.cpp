// Rules that need no kernel, and which version of a target knows which field.
#include <algorithm>

#include <targets/engine/engine.hpp>

namespace devmap::targets::detail {
namespace {

/// The first thing that is wrong: field and why. An empty `why` means that nothing is.
struct Finding {
  std::string field;
  std::string why;
  explicit operator bool() const noexcept { return !why.empty(); }
};

// The kernel splits at isspace(), which in its own table (lib/ctype.c) includes byte 0xa0. It
// treats a backslash as an escape; the library doubles backslashes when it loads.
bool oneWord(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && byte != 0xa0;
  });
}

std::string limits(const Rule& rule) {
  std::string text = rule.powerOfTwo ? "must be a power of two" : "must be a number";
  if (rule.multiple > 1) (text += " that is a multiple of ") += decimal(rule.multiple);
  if (rule.min > 0) (text += " from ") += decimal(rule.min);
  (text += " up to ") += decimal(rule.max);
  return text;
}

Finding checkNumber(const Field& field, std::uint64_t value) {
  if (field.rule == nullptr) return {};
  const Rule& rule = *field.rule;
  const bool power = value != 0 && (value & (value - 1)) == 0;
  const bool exempt = rule.powerOfTwo && value == 0 && rule.min == 0;
  if (value >= rule.min && value <= rule.max && value % rule.multiple == 0 &&
      (!rule.powerOfTwo || power || exempt))
    return {};
  return {std::string(field.name), limits(rule) + ", not " + decimal(value)};
}

Finding checkText(const Field& field, std::string_view text, bool mayBeEmpty) {
  if (text.empty() && !mayBeEmpty) return {std::string(field.name), "must not be empty"};
  if (!oneWord(text))
    return {std::string(field.name),
            "has a blank or a control character, which the kernel would split at"};
  if (field.shape == Shape::dash && text == "-")
    return {std::string(field.name), "is `-`, which stands for none"};
  return {};
}

Finding checkKey(const Field& field, const Key& key) {
  if (!key.reference) return {};
  if (!key.bytes.empty())
    return {std::string(field.name), "has both bytes and a place in a keyring"};
  if (key.reference->bytes == 0) return {std::string(field.name), "is of size 0"};
  return checkText(field, key.reference->description, false);
}

Finding checkWords(const Field& field, const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].empty() || !oneWord(words[i]))
      return {elementOf(std::string(field.name), i), "must be one word, without blanks"};
  }
  return {};
}

Finding checkFields(std::span<const Field> fields, const void* object);

Finding checkList(const Field& field, const void* list) {
  const std::size_t size = field.nest->size(list);
  if (field.shape == Shape::count || field.shape == Shape::width) {
    return field.shape == Shape::count ? checkNumber(field, size) : Finding{};
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (auto found = checkFields(field.nest->fields, field.nest->get(list, i))) {
      std::string name =
          field.nest->single ? std::string(field.name) : elementOf(std::string(field.name), i);
      if (!found.field.empty()) (name += '.') += found.field;
      return {std::move(name), std::move(found.why)};
    }
  }
  return {};
}

bool optionalShape(Shape shape) noexcept { return shape != Shape::word; }

Finding checkField(const Field& field, const void* object) {
  if (field.member == nullptr) return {};
  const void* member = field.at(object);
  switch (field.type) {
    case Type::text:
      return checkText(field, *static_cast<const std::string*>(member),
                       field.free || optionalShape(field.shape));
    case Type::device:
      return checkText(field, static_cast<const DeviceWord*>(member)->text,
                       optionalShape(field.shape));
    case Type::key: return checkKey(field, *static_cast<const Key*>(member));
    case Type::algorithm:
      return checkText(field, static_cast<const Algorithm*>(member)->name, true);
    case Type::words: return checkWords(field, *static_cast<const Words*>(member));
    case Type::list: return checkList(field, member);
    case Type::choice: {
      const auto index = *static_cast<const std::uint8_t*>(member);
      const Choice* const choice = field.choiceOf(index);
      return choice != nullptr && !choice->other
                 ? Finding{}
                 : Finding{std::string(field.name), "is no value of its type"};
    }
    default: break;
  }
  const auto number = numberIn(field.type, member);
  return number ? checkNumber(field, *number) : Finding{};
}

Finding checkFields(std::span<const Field> fields, const void* object) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (field.shape == Shape::group && field.rule != nullptr) {
      Writer measure;
      writeFields(groupFields(fields, i), object, measure);
      if (measure.words() > field.rule->max) {
        return {std::string(field.name), "are " + decimal(measure.words()) +
                                             " words, more than the " + decimal(field.rule->max) +
                                             " the kernel takes"};
      }
    }
    if (!applies(field, object)) {
      if (present(field, object) && numberIn(field.type, field.at(object)).value_or(1) != 0)
        return {std::string(field.name), "does not belong here"};
      continue;
    }
    if (auto found = checkField(field, object)) return found;
  }
  return {};
}

std::uint16_t neededFor(const Field& field, const void* object) noexcept {
  if (!present(field, object)) return 0;
  std::uint16_t needed = field.since;
  if (field.type == Type::choice) {
    const auto index = *static_cast<const std::uint8_t*>(field.at(object));
    if (const Choice* const choice = field.choiceOf(index))
      needed = std::max(needed, choice->since);
  }
  return needed;
}

std::uint16_t keyNeeds(const Field& field, const void* object) noexcept {
  if (field.type != Type::key) return 0;
  const auto& reference = static_cast<const Key*>(field.at(object))->reference;
  if (!reference) return 0;
  return reference->type > KeyReference::Type::user ? version(1, 23)
                                                    : version(1, 18);  // dm-crypt only
}

}  // namespace

Result<void> check(const Grammar& grammar, const void* object, Sectors length) noexcept {
  constexpr const char* operation = "check parameters";
  if (auto found = checkFields(grammar.table, object)) {
    return fault(Errc::invalidTable, operation, grammar.type, found.field, found.why);
  }
  if (grammar.is.closed && present(grammar.table.back(), object)) {
    return fault(Errc::invalidTable, operation, grammar.type, grammar.table.back().name,
                 "the kernel takes no further words");
  }
  if (grammar.is.check == nullptr) return {};
  const Fault found = grammar.is.check(object, length.count);
  if (found.why == nullptr) return {};
  return fault(Errc::invalidTable, operation, grammar.type, found.field, found.why);
}

Result<void> gate(const Grammar& grammar, const void* object, Version target) noexcept {
  const unsigned have = std::min(target.major, 255U) << 8 | std::min(target.minor, 255U);
  for (const Field& field : grammar.table) {
    unsigned needed = std::max(neededFor(field, object), keyNeeds(field, object));
    if (field.type == Type::list && field.shape != Shape::count) {
      for (std::size_t i = 0; i < field.nest->size(field.at(object)); ++i) {
        const void* element = field.nest->get(field.at(object), i);
        for (const Field& inner : field.nest->fields)
          needed = std::max<unsigned>(needed, neededFor(inner, element));
      }
    }
    if (needed <= have) continue;
    return fault(Errc::unsupported, "check version", grammar.type, field.name,
                 ("came with version " + decimal(needed >> 8) + '.' + decimal(needed & 255) +
                  " of the target, this kernel has " + decimal(target.major) + '.' +
                  decimal(target.minor) + '.' + decimal(target.patch)));
  }
  return {};
}

}  // namespace devmap::targets::detail
