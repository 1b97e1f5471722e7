// Fuzz target: what `-S` takes. The first line is a selection, and also a regular expression for
// the rest.
#include <string>

#include "dmsetup/select.hpp"
#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(all.find('\n'), all.size());
  const std::string_view text = all.substr(std::min(end + 1, all.size())).substr(0, 256);
  tool::dmsetup::Selection selection;
  if (selection.parse(all.substr(0, end)) && selection.empty())
    devmap::fuzz::expect(all.substr(0, end).find_first_not_of(" \t\n") == all.npos,
                         "a selection of nothing");
  tool::dmsetup::Expression expression;
  if (expression.compile(all.substr(0, end)) == nullptr) (void)expression.fits(text);
  return 0;
}
