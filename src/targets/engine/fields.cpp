// Values as names and text.
#include <algorithm>

#include <targets/engine/engine.hpp>

namespace devmap::targets::detail {
namespace {

constexpr const char* hidden = "(secret)";

class Lister {
 public:
  Lister(std::vector<FieldValue>& out, std::vector<Source>* sources) noexcept
      : out_(out), sources_(sources) {}

  /// `whole`: a list element whose missing words are listed as `-`. Skipping it would shift the
  /// elements after it.
  void fields(std::span<const Field> fields, const void* object, const std::string& prefix,
              bool whole = false) {
    if (!wholeLine(fields, object).empty()) fields = fields.first(1);
    for (const Field& field : fields) {
      if (field.shape == Shape::count || field.shape == Shape::width || !applies(field, object))
        continue;
      if (!present(field, object)) {
        if (whole && field.shape == Shape::dash)
          add(field, named(field, prefix), "-", kindOf(field));
        continue;
      }
      one(field, field.at(object), named(field, prefix));
    }
  }

 private:
  static std::string named(const Field& field, const std::string& prefix) {
    if (prefix.empty()) return std::string(field.name);
    return field.name.empty() ? prefix : prefix + '.' + std::string(field.name);
  }

  void one(const Field& field, const void* member, std::string name) {
    if (field.type == Type::list) {
      for (std::size_t i = 0; i < field.nest->size(member); ++i) {
        const Nest& nest = *field.nest;
        const void* element = nest.get(member, i);
        const bool empty =
            sources_ != nullptr || std::ranges::none_of(nest.fields, [&](const Field& inner) {
              return present(inner, element);
            });
        fields(nest.fields, element, nest.single ? name : elementOf(name, i), empty);
      }
    } else if (field.type == Type::words) {
      const auto& words = *static_cast<const Words*>(member);
      for (std::size_t i = 0; i < words.size(); ++i)
        add(field, elementOf(name, i), words[i], FieldValue::Kind::text);
    } else if (field.type == Type::flag) {
      add(field, std::move(name), "true", FieldValue::Kind::flag);
    } else if (field.type == Type::key || field.type == Type::algorithm) {
      secret(field, member, std::move(name));
    } else {
      plain(field, member, std::move(name));
    }
  }

  void secret(const Field& field, const void* member, std::string name) {
    if (field.type == Type::key) {
      const Key& key = *static_cast<const Key*>(member);
      if (key.reference || key.bytes.empty()) return plain(field, member, std::move(name));
      return add(field, std::move(name), hidden, FieldValue::Kind::secret, &key.bytes);
    }
    const Algorithm& algorithm = *static_cast<const Algorithm*>(member);
    if (algorithm.key.empty())
      return add(field, std::move(name), algorithm.name, FieldValue::Kind::text);
    add(field, std::move(name), algorithm.name + ':' + hidden, FieldValue::Kind::secret,
        &algorithm.key);
  }

  void plain(const Field& field, const void* member, std::string name) {
    Writer measure;
    writeValue(field, member, measure);
    std::string text(measure.bytes(), '\0');
    Writer out(text.data());
    writeValue(field, member, out);
    add(field, std::move(name), std::move(text), kindOf(field));
  }

  static FieldValue::Kind kindOf(const Field& field) noexcept {
    switch (field.type) {
      case Type::number:
      case Type::sectors:
      case Type::optionalNumber:
      case Type::optionalSectors:
      case Type::optionalSigned:
        return field.hex ? FieldValue::Kind::text : FieldValue::Kind::number;
      case Type::device: return FieldValue::Kind::device;
      default: return FieldValue::Kind::text;
    }
  }

  void add(const Field& field, std::string name, std::string value, FieldValue::Kind kind,
           const Secret* key = nullptr) {
    out_.push_back({std::move(name), std::move(value), kind, field.unit, field.fixed});
    if (sources_ != nullptr) sources_->push_back({&field, key});
  }

  std::vector<FieldValue>& out_;
  std::vector<Source>* sources_;
};

}  // namespace

std::vector<FieldValue> fieldsOf(std::span<const Field> fields, const void* object,
                                 std::vector<Source>* sources) noexcept {
  std::vector<FieldValue> out;
  Lister(out, sources).fields(fields, object, {});
  return out;
}

}  // namespace devmap::targets::detail
