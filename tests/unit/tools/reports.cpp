// Reports of the tool as dmsetup, on FakeKernel: every field for every kind of object, and how
// often the kernel is asked.

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

#include "../../guest/events/counting_kernel.hpp"
#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "dmsetup/report.hpp"
#include "dmsetup/stats.hpp"

using namespace devmap;
using namespace tool::dmsetup;
using tool::Address;

namespace {

/// Discards standard output and error while it lives: the tool prints, and the test checks what it
/// returns.
class Silence {
 public:
  Silence()
      : null_(open("/dev/null", O_WRONLY | O_CLOEXEC)),
        output_(dup(STDOUT_FILENO)),
        error_(dup(STDERR_FILENO)) {
    dup2(null_, STDOUT_FILENO);
    dup2(null_, STDERR_FILENO);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    tool::flushOutput();
    dup2(output_, STDOUT_FILENO);
    dup2(error_, STDERR_FILENO);
    for (int fd : {null_, output_, error_}) close(fd);
  }

 private:
  int null_;
  int output_;
  int error_;
};

/// One command line of dmsetup, on the test's kernel.
struct Command {
  Command(std::vector<std::string_view> words, Kernel& kernel) : words_(std::move(words)) {
    REQUIRE(parseLine(words_, line));
    auto mapper = DeviceMapper::open(kernel);
    REQUIRE(mapper);
    run.context.emplace(*std::move(mapper));
  }

 private:
  std::vector<std::string_view> words_;

 public:
  Line line;
  Run run{line};
};

void add(DeviceMapper& mapper, const std::string& name, std::string_view type,
         std::string_view params, CreateOptions options = {}) {
  const std::vector<Row> rows{{Sectors{0}, Sectors{8}, std::string(type), std::string(params)}};
  REQUIRE(create(mapper, name, rows, options));
}

/// Adds a disk, devices on it, and one that uses them all.
void addDevices(FakeKernel& fake, std::size_t count) {
  fake.addBlockDevice("/dev/disk", {8, 0}, 16 << 20);
  auto mapper = DeviceMapper::open(fake);
  REQUIRE(mapper);
  std::vector<Row> all;
  for (std::size_t i = 1; i < count; ++i) {
    const std::string name = "v" + std::to_string(i);
    add(*mapper, name, "linear", "8:0 0");
    all.push_back({Sectors{8 * (i - 1)}, Sectors{8}, "linear", "/dev/mapper/" + name + " 0"});
  }
  REQUIRE(create(*mapper, "top", all));
}

std::size_t ioctlsOf(const CountingKernel& kernel) {
  std::size_t sum = 0;
  for (const std::size_t count : kernel.ioctls) sum += count;
  return sum;
}

using Program = std::function<bool(Run& run)>;

bool reportAll(Run& run) {
  Report report;
  if (!report.prepare(run.line, "name")) return false;
  run.report = &report;
  return runEach(run, {"info", "", 0, 255, Scope::orAll, nullptr, &showInfo}, {}) &&
         report.output();
}

/// How often it asks the kernel if there are that many devices.
std::size_t cost(std::size_t devices, const std::vector<std::string_view>& words,
                 const Program& program) {
  FakeKernel fake;
  addDevices(fake, devices);
  CountingKernel counting(fake);
  Command command(words, counting);
  const Silence silence;
  CHECK(program(command.run));
  return ioctlsOf(counting);
}

void checkLinear(const std::vector<std::string_view>& words, const Program& program) {
  const std::size_t few = cost(40, words, program);
  const std::size_t many = cost(80, words, program);
  std::string line;
  for (const std::string_view word : words) line.append(word).append(" ");
  CAPTURE(line);
  CAPTURE(few);
  CHECK(many <= 2 * few + 8);
}

/// Regions, areas and a group, as the kernel might report them.
struct Statistics {
  StatsRegion region;
  StatsGroup group;
  Statistics() {
    region.length = 8;
    region.step = 4;
    region.program = "dmstats";
    region.bounds = {1'000'000, 2'000'000};
    region.areas.resize(2);
    group.members = {0};
  }
};

}  // namespace

