// Reads the tables or the status lines of many devices. Reports which of them devmap cannot read,
// and which rows it writes differently.
//
//  devices-rows table|status < LINES    LINES: `NAME: START LENGTH TYPE PARAMS`, as dmsetup prints
//                                       them
//
// Prints `NAME<tab>PROBLEM` for each fault. Exit status 0 if the lines could be parsed.
#include <algorithm>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/targets.hpp>

namespace {
using devmap::targets::FieldValue;
using devmap::targets::NamedWord;
using devmap::targets::Value;

void fault(std::string_view name, std::string_view what, std::string_view detail) {
  std::cout << name << '\t' << what << ": " << detail << '\n';
}

/// Whether both have the same words. The order in which kernels show options has changed; devmap
/// writes that of the newest.
bool sameWords(std::string_view a, std::string_view b) {
  const auto sorted = [](std::string_view text) {
    std::istringstream in{std::string(text)};
    std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
    std::ranges::sort(words);
    return words;
  };
  return sorted(a) == sorted(b);
}

bool sameFields(const Value& a, const Value& b) {
  return std::ranges::equal(a.fields(), b.fields(), [](const auto& x, const auto& y) {
    return x.name == y.name && x.value == y.value;
  });
}

/// Rebuilds the row from the names and values of its fields, unless it holds a key: keys are not
/// shown.
void fromFields(std::string_view name, const Value& value, std::string_view text) {
  const std::vector<FieldValue> fields = value.fields();
  std::vector<NamedWord> words;
  for (const FieldValue& field : fields) {
    if (field.kind == FieldValue::Kind::secret) return;
    words.push_back({field.name, field.value});
  }
  const auto made = devmap::targets::makeParams(value.type(), words);
  if (!made) return fault(name, "its fields are refused", made.error().message());
  const std::string again(made->text());
  if (!sameWords(again, text))
    fault(name, "its fields make another row", std::string(text) + " -> " + again);
}

void judge(std::string_view name, std::string_view type, std::string_view params, bool status) {
  const Value value = status ? devmap::targets::parseStatus(type, params)
                             : devmap::targets::parseParams(type, params);
  if (!value.typed())
    return fault(name, status ? "its status is not read" : "its row is not read", value.whyRaw());
  if (status) return;
  const std::string again(value.text());
  if (!sameWords(again, params) || !sameFields(devmap::targets::parseParams(type, again), value))
    fault(name, "its text differs when written again", std::string(params) + " -> " + again);
  fromFields(name, value, params);
}

/// Takes off the first word.
std::string_view next(std::string_view& rest) {
  const std::size_t stop = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, stop);
  rest.remove_prefix(std::min(stop + 1, rest.size()));
  return word;
}

}  // namespace

int main(int argc, char** argv) {
  const bool status = argc == 2 && std::string_view(argv[1]) == "status";
  for (std::string line; std::getline(std::cin, line);) {
    std::string_view rest = line;
    std::string_view name = next(rest);
    if (name.empty() || name.back() != ':') return 2;
    name.remove_suffix(1);
    next(rest);
    next(rest);
    const std::string_view type = next(rest);
    judge(name, type, rest, status);
  }
  return 0;
}
