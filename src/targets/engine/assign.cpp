// Sets values by the names of their fields.
#include <algorithm>

#include <devmap/targets.hpp>
#include <targets/engine/engine.hpp>

namespace devmap::targets::detail {
namespace {

/// `-` and `_` are the same in a name.
bool sameName(std::string_view a, std::string_view b) noexcept {
  const auto plain = [](char c) { return c == '-' ? '_' : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return plain(x) == plain(y); });
}

bool hasMember(const Field& field) noexcept {
  return field.type != Type::none && field.shape != Shape::count && field.shape != Shape::width &&
         !field.alias;
}

const Field* find(std::span<const Field> fields, std::string_view name) noexcept {
  for (const Field& field : fields)
    if (hasMember(field) && sameName(field.name, name)) return &field;
  return nullptr;
}

/// Removes a leading `[i]` from `path`. False if there is none.
bool takeIndex(std::string_view& path, std::uint64_t& index) noexcept {
  const std::size_t close = path.find(']');
  if (!path.starts_with('[') || close == std::string_view::npos ||
      !readNumber(path.substr(1, close - 1), index))
    return false;
  path.remove_prefix(close + 1);
  return true;
}

const char* set(const Grammar& grammar, std::span<const Field> fields, void* object,
                std::string_view path, std::string_view word);

const char* setElement(const Grammar& grammar, const Field& field, void* list,
                       std::string_view path, std::string_view word) {
  const Nest& nest = *field.nest;
  std::uint64_t index = 0;
  if (!nest.single && !takeIndex(path, index))
    return "is a list: its elements are NAME[0], NAME[1], ...";
  const std::size_t size = nest.size(list);
  if (index > size) return "has no element before this one";
  void* const element =
      index == size ? nest.add(list) : nest.get(list, static_cast<std::size_t>(index));
  if (path.starts_with('.')) path.remove_prefix(1);
  return set(grammar, nest.fields, element, path, word);
}

const char* setFlag(bool& flag, std::string_view word) noexcept {
  bool value = false;
  for (const char* known : {"false", "true", "no", "yes", "off", "on", "0", "1"}) {
    if (word == known) return flag = value, nullptr;
    value = !value;
  }
  return "is true or false";
}

const char* set(const Grammar& grammar, std::span<const Field> fields, void* object,
                std::string_view path, std::string_view word) {
  const std::size_t end = std::min(path.find_first_of(".["), path.size());
  const Field* const field = find(fields, path.substr(0, end));
  if (field == nullptr) return "there is no such field";
  path.remove_prefix(end);
  void* const member = field->at(object);
  if (field->type == Type::list) return setElement(grammar, *field, member, path, word);
  if (field->type == Type::words) {
    std::uint64_t index = 0;
    auto& words = *static_cast<Words*>(member);
    if (!path.empty() && (!takeIndex(path, index) || index != words.size()))
      return "has no element before this one";
    words.emplace_back(word);
    return nullptr;
  }
  if (!path.empty()) return "has no parts";
  if (field->shape == Shape::dash && word == "-") return nullptr;  // absent
  if (field->type == Type::flag) return setFlag(*static_cast<bool*>(member), word);
  return readValue(*field, member, word, grammar.is.exactCase);
}

}  // namespace

Result<void> assign(const Grammar& grammar, void* object,
                    std::span<const NamedWord> words) noexcept {
  for (const NamedWord& word : words) {
    const auto same = [&](const NamedWord& other) { return sameName(other.name, word.name); };
    const char* why = set(grammar, grammar.table, object, word.name, word.value);
    if (why == nullptr && std::ranges::count_if(words, same) > 1) why = "is given twice";
    if (why != nullptr)
      return fault(Errc::invalidTable, "read field", grammar.type, word.name, why);
  }
  return {};
}

}  // namespace devmap::targets::detail
