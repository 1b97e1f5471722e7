#include <targets/engine/engine.hpp>

#include <utility>

namespace devmap::targets {

DeviceWord::DeviceWord(DeviceNumber number) : text(toString(number)) {}

std::optional<DeviceNumber> DeviceWord::number() const noexcept {
  std::string_view rest = text;
  const auto number = base::takeDevice(rest);
  return rest.empty() ? number : std::nullopt;
}

std::string_view toString(Unit unit) noexcept {
  switch (unit) {
    case Unit::none: return "";
    case Unit::sectors: return "sectors";
    case Unit::bytes: return "bytes";
    case Unit::blocks: return "blocks";
    case Unit::milliseconds: return "ms";
    case Unit::seconds: return "s";
    case Unit::percent: return "%";
    case Unit::kibibytesPerSecond: return "KiB/s";
  }
  return "";
}

namespace detail {

std::string elementOf(std::string list, std::size_t index) {
  list += '[';
  list += decimal(index);
  list += ']';
  return list;
}

Error fault(Errc code, const char* operation, const char* type, std::string_view field,
            std::string_view why) {
  Error error{.code = code, .operation = operation, .detail = type};
  if (!field.empty()) {
    error.detail += ": ";
    error.detail += field;
  }
  error.detail += ": ";
  error.detail += why;
  return error;
}

bool applies(const Field& field, const void* object) noexcept {
  return field.rule == nullptr || field.rule->onlyWith == 0 ||
         field.rule->chosen(field.rule->onlyWith, object);
}

std::optional<std::uint64_t> numberIn(Type type, const void* member) noexcept {
  switch (type) {
    case Type::number: return *static_cast<const std::uint64_t*>(member);
    case Type::sectors: return static_cast<const Sectors*>(member)->count;
    case Type::optionalNumber: return *static_cast<const std::optional<std::uint64_t>*>(member);
    case Type::optionalSectors: {
      const auto& sectors = *static_cast<const std::optional<Sectors>*>(member);
      return sectors ? std::optional(sectors->count) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

bool present(const Field& field, const void* object) noexcept {
  if (field.member == nullptr || field.alias) return false;
  const void* member = field.at(object);
  switch (field.type) {
    case Type::none: return false;
    case Type::flag: return *static_cast<const bool*>(member);
    case Type::optionalSigned:
      return static_cast<const std::optional<std::int64_t>*>(member)->has_value();
    case Type::text: return !static_cast<const std::string*>(member)->empty();
    case Type::device: return !static_cast<const DeviceWord*>(member)->empty();
    case Type::choice: {
      const auto index = *static_cast<const std::uint8_t*>(member);
      return index != 0 || !field.choices[0].word.empty();
    }
    case Type::algorithm: return !static_cast<const Algorithm*>(member)->name.empty();
    case Type::words: return !static_cast<const Words*>(member)->empty();
    case Type::list: return field.nest->size(member) != 0;
    case Type::optionalFraction:
      return static_cast<const std::optional<Fraction>*>(member)->has_value();
    case Type::fraction:
    case Type::key: return true;
    default: return numberIn(field.type, member).has_value();
  }
}

std::string_view wholeLine(std::span<const Field> fields, const void* object) noexcept {
  if (fields.empty() || fields[0].shape != Shape::whole) return {};
  const auto index = *static_cast<const std::uint8_t*>(fields[0].at(object));
  const Choice* const line = index == 0 ? nullptr : fields[0].choiceOf(index);
  return line == nullptr ? std::string_view() : line->word;
}

std::span<const Field> groupFields(std::span<const Field> fields, std::size_t mark) noexcept {
  std::size_t stop = mark + 1;
  while (stop < fields.size() && fields[stop].shape != Shape::end) ++stop;
  return fields.subspan(mark + 1, stop - mark - 1);
}

}  // namespace detail
}  // namespace devmap::targets
