// What the kernel makes of a value, as far as one field alone determines it.
#include <algorithm>
#include <bit>
#include <memory>

#include <targets/engine/engine.hpp>

namespace devmap::targets::detail {
namespace {

std::uint64_t rounded(std::uint64_t value) noexcept {
  return value == 0 ? 0 : std::bit_floor(value);
}

void roundDown(Type type, void* member) noexcept {
  switch (type) {
    case Type::number: {
      auto& number = *static_cast<std::uint64_t*>(member);
      number = rounded(number);
      return;
    }
    case Type::optionalNumber: {
      auto& number = *static_cast<std::optional<std::uint64_t>*>(member);
      if (number) number = rounded(*number);
      return;
    }
    case Type::optionalSectors: {
      auto& sectors = *static_cast<std::optional<Sectors>*>(member);
      if (sectors) sectors->count = rounded(sectors->count);
      return;
    }
    default: return;
  }
}

bool used(const Field& field, const void* object) noexcept {
  return field.rule == nullptr || field.rule->usedWith == 0 ||
         field.rule->chosen(field.rule->usedWith, object);
}

/// Clears options only: a required word cannot be absent.
void clear(Type type, void* member) noexcept {
  switch (type) {
    case Type::flag: *static_cast<bool*>(member) = false; return;
    case Type::optionalNumber: static_cast<std::optional<std::uint64_t>*>(member)->reset(); return;
    case Type::optionalSectors: static_cast<std::optional<Sectors>*>(member)->reset(); return;
    case Type::text: static_cast<std::string*>(member)->clear(); return;
    default: return;
  }
}

}  // namespace

std::string defaultOf(const Field& field) {
  const Rule* const rule = field.rule;
  if (rule == nullptr || rule->byDefault == Rule::noDefault) return {};
  if (field.type != Type::choice) return decimal(rule->byDefault);
  return std::string(field.choices[rule->byDefault].word);
}

void normalise(std::span<const Field> fields, void* object) noexcept {
  for (const Field& field : fields) {
    if (field.member == nullptr) continue;
    void* const member = field.at(object);
    if (field.type == Type::list) {
      const Nest& nest = *field.nest;
      for (std::size_t i = 0; i < nest.size(member); ++i)
        normalise(nest.fields, nest.get(member, i));
    } else if (!used(field, object)) {
      clear(field.type, member);
    } else if (field.form == Form::powerOfTwo) {
      roundDown(field.type, member);
    } else if (field.form == Form::hex && field.type == Type::text) {
      auto& text = *static_cast<std::string*>(member);
      std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c + 0x20) : c;
      });
    }
  }
}

}  // namespace devmap::targets::detail
