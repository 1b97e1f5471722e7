// Fuzz target: status lines of every target. The first byte chooses the type, the rest is the text.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace devmap::targets;
  namespace engine = devmap::targets::detail;
  if (size == 0) return 0;
  const auto grammars = engine::allGrammars();
  const engine::Grammar& grammar = *grammars[data[0] % grammars.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  void* const object = grammar.createStatus();
  const auto read = engine::read(grammar.line(true), object, text);
  if (!read && (read.error().code != devmap::Errc::malformedReply || read.error().detail.empty())) {
    std::fprintf(stderr, "broken invariant: an error of the wrong kind, or without detail\n");
    std::abort();
  }
  (void)engine::write(grammar, object, true);
  (void)engine::fieldsOf(grammar.status, object);
  grammar.destroyStatus(object);
  return 0;
}
