#include "scene.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fault {

using namespace devmap;

void need(const Result<void>& result, std::string_view what) {
  if (result) return;
  std::fprintf(stderr, "fault: %.*s: %s\n", static_cast<int>(what.size()), what.data(),
               result.error().message().c_str());
  std::exit(3);
}

std::vector<Row> rows(std::string_view text) {
  auto parsed = parseTable(text);
  need(plain(parsed), "rows");
  return *std::move(parsed);
}

namespace {

void makeDevices(DeviceMapper& mapper) {
  CreateOptions named;
  named.uuid = "TEST-base";
  need(plain(create(mapper, "base",
                    rows("0 1024 linear 8:0 0\n1024 1024 striped 2 8 8:0 1024 8:0 2048"), named)),
       "create base");
  need(plain(create(mapper, "idle", {})), "create idle");
  need(plain(create(mapper, "still", rows("0 64 zero"))), "create still");
  auto suspension = suspend(mapper, "still");
  need(plain(Result<bool>(suspension.has_value())), "suspend still");
  suspension->release();
  need(plain(create(mapper, "swap", rows("0 64 linear 8:0 8"))), "create swap");
  need(plain(load(mapper, "swap", rows("0 64 linear 8:0 16"))), "load swap");
}

void makePool(DeviceMapper& mapper) {
  auto data = BlockDevice::open("/dev/data", mapper.kernel());
  auto meta = BlockDevice::open("/dev/meta", mapper.kernel());
  need(plain(Result<bool>(data && meta)), "open disks");
  need(createPool(mapper, "pool", *data, *meta, Sectors{128}), "create pool");
  need(createDevice(mapper, "pool", 1), "create volume");
  need(activateDevice(mapper, "pool", "vol", 1, Sectors{2048}), "activate volume");
}

std::string textOf(const std::vector<Row>& table) {
  std::string text;
  for (const Row& row : table) {
    text += std::to_string(row.start.count) + ' ' + std::to_string(row.length.count) + ' ' +
            row.type + ' ' + row.params + "; ";
  }
  return text;
}

std::string textOf(DeviceMapper& mapper, const DeviceEntry& entry) {
  auto live = table(mapper, entry.device, {.slot = TableSlot::live});
  auto inactive = table(mapper, entry.device, {.slot = TableSlot::inactive});
  need(plain(live), "look at live table");
  need(plain(inactive), "look at inactive table");
  std::string text = entry.name + " " + toString(entry.device) + " uuid=" + entry.uuid;
  if (live->info.suspended) text += " suspended";
  if (live->info.readOnly) text += " read-only";
  if (live->info.deferredRemove) text += " deferred";
  if (live->info.liveTable) text += " live: " + textOf(live->rows);
  if (inactive->info.inactiveTable) text += " inactive: " + textOf(inactive->rows);
  return text;
}

}  // namespace

Scene::Scene(const Surroundings& surroundings, Stage stage) {
  fake.setTracing(false);
  fake.addBlockDevice("/dev/data", {8, 0}, 16 << 20);
  fake.addBlockDevice("/dev/meta", {8, 1}, 4 << 20);
  fake.setUdev(surroundings.udev);
  auto opened = DeviceMapper::open(fake, {.udevMode = surroundings.mode});
  need(plain(Result<bool>(opened.has_value())), "open");
  context.emplace(*std::move(opened));
  if (stage == Stage::devices) makeDevices(*context);
  if (stage == Stage::pool) makePool(*context);
  fake.runUdev();
}

State Scene::look() {
  fake.clearFaults();
  fake.runUdev();
  State state;
  const FakeUsage usage = fake.usage();
  state.semaphores = usage.semaphores;
  state.descriptors = usage.descriptors;
  state.suspended = usage.suspended;
  for (const char* directory : {"/dev", "/dev/mapper"}) {
    for (std::string& line : fake.list(directory))
      state.nodes.push_back(directory + (' ' + std::move(line)));
  }
  state.messages = fake.messages();
  auto mapper = DeviceMapper::open(fake, {.udevMode = UdevMode::none});
  need(plain(Result<bool>(mapper.has_value())), "open to look");
  auto all = list(*mapper);
  need(plain(all), "list");
  for (const DeviceEntry& entry : *all) state.devices.push_back(textOf(*mapper, entry));
  return state;
}

namespace {

void differing(std::string& text, const std::vector<std::string>& is,
               const std::vector<std::string>& shouldBe) {
  for (const std::string& line : is)
    if (std::ranges::find(shouldBe, line) == shouldBe.end()) text += "\n      + " + line;
  for (const std::string& line : shouldBe)
    if (std::ranges::find(is, line) == is.end()) text += "\n      - " + line;
}

void differing(std::string& text, const char* what, std::size_t is, std::size_t shouldBe) {
  if (is != shouldBe)
    text += std::string("\n      ") + what + ' ' + std::to_string(is) + ", not " +
            std::to_string(shouldBe);
}

}  // namespace

std::string difference(const State& is, const State& shouldBe) {
  std::string text;
  differing(text, is.devices, shouldBe.devices);
  differing(text, is.nodes, shouldBe.nodes);
  differing(text, is.messages, shouldBe.messages);
  differing(text, "semaphores", is.semaphores, shouldBe.semaphores);
  differing(text, "descriptors", is.descriptors, shouldBe.descriptors);
  differing(text, "suspended", is.suspended, shouldBe.suspended);
  return text;
}

}  // namespace fault
