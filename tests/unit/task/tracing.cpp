// TracingKernel in front of FakeKernel: what it reports, and that a dry run changes nothing.

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace devmap;
using namespace std::chrono_literals;

namespace {

struct Lines final : TraceSink {
  void call(std::string_view text) noexcept override { all.emplace_back(text); }
  [[nodiscard]] bool has(std::string_view beginning) const {
    for (const std::string& line : all)
      if (line.starts_with(beginning)) return true;
    return false;
  }
  [[nodiscard]] bool mentions(std::string_view text) const {
    for (const std::string& line : all)
      if (line.find(text) != std::string::npos) return true;
    return false;
  }
  std::vector<std::string> all;
};

const std::string key(64, '7');
const std::vector<Row> plainRows{{Sectors{0}, Sectors{8}, "zero", ""}};
const std::vector<Row> cryptRows{
    {Sectors{0}, Sectors{8}, "crypt", "aes-xts-plain64 " + key + " 0 /dev/none 0"}};

}  // namespace

TEST_CASE("a trace tells command, device, rows and answer, and no key") {
  FakeKernel fake;
  Lines lines;
  TracingKernel kernel(fake, lines);
  auto context = DeviceMapper::open(kernel);
  REQUIRE(context);
  REQUIRE(create(*context, "a", plainRows, {.uuid = "U"}));
  CHECK(lines.has("version = 4."));
  CHECK(lines.has("create name=a uuid=U = "));
  CHECK(lines.mentions(", inactive table\n  0 8 zero "));
  CHECK(lines.mentions(", live table"));
  CHECK_FALSE(create(*context, "b", cryptRows));
  CHECK(lines.mentions("0 8 crypt (secret)"));
  CHECK(sendMessage(*context, "a", "key set " + key).has_value() == false);
  CHECK(lines.mentions("message name=a \"(secret)\""));
  CHECK(sendMessage(*context, "a", "KEY  set " + key).has_value() == false);
  CHECK_FALSE(create(*context, "c", std::vector<Row>{{Sectors{0}, Sectors{8}, "future", key}}));
  CHECK(lines.mentions("0 8 future (secret)"));  // devmap does not know its rows
  CHECK_FALSE(create(*context, "d",
                     std::vector<Row>{{Sectors{0}, Sectors{8}, "vdo", "V4 /dev/none"}},
                     {.secure = true}));
  CHECK(lines.mentions("0 8 vdo V4 /dev/none"));  // has no keys, whatever the caller says
  CHECK_FALSE(lines.mentions(key));
  CHECK(remove(*context, "a"));
  CHECK(lines.has("remove name=a"));
  CHECK(fake.usage().semaphores == 0);
}

TEST_CASE("a dry run tells what would change, and changes nothing") {
  for (const FakeUdev udev : {FakeUdev::off, FakeUdev::immediate}) {
    FakeKernel fake;
    fake.setUdev(udev);
    Lines lines;
    {
      auto context = DeviceMapper::open(fake);
      REQUIRE(context);
      REQUIRE(create(*context, "a", plainRows));
    }
    const auto nodes = fake.list("/dev/mapper");
    auto borrowed = UdevCookie::create(fake);
    REQUIRE(borrowed);
    int id = -1, value = 0;
    REQUIRE(fake.semFind(static_cast<std::int32_t>(borrowed->value()), id) == 0);
    REQUIRE(fake.semValue(id, value) == 0);
    {
      TracingKernel kernel(fake, lines, Tracing::dry);
      auto context = DeviceMapper::open(kernel);
      REQUIRE(context);
      CHECK(create(*context, "b", plainRows));
      CHECK(load(*context, "a", plainRows));
      CHECK(rename(*context, "a", "c"));
      CHECK(remove(*context, "a"));
      auto others = UdevCookie::borrow(borrowed->value(), kernel);
      REQUIRE(others);
      auto task = createTask(*context, TaskType::DeviceRemove, "a");
      REQUIRE(task);
      REQUIRE(task->setCookie(*others));
      CHECK(task->run());
    }
    CHECK(lines.has("create name=b"));
    CHECK(lines.has("load NEW\n  0 8 zero "));
    CHECK(lines.has("remove name=a"));
    CHECK_FALSE(lines.mentions("version"));
    CHECK(fake.list("/dev/mapper") == nodes);
    int after = 0;
    REQUIRE(fake.semValue(id, after) == 0);
    CHECK(after == value);
    CHECK(fake.usage().semaphores == 1);
    auto context = DeviceMapper::open(fake);
    REQUIRE(context);
    const auto devices = list(*context);
    REQUIRE(devices);
    REQUIRE(devices->size() == 1);
    CHECK(devices->front().name == "a");
    const auto state = info(*context, "a");
    REQUIRE(state);
    CHECK_FALSE(state->inactiveTable);
  }
}
