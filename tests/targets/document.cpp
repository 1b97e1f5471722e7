// Writes src/targets/README.md, the table of all targets, from the registry: targets-document >
// src/targets/README.md. The test of that name checks that the page is current.
#include <cstdio>
#include <string>

#include <devmap/targets.hpp>
#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

#include "../guest/targets/kernels.hpp"

namespace {

using namespace devmap::targets::detail;
using devmap::targets::Unit;

constexpr const char* intro = R"(# The targets

Each target is a table of fields in `TYPE.cpp`. `define.hpp` has the words for it, and `grammar.hpp`
says what each means. `reader`, `writer`, `check` and `fields` serve them all. `registry` names the
targets, and `known_types` says of each what no parser needs. The name of a field is the kernel's
word where it has one. Words that a newer kernel adds are kept. Those that an older one leaves out
are optional.

`build/tests/targets/targets-document` writes the rest of this page from these tables, and a test
compares them. `<a>` is a word, `[a]` an optional one, `a|-` a word or `-`, `{...}` repeats. *since*
is the version of the target that first has the option. Vectors of all targets are tested without a
kernel (`tests/targets/vectors.cpp`). *tested on* names the kernels of the guest suite.
)";

std::string testedOn(std::string_view type) {
  const auto* const tested = devmap::targets::test::findTested(type);
  if (tested == nullptr) return "vectors alone";
  std::string kernels;
  const auto add = [&](bool is, const char* version) {
    if (is) (kernels += kernels.empty() ? "Linux " : ", ") += version;
  };
  add(tested->linux6_1, "6.1");
  add(tested->linux6_12, "6.12");
  add(tested->linux7_3, "7.3");
  return kernels;
}

std::string described(const Field& field) {
  const std::string name(field.name.empty() ? std::string_view("value") : field.name);
  switch (field.shape) {
    case Shape::literal: return '`' + name + '`';
    case Shape::count: return "`#" + name + '`';
    case Shape::width: return "`#" + name + '`';
    case Shape::optional:
    case Shape::maybe:
    case Shape::ifNumber: return "`[" + name + "]`";
    case Shape::dash: return '`' + name + "|-`";
    case Shape::colon: return '`' + name + ":VALUE`";
    case Shape::option: return field.type == Type::flag ? '`' + name + '`' : '`' + name + " VALUE`";
    default: return "`<" + name + ">`";
  }
}

std::string words(const Field& field) {
  if (field.type != Type::choice) return {};
  std::string text;
  for (const Choice& choice : field.choices) {
    if (choice.other || choice.word.empty()) continue;
    text += (text.empty() ? " " : "\\|") + ('`' + std::string(choice.word) + '`');
    if (choice.since != 0)
      text += " (since " + decimal(choice.since >> 8) + '.' + decimal(choice.since & 255) + ')';
  }
  return text;
}

std::string list(std::span<const Field> fields);

std::string one(const Field& field) {
  if (field.shape == Shape::option && field.type == Type::choice && !field.named)
    return words(field).substr(1);
  std::string text = described(field) + words(field);
  if (field.unit != Unit::none) text += ' ' + std::string(toString(field.unit));
  if (field.type == Type::key || field.type == Type::algorithm) text += " secret";
  if (field.since != 0)
    text += " (since " + decimal(field.since >> 8) + '.' + decimal(field.since & 255) + ')';
  if (field.type == Type::list && field.shape != Shape::count && field.shape != Shape::width)
    text += " {" + list(field.nest->fields) + '}';
  return text;
}

std::string list(std::span<const Field> fields) {
  std::string text;
  for (const Field& field : fields) {
    if (field.shape == Shape::unknown || field.shape == Shape::rest || field.alias) continue;
    if (field.shape == Shape::end) {
      text += ']';
      continue;
    }
    if (!text.empty() && text.back() != '[') text += ", ";
    text += field.shape == Shape::group ? (field.uncounted ? "[" : "`#words` [") : one(field);
  }
  return text.empty() ? "none" : text;
}

std::string attributes(const devmap::targets::Attributes& is) {
  std::string text;
  const auto add = [&](bool has, const char* name) {
    if (has) text += (text.empty() ? "" : ", ") + std::string(name);
  };
  add(is.singleton, "the only row");
  add(is.immutable, "immutable");
  add(is.alwaysWriteable, "never read-only");
  add(is.readOnly, "always read-only");
  add(is.wildcard, "may replace an immutable table");
  add(is.requestBased, "request-based");
  add(is.outOfTree, "Android, not in Linux");
  return text.empty() ? "none" : text;
}

}  // namespace

int main() {
  std::fputs(intro, stdout);
  for (const devmap::targets::TypeInfo& type : devmap::targets::knownTypes()) {
    const Grammar* const grammar = findGrammar(type.type);
    std::printf("\n## %s\n\n", grammar->type);
    std::printf("* parameters: %s\n* status: %s\n", list(grammar->table).c_str(),
                list(grammar->status).c_str());
    if (!type.messages.empty())
      std::printf("* messages: `%s`\n", std::string(type.messages).c_str());
    std::printf("* attributes: %s\n", attributes(type.attributes).c_str());
    if (!type.attributes.outOfTree) {
      std::printf("* version in Linux 7.2: %u.%u.%u\n", type.mainline.major, type.mainline.minor,
                  type.mainline.patch);
    }
    std::printf("* tested on: %s\n", testedOn(grammar->type).c_str());
  }
  return 0;
}
