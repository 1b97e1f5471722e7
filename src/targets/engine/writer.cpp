// Values to text. Everything is written twice: once to measure, once into memory of exactly that
// size. A growing string would leave copies of a key in memory.
#include <algorithm>
#include <charconv>

#include <targets/engine/engine.hpp>

namespace devmap::targets::detail {
namespace {

std::size_t wordsOf(std::span<const Field> fields, const void* object) noexcept {
  Writer measure;
  writeFields(fields, object, measure);
  return measure.words();
}

void writeSigned(const std::optional<std::int64_t>& value, Writer& out) noexcept {
  if (!value) return;
  if (*value < 0) out.put("-");
  out.put(*value < 0 ? 0 - static_cast<std::uint64_t>(*value) : static_cast<std::uint64_t>(*value));
}

void writeFraction(const Fraction& fraction, Writer& out) noexcept {
  out.put(fraction.used);
  out.put("/");
  out.put(fraction.total);
}

/// The value of a struct in `name:value`: its fields, separated by colons.
void writeNested(const Field& field, const void* list, std::size_t index, Writer& out) noexcept {
  char* const none = nullptr;
  Writer parts(none, ':');
  const void* element = field.nest->get(list, index);
  writeFields(field.nest->fields, element, parts);
  Secret text = Secret::zeros(parts.bytes());
  Writer again(reinterpret_cast<char*>(text.writable().data()), ':');
  writeFields(field.nest->fields, element, again);
  out.put(Params(std::move(text)).view());
}

void writeOption(const Field& field, const void* object, Writer& out) noexcept {
  const void* member = field.at(object);
  if (!present(field, object)) return;
  if (field.type == Type::flag || field.type == Type::choice) {
    if (field.type == Type::flag || field.named) out.word(field.name);
    if (field.type == Type::flag) return;
    out.begin();
    return writeValue(field, member, out);
  }
  const std::size_t times = field.type == Type::list ? field.nest->size(member) : 1;
  for (std::size_t i = 0; i < times; ++i) {
    out.word(field.name);
    if (field.shape == Shape::colon) {
      out.put(":");
      if (field.type == Type::list)
        writeNested(field, member, i, out);
      else
        writeValue(field, member, out);
    } else if (field.type == Type::list) {
      writeFields(field.nest->fields, field.nest->get(member, i), out);
    } else {
      out.begin();
      writeValue(field, member, out);
    }
  }
}

void writeGroup(std::span<const Field> fields, std::size_t mark, const void* object,
                Writer& out) noexcept {
  const Field& group = fields[mark];
  const auto inner = groupFields(fields, mark);
  const std::size_t count = wordsOf(inner, object);
  const auto behind = fields.subspan(std::min(fields.size(), mark + inner.size() + 2));
  if (!group.uncounted) {
    if (count == 0 && !group.always && wordsOf(behind, object) == 0) return;
    out.begin();
    out.put(std::uint64_t{count});
  }
  writeFields(inner, object, out);
}

void writeWords(const Words& words, Writer& out) noexcept {
  for (const std::string& text : words) out.word(text);
}

void writeElements(const Field& field, const void* member, Writer& out) noexcept {
  if (field.type == Type::words) return writeWords(*static_cast<const Words*>(member), out);
  for (std::size_t i = 0; i < field.nest->size(member); ++i) {
    writeFields(field.nest->fields, field.nest->get(member, i), out);
  }
}

// Number of words in the `wide` field of the list's first element.
std::uint64_t widthOf(const Field& field, const void* member) noexcept {
  if (field.nest->size(member) == 0) return 0;
  const void* element = field.nest->get(member, 0);
  for (const Field& inner : field.nest->fields) {
    if (inner.shape == Shape::wide) return static_cast<const Words*>(inner.at(element))->size();
  }
  return 0;
}

// `complete`: no optional word before this one is missing.
void writeField(const Field& field, const void* object, bool complete, Writer& out) noexcept {
  const void* member = field.at(object);
  switch (field.shape) {
    case Shape::literal: return out.word(field.name);
    case Shape::count: out.begin(); return out.put(std::uint64_t{field.nest->size(member)});
    case Shape::width: out.begin(); return out.put(widthOf(field, member));
    case Shape::elements:
    case Shape::tail:
    case Shape::wide:
    case Shape::unknown:
    case Shape::rest: return writeElements(field, member, out);
    case Shape::option:
    case Shape::colon: return writeOption(field, object, out);
    case Shape::dash:
      if (present(field, object)) break;
      return complete || !field.free ? out.word("-") : void();
    case Shape::optional:
    case Shape::maybe:
    case Shape::ifNumber:
      if (present(field, object)) break;
      return;
    default: break;
  }
  if (field.type == Type::list) return writeElements(field, member, out);
  out.begin();
  if (field.type == Type::flag) return out.put(field.name);
  writeValue(field, member, out);
}

}  // namespace

void Writer::put(std::uint64_t value, int base) noexcept {
  char digits[20];
  put({digits, static_cast<std::size_t>(
                   std::to_chars(digits, digits + sizeof digits, value, base).ptr - digits)});
}

void Writer::put(const Secret& bytes) noexcept {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const std::uint8_t byte : bytes.reveal()) {
    put(hex.substr(byte >> 4, 1));
    put(hex.substr(byte & 15, 1));
  }
}

