// Fuzz target: parameters made from the names of their fields. The first byte chooses the type, the
// rest is NAME=VALUE, one a line.
#include <string>
#include <vector>

#include <devmap/targets.hpp>

#include "fuzz.hpp"

using namespace devmap;
using fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::vector<targets::TypeInfo> types = targets::knownTypes();
  const std::string_view type = types[data[0] % types.size()].type;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<targets::NamedWord> words;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    words.push_back({line.substr(0, equals), line.substr(std::min(equals + 1, line.size()))});
  }
  const auto made = targets::makeParams(type, words);
  if (!made) {
    expect(made.error().code == Errc::invalidTable && !made.error().detail.empty(),
           "an error of the wrong kind, or without detail");
    return 0;
  }
  expect(made->typed() && made->check().has_value(), "a value that the rules refuse");
  const auto again = targets::parseParams(type, made->text());
  expect(again.typed() && again.text() == made->text().view(),
         "a value changes when it is written and read again");
  return 0;
}
