// How the source of a target describes its fields.
#include <doctest/doctest.h>

#include <targets/engine/define.hpp>

using namespace devmap::targets::detail;
using devmap::targets::DeviceSpan;
using devmap::targets::DeviceWord;
using devmap::targets::Unit;
using devmap::targets::Words;

namespace fields_test {

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
}  // namespace fields_test

namespace {

using fields_test::Mode;
using fields_test::Sample;

constexpr Choice modeWords[] = {{""}, {"fast", version(7, 31)}, otherWord};
constexpr std::span<const Choice> modes = modeWords;
constexpr Rule size{.min = 1, .max = UINT32_MAX, .powerOfTwo = true, .byDefault = 8},
    sameSize = size;
constexpr Rule whenFast = only<&Sample::mode>({Mode::fast}, {.max = 7});
constexpr Nest spans = nest<&Sample::spans>(deviceSpanFields);
constexpr Field sample[] = {
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

TEST_CASE("a field reaches its member") {
  Sample object;
  CHECK(sample[0].at(&object) == &object.device);
  CHECK(sample[4].at(&object) == &object.flag);
  CHECK(sample[10].at(&object) == &object.rest);
  CHECK((sample[3].member == nullptr));
  CHECK(sample[3].at(&object) == nullptr);
}

TEST_CASE("a field keeps what its source tells") {
  CHECK(sample[0].fixed);
  CHECK(sample[0].type == Type::device);
  CHECK(sample[1].unit == Unit::sectors);
  CHECK(sample[1].rule == &size);
  CHECK(sample[3].required);
  CHECK(sample[4].since == version(9, 2));
  CHECK(sample[4].once);
  CHECK(sample[5].shape == Shape::colon);
  CHECK(sample[5].hex);
  CHECK(named["size"] == std::string_view("size"));
}

TEST_CASE("words of a choice, with their versions") {
  const Field& mode = sample[2];
  REQUIRE(mode.choiceOf(2) != nullptr);
  CHECK(mode.choiceOf(0)->word.empty());
  CHECK(mode.choiceOf(1)->word == "fast");
  CHECK(mode.choiceOf(1)->since == version(7, 31));
  CHECK(mode.choiceOf(2)->other);
  CHECK(mode.choiceOf(3) == nullptr);
  CHECK(mode.choiceOf(200) == nullptr);
}

TEST_CASE("a field stands in the text only with the values its rule names") {
  const std::span<const Field> fields = sample;
  Sample object;
  CHECK_FALSE(applies(fields[8], &object));
  CHECK(applies(fields[9], &object));
  object.mode = Mode::fast;
  CHECK(applies(fields[8], &object));
  object.spans.resize(2);
  CHECK(fields[8].nest->size(&object.spans) == 2);
  CHECK(fields[8].nest->get(&object.spans, 1) == &object.spans[1]);
}