void writeKey(const Key& key, Writer& out) noexcept {
  if (key.reference) {
    out.put(":");
    out.put(key.reference->bytes);
    out.put(":");
    out.put(std::string_view(keyTypes[static_cast<std::size_t>(key.reference->type) & 3]));
    out.put(":");
    out.put(std::string_view(key.reference->description));
  } else if (key.bytes.empty()) {
    out.put("-");
  } else {
    out.put(key.bytes);
  }
}

void writeValue(const Field& field, const void* member, Writer& out) noexcept {
  switch (field.type) {
    case Type::text: return out.put(std::string_view(*static_cast<const std::string*>(member)));
    case Type::device:
      return out.put(std::string_view(static_cast<const DeviceWord*>(member)->text));
    case Type::fraction: return writeFraction(*static_cast<const Fraction*>(member), out);
    case Type::optionalFraction: {
      const auto& fraction = *static_cast<const std::optional<Fraction>*>(member);
      return fraction ? writeFraction(*fraction, out) : void();
    }
    case Type::choice: {
      const auto index = *static_cast<const std::uint8_t*>(member);
      const Choice* const choice = field.choiceOf(index);
      return out.put(choice == nullptr ? std::string_view("?") : choice->word);
    }
    case Type::key: return writeKey(*static_cast<const Key*>(member), out);
    case Type::algorithm: {
      const auto& algorithm = *static_cast<const Algorithm*>(member);
      out.put(std::string_view(algorithm.name));
      if (algorithm.key.empty()) return;
      out.put(":");
      return out.put(algorithm.key);
    }
    case Type::optionalSigned:
      return writeSigned(*static_cast<const std::optional<std::int64_t>*>(member), out);
    default: break;
  }
  if (const auto number = numberIn(field.type, member)) out.put(*number, field.hex ? 16 : 10);
}

void writeFields(std::span<const Field> fields, const void* object, Writer& out) noexcept {
  bool complete = true;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (field.shape == Shape::group) {
      writeGroup(fields, i, object, out);
      i += groupFields(fields, i).size() + 1;
    } else if (field.shape != Shape::whole && field.shape != Shape::end && applies(field, object)) {
      writeField(field, object, complete, out);
      complete = complete && (field.shape != Shape::optional || present(field, object));
    }
  }
}

Params write(const Grammar& grammar, const void* object, bool status) noexcept {
  const auto fields = status ? grammar.status : grammar.table;
  const auto fill = [&](Writer out) {
    if (const auto line = wholeLine(fields, object); !line.empty())
      out.put(line);
    else
      writeFields(fields, object, out);
    return out.bytes();
  };
  Secret text = Secret::zeros(fill(Writer()));
  fill(Writer(reinterpret_cast<char*>(text.writable().data())));
  return Params(std::move(text));
}

}  // namespace devmap::targets::detail