TEST_CASE("reports: every field over every kind of object has a value, or fails") {
  FakeKernel fake;
  addDevices(fake, 3);
  {
    auto mapper = DeviceMapper::open(fake);
    REQUIRE(mapper);
    add(*mapper, "suspended", "zero", "");
    auto suspended = createTask(*mapper, TaskType::DeviceSuspend, "suspended");
    REQUIRE(suspended);
    REQUIRE(suspended->run());
    REQUIRE(create(*mapper, "without", std::vector<Row>()));
    REQUIRE(create(*mapper, "inactive", std::vector<Row>()));
    const std::vector<Row> rows{{Sectors{0}, Sectors{8}, "linear", "8:0 0"}};
    REQUIRE(load(*mapper, "inactive", rows));
  }
  Command command({"info", "-c"}, fake);
  const auto all = command.run.all();
  REQUIRE(all);
  REQUIRE(all->size() == 6);
  std::vector<DeviceInfo> infos{DeviceInfo{}};  // one that is gone
  for (const DeviceEntry& device : *all) {
    const auto present = info(*command.run.context, device.device);
    REQUIRE(present);
    infos.push_back(*present);
  }
  Statistics statistics;
  std::vector<StatsObject> objects{
      {StatsObject::Kind::area, &statistics.region, nullptr, 1, 0, {}},
      {StatsObject::Kind::region, &statistics.region, &statistics.group, 0, 0, {}},
      {StatsObject::Kind::group, &statistics.region, &statistics.group, 0, 8, {}}};
  const Silence silence;
  for (const Field& field : fields()) {
    if (field.group == FieldGroup::special) continue;
    const bool ofStatistics = field.group == FieldGroup::stats || field.group == FieldGroup::region;
    const bool ofVdo = field.group == FieldGroup::vdo;
    const bool inSysfs = field.shows == FieldId::blockName;  // FakeKernel's devices are not there
    CAPTURE(std::string(field.id));
    for (const DeviceInfo& present : infos) {
      tool::dmsetup::FieldValue value;
      const Subject subject{.info = present};
      CHECK((valueOf(command.run, subject, field, value) || ofStatistics || ofVdo || inSysfs));
      if (ofStatistics || ofVdo) CHECK(value.text.empty());
      for (const StatsObject& object : objects) {
        const Subject counted{.info = present, .stats = &object};
        CHECK((valueOf(command.run, counted, field, value) || ofVdo || inSysfs));
      }
    }
    Command split({"splitname", "vg-lv"}, fake);
    split.run.context.reset();  // a name alone needs no kernel
    tool::dmsetup::FieldValue value;
    Subject name{.device = false};
    name.info.name = "vg-lv";
    name.info.uuid = "LVM-";
    CHECK(valueOf(split.run, name, field, value) == (field.group == FieldGroup::splitname));
    CHECK_FALSE(split.run.context);
  }
}

TEST_CASE("reports: the field all of a name is what a name has") {
  const Silence silence;
  const auto status = [](std::vector<std::string_view> words) {
    return runProgram("dmsetup", words);
  };
  CHECK(status({"splitname", "vg-lv", "-o", "all"}) == 0);
  CHECK(status({"splitname", "vg-lv", "-o", "splitname_all"}) == 0);
  for (const Field& field : fields()) {
    CAPTURE(std::string(field.id));
    const bool there = field.group == FieldGroup::splitname || field.group == FieldGroup::special;
    CHECK(status({"splitname", "vg-lv", "-o", field.id}) == (there ? 0 : 1));
    const std::string more = std::string("+") + field.id;
    CHECK(status({"splitname", "vg-lv", "-o", more}) == (there ? 0 : 1));
    CHECK(status({"splitname", "vg-lv", "-O", field.id}) == (there ? 0 : 1));
  }
}

TEST_CASE("reports: 80 devices cost at most twice what 40 cost, whatever is asked") {
  for (const Field& field : fields()) {
    if (field.group > FieldGroup::splitname || field.shows == FieldId::blockName) continue;
    checkLinear({"info", "-c", "-o", field.id}, reportAll);
    checkLinear({"info", "-c", "-o", "name", "-O", field.id}, reportAll);
  }
  checkLinear({"info", "-c", "-o", "name_all,deps_all,tree_all,splitname_all"}, reportAll);
  checkLinear(
      {"info", "-c", "-o", "name", "-S", "names_using_dev=top&&devs_used=~^&&device_ref_count>0"},
      reportAll);
  checkLinear({"info", "-c", "--unbuffered", "-o", "name,names_using_dev,devs_used"}, reportAll);
  checkLinear({"info", "-c", "--inactive", "-o", "name,names_using_dev,devs_used"}, reportAll);
}

TEST_CASE("reports: so do listings and selections") {
  const auto each = [](bool (*verb)(Run&, const Address&, bool)) {
    return [verb](Run& run) {
      return runEach(run, {"", "", 0, 255, Scope::orAll, nullptr, verb}, {});
    };
  };
  const auto list = [](Run& run) { return runList(run, {}); };
  checkLinear({"info"}, each(&showInfo));
  checkLinear({"status"}, each(&showStatus));
  checkLinear({"table"}, each(&showTable));
  checkLinear({"table", "--concise"}, each(&showTable));
  checkLinear({"deps"}, each(&showDeps));
  checkLinear({"deps", "-o", "devname"}, each(&showDeps));
  checkLinear({"status", "-S", "names_using_dev=top"}, each(&showStatus));
  checkLinear({"table", "-S", "devs_used=~v1||device_ref_count>=0"}, each(&showTable));
  checkLinear({"ls"}, list);
  checkLinear({"ls", "--target", "linear"}, list);
  checkLinear({"ls", "--tree"}, list);
  checkLinear({"ls", "--tree", "-o", "inverted"}, list);
  checkLinear({"ls", "--tree", "-o", "uuid,open,active"}, list);
}
