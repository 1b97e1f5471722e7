// What a source tells of its fields is what the engine reads.
#include <doctest/doctest.h>

#include <targets/define.hpp>

using namespace devmap::targets::detail;
using devmap::targets::DeviceSpan;
using devmap::targets::DeviceWord;
using devmap::targets::Unit;
using devmap::targets::Words;

namespace packed_test {

enum class Mode : std::uint8_t { none, fast, other };
struct Sample {
  bool flag = false;
  DeviceWord device{};
  std::uint64_t size = 0;
  Mode mode = Mode::none;
  std::vector<DeviceSpan> spans{};
  Words unknown{};
  Words rest{};
};
}  // namespace packed_test

namespace {

using packed_test::Mode;
using packed_test::Sample;

constexpr Choice modeWords[] = {{""}, {"fast", version(7, 31)}, {nullptr}};
constexpr Choices modes = modeWords;
constexpr Rule size{.min = 1, .max = UINT32_MAX, .powerOfTwo = true, .byDefault = 8}, sameSize = size;
constexpr Rule whenFast = only<&Sample::mode>({Mode::fast}, {.max = 7});
constexpr Nest spans = nest<&Sample::spans>(packed<deviceSpanFields>);
constexpr Spec sample[] = {
    word<&Sample::device>("first_device").fixedForLife(),
    word<&Sample::size>("size").in(Unit::sectors).with(size),
    word<&Sample::mode>("mode").of(modes),
    groupRequired(),
    option<&Sample::flag>("device").from(9, 2).onlyOnce(),
    field<&Sample::size>(Shape::colon, "size").with(sameSize).inHex(),
    unknown<&Sample::unknown>(),
    end,
    field<&Sample::spans>(Shape::count, "spans").of(spans).with(whenFast),
    field<&Sample::spans>(Shape::elements, "spans").of(spans),
    rest<&Sample::rest>(),
};
constexpr Names<sample> named;

}  // namespace

TEST_CASE("a packed field tells what its specification does") {
  const std::span<const Field> fields = packed<sample>;
  REQUIRE(fields.size() == std::size(sample));
  Sample object;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    CAPTURE(i);
    const Field& field = fields[i];
    const Spec& spec = sample[i];
    CHECK(std::string_view(field.name()) == spec.name);
    CHECK((field.rule() == nullptr) == (spec.rule == nullptr));
    if (spec.rule != nullptr) CHECK((*field.rule() == *spec.rule));
    const bool same = field.type == spec.type && field.shape == spec.shape && field.unit == spec.unit && field.fixed == spec.fixed &&
                      field.hex == spec.hex && field.once == spec.once && field.required == spec.required;
    CHECK(same);
    CHECK(field.since() == version(spec.sinceMajor, spec.sinceMinor));
  }
  CHECK(fields[0].at(&object) == &object.device);
  CHECK(fields[4].at(&object) == &object.flag);
  CHECK(fields[10].at(&object) == &object.rest);
  CHECK_FALSE(fields[3].hasMember());
}

TEST_CASE("what fields have in common is kept once") {
  const std::span<const Field> fields = packed<sample>;
  CHECK(fields[1].rule() == fields[5].rule());
  CHECK(fields[1].name() == fields[5].name());
  CHECK(fields[4].name() == fields[0].name() + 6);
  CHECK(fields[8].nest() == fields[9].nest());
  CHECK(named["size"] == fields[1].name());
  CHECK(std::string_view(named["unknown"]) == "unknown");
}

TEST_CASE("words of a choice, with their versions") {
  const std::span<const Field> fields = packed<sample>;
  const ChoiceWords words = fields[2].choices();
  REQUIRE(words.size() == 3);
  CHECK(std::string_view(words[0].word).empty());
  CHECK(std::string_view(words[1].word) == "fast");
  CHECK(words[1].since == version(7, 31));
  CHECK(words[2].word == nullptr);
  CHECK(words[3].word == nullptr);
  CHECK(words[200].word == nullptr);
  std::size_t count = 0;
  for (const Choice word : words) count += word.since == 0 ? 1U : 100U;
  CHECK(count == 102);
}

TEST_CASE("a field stands in the text only with the values its rule names") {
  const std::span<const Field> fields = packed<sample>;
  Sample object;
  CHECK_FALSE(applies(fields[8], &object));
  CHECK(applies(fields[9], &object));
  object.mode = Mode::fast;
  CHECK(applies(fields[8], &object));
  object.spans.resize(2);
  CHECK(fields[8].nest()->size(&object.spans) == 2);
  CHECK(fields[8].nest()->get(&object.spans, 1) == &object.spans[1]);
}
