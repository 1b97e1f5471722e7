// Fuzz target: parameters of every target. The first byte chooses the type, the rest is the text.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace devmap::targets;
namespace engine = devmap::targets::detail;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

struct Object {
  const engine::Grammar& grammar;
  void* at = grammar.create();
  explicit Object(const engine::Grammar& g) : grammar(g) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { grammar.destroy(at); }
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto grammars = engine::allGrammars();
  const engine::Grammar& grammar = *grammars[data[0] % grammars.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Object object(grammar);
  const auto read = engine::read(grammar.line(false), object.at, text);
  if (!read) {
    expect(read.error().code == devmap::Errc::invalidTable && !read.error().detail.empty(),
           "an error of the wrong kind, or without detail");
    return 0;
  }
  const Params written = engine::write(grammar, object.at, false);
  (void)engine::gate(grammar, object.at, {1, 5, 0});
  if (!engine::check(grammar, object.at, devmap::Sectors{data[0]})) return 0;
  // What the rules accept is written, read and written again as the same text.
  const Object again(grammar);
  expect(engine::read(grammar.line(false), again.at, written).has_value(),
         "a valid value is written as what cannot be read");
  expect(engine::write(grammar, again.at, false) == written,
         "a value changes when it is written and read again");
  return 0;
}
