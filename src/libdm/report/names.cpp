// Names of fields and of keys, and the help that lists them.

#include <array>

#include "log.hpp"
#include "report/report.hpp"

using namespace devmap::libdm;

namespace {

/// Of the implicit fields. The bits below are the program's.
constexpr std::uint32_t implicitType = 0x80000000;
constexpr std::uint32_t allTypes = 0x7fffffff;

constexpr dm_report_object_type implicitObject{implicitType, "Special", "", nullptr};
constexpr std::array<dm_report_field_type, 4> implicitFields{{
    {implicitType, DM_REPORT_FIELD_TYPE_NUMBER, 0, 8, "selected", "Selected", nullptr,
     "Set if item passes selection criteria."},
    {implicitType, DM_REPORT_FIELD_TYPE_STRING, 0, 8, "help", "Help", nullptr, "Show help."},
    {implicitType, DM_REPORT_FIELD_TYPE_STRING, 0, 8, "?", "Help", nullptr, "Show help."},
    {0, 0, 0, 0, "", "", nullptr, nullptr},
}};
constexpr const dm_report_field_type* selectedField = implicitFields.data();

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The end of a list of fields has no type.
bool isEnd(const dm_report_field_type& field) noexcept { return field.type == 0; }

bool isHelp(const dm_report_field_type& field) noexcept {
  return field.type == implicitType && &field != selectedField;
}

/// `id` without a prefix that may be left out, if it begins with it.
std::string_view withoutPrefix(std::string_view id, std::string_view prefix) noexcept {
  const bool begins =
      id.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), id.begin(),
                                               [](char a, char b) { return lower(a) == lower(b); });
  return begins ? id.substr(prefix.size()) : id;
}

}  // namespace

bool devmap::libdm::sameIdentifier(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0;
  std::size_t j = 0;
  for (;; ++i, ++j) {
    while (i < a.size() && a[i] == '_') ++i;
    while (j < b.size() && b[j] == '_') ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (lower(a[i]) != lower(b[j])) return false;
  }
}

bool Column::numeric() const noexcept {
  return (type->flags & (DM_REPORT_FIELD_TYPE_NUMBER | DM_REPORT_FIELD_TYPE_SIZE |
                         DM_REPORT_FIELD_TYPE_PERCENT | DM_REPORT_FIELD_TYPE_TIME)) != 0;
}

const dm_report_object_type* dm_report::object(std::uint32_t id) const noexcept {
  if (id == implicitType) return &implicitObject;
  for (const auto* type = objects; type->data_fn != nullptr; ++type)
    if (type->id == id) return type;
  return nullptr;
}

const dm_report_field_type* dm_report::field(std::string_view name) const noexcept {
  for (const auto* type = fields; !isEnd(*type); ++type)
    if (sameIdentifier(name, type->id) || sameIdentifier(name, withoutPrefix(type->id, idPrefix)))
      return type;
  for (const auto* type = selectedField + (selects ? 0 : 1); !isEnd(*type); ++type)
    if (sameIdentifier(name, type->id)) return type;
  return nullptr;
}

/// Of `all`, or of `all` behind the prefix of a type. 0: it is no such word.
std::uint32_t dm_report::typesOfAll(Word word) const noexcept {
  if (sameIdentifier(word, "all")) return types != 0 ? types : allTypes;
  for (const auto* type = objects; type->data_fn != nullptr; ++type)
    if (sameIdentifier(word, std::string(type->prefix) + "all")) return type->id;
  return 0;
}

Column dm_report::column(const dm_report_field_type& type, bool keyOnly) const noexcept {
  return {&type, object(type.type), 0, keyOnly, false};
}

bool dm_report::noteTypes(Word word) noexcept {
  const dm_report_field_type* const type = field(word);
  if (type == nullptr)
    types |= typesOfAll(word);
  else if (!isHelp(*type))
    types |= type->type;
  return type != nullptr || typesOfAll(word) != 0;
}

bool dm_report::addField(Word word) noexcept {
  if (const auto* const type = field(word); type != nullptr) {
    done = done || isHelp(*type);
    columns.push_back(column(*type, false));
    return true;
  }
  const std::uint32_t wanted = typesOfAll(word);
  for (const auto* type = fields; !isEnd(*type); ++type)
    if ((type->type & wanted) != 0) columns.push_back(column(*type, false));
  return true;
}

bool dm_report::addKey(Word word) noexcept {
  const bool descending = word.starts_with('-');
  if (descending || word.starts_with('+')) word.remove_prefix(1);
  const auto* const type = field(word);
  done = done || isHelp(*type);
  auto found = std::ranges::find(columns, type, &Column::type);
  if (found == columns.end()) {
    found = columns.insert(columns.begin(), column(*type, true));
    for (SortKey& key : keys) ++key.column;
  }
  const auto index = static_cast<std::size_t>(found - columns.begin());
  if (std::ranges::find(keys, index, &SortKey::column) == keys.end())
    keys.push_back({index, descending});
  else
    printToStderr("dm_report: Ignoring duplicate sort field: " + std::string(type->id) + ".");
  return true;
}

bool dm_report::parse(std::string_view list, std::string_view keyList) noexcept {
  // `all` means the objects of all fields and keys. A prefix may be left out where the report is
  // of one type of objects. It ends with an underscore.
  if (const auto* const only = object(types); only != nullptr && only->prefix[0] != '\0') {
    idPrefix = only->prefix;
    idPrefix.pop_back();
  }
  Word unknown;
  const bool known = eachItem(list, [&](Word word) {
    unknown = word;
    return noteTypes(word);
  });
  const bool sortable = known && eachItem(keyList, [&](Word word) {
                          unknown = word;
                          if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
                          return field(word) != nullptr && noteTypes(word);
                        });
  if (!sortable) {
    if (unknown == "+" || unknown == "-") logError("dm_report: Missing sort field name");
    help();
    logError((known ? "dm_report: Unrecognised field: " : "Unrecognised field: ") +
             std::string(unknown));
    return false;
  }
  eachItem(list, [&](Word word) { return addField(word); });
  eachItem(keyList, [&](Word word) { return addKey(word); });
  types &= allTypes;
  if (done) help();
  return true;
}

void dm_report::help() const noexcept {
  const auto* const implicit = selectedField + (selects ? 0 : 1);
  std::size_t width = 0;
  for (const auto* list : {fields, implicit})
    for (const auto* type = list; !isEnd(*type); ++type)
      if (const auto* const of = object(type->type); of != nullptr) {
        const std::size_t all = of == &implicitObject ? 0 : std::string_view(of->prefix).size() + 3;
        width = std::max({width, std::string_view(type->id).size(), all});
      }
  helpOf(fields, width);
  helpOf(implicit, width);
}

void dm_report::helpOf(const dm_report_field_type* list, std::size_t width) const noexcept {
  const auto line = [width](std::string id, const char* text) {
    id.resize(std::max(width, id.size()), ' ');
    printToStderr("  " + id + " - " + text);
  };
  const dm_report_object_type* section = nullptr;
  for (const auto* type = list; !isEnd(*type); ++type) {
    const auto* const of = object(type->type);
    if (of == nullptr) continue;
    if (section == nullptr || std::string_view(of->desc) != section->desc) {
      if (section != nullptr) printToStderr(" ");
      const std::string title = std::string(of->desc) + " Fields";
      printToStderr(title);
      printToStderr(std::string(title.size(), '-'));
      if (of != &implicitObject)
        line(std::string(of->prefix) + "all", "All fields in this section.");
      section = of;
    }
    line(type->id, type->desc);
  }
  if (section != nullptr) printToStderr(" ");
}
