// Typed rows on a real kernel, as root. What is built loads. What the kernel shows reads back as
// the same table and loads again. What is refused without the kernel is refused by it too.
// tests/guest/targets/run provides the devices: DEVMAP_TARGET_DEVICES, five of 64 MiB.
#include <cstdio>
#include <string>

#include "../../targets/refused.hpp"
#include "../../targets/rows.hpp"
#include "lab.hpp"

using namespace devmap;
using namespace devmap::targets;
using namespace devmap::targets::test;

namespace {

std::optional<DeviceNumber> number(void*, std::string_view path) noexcept {
  auto device = BlockDevice::open(std::string(path).c_str());
  return device ? std::optional(device->number()) : std::nullopt;
}
constexpr DeviceResolver resolver{number, nullptr};

std::string why(const Error& error) { return error.message(); }

/// Checks that the table a device was made with is the same as the one it shows.
void sameTable(const Trip& t, const Value& wanted, const Value& seen) {
  std::vector<TargetRow> live, row;
  live.push_back({Sectors{0}, Sectors{t.length}, parseParams(t.type, seen.text())});
  row.push_back({Sectors{0}, Sectors{t.length}, parseParams(t.type, wanted.text())});
  for (const Change& change : compareTables(live, row, resolver).changes)
    FAIL_CHECK(change.field << ": '" << change.before << "' -> '" << change.after << "'");
}

/// `stays`: after a reload, the kernel shows the same text again.
void trip(const Trip& t, bool stays = true) {
  const std::string params = withDevices(t.params);
  CAPTURE(std::string(t.type));
  CAPTURE(params);
  zeroDevices();
  const Value value = parseParams(t.type, params);
  REQUIRE_MESSAGE(value.typed(), value.whyRaw());
  auto checked = value.check(Sectors{t.length});
  REQUIRE_MESSAGE(checked, (checked ? std::string() : why(checked.error())));
  if (!available(t.type, value)) return;
  const Device device;
  if (t.noVersion) {
    const Row row{Sectors{0}, Sectors{t.length}, t.type, params};
    REQUIRE(devmap::create(context(), device.id, {}));
    if (!load(context(), device.id, std::span(&row, 1), {.readOnly = t.readOnly})) {
      std::printf("SKIP - %s %s: this kernel does not take it\n", t.type, t.params);
      return;
    }
    REQUIRE(devmap::remove(context(), device.id));
  }
  make(device, t.type, std::string(value.text()), t.length, t.readOnly);
  const Value first = shown(device);
  sameTable(t, value, first);
  if (t.normalised)
    CHECK(std::string(normalForm(first)) == std::string(normalForm(value, resolver)));
  (void)state(device);
  // Not for era: its status query blocks until resume (dm-era-target.c: perform_rpc).
  if (t.type != Era::type) {
    auto suspension = suspend(context(), device.id, {.waiting = unscanned});
    REQUIRE(suspension);
    (void)state(device);
  }
  // What the kernel shows can be loaded again, and means the same.
  const Row again{Sectors{0}, Sectors{t.length}, t.type, std::string(first.text())};
  auto reloaded = reload(context(), device.id, std::span(&again, 1),
                         {.load = {.readOnly = t.readOnly}, .resume = {.waiting = unscanned}});
  REQUIRE_MESSAGE(reloaded, (reloaded ? std::string() : why(reloaded.error())));
  const Value second = shown(device);
  sameTable(t, value, second);
  if (stays) CHECK(std::string(second.text()) == std::string(first.text()));
  (void)state(device);
}

}  // namespace

TEST_CASE("rows load, read back as the same value, and load again") {
  for (const Trip& t : trips) {
    SUBCASE((std::string(t.type) + ' ' + t.params).c_str()) { trip(t); }
  }
  for (const Trip& t : test::reshown) {
    SUBCASE((std::string(t.type) + ' ' + t.params).c_str()) { trip(t, false); }
  }
}

TEST_CASE("what is refused without the kernel, the kernel refuses too") {
  for (const auto& row : test::refusedRows) {
    if (row.onlyHere || !targetVersion(context(), row.type)) continue;
    const std::string params = withDevices(row.params);
    CAPTURE(std::string(row.type));
    CAPTURE(params);
    zeroDevices();
    const Device device;
    REQUIRE(devmap::create(context(), device.id, {}));
    const Row raw{Sectors{0}, Sectors{row.length}, row.type, params};
    auto loaded = load(context(), device.id, std::span(&raw, 1),
                       {.readOnly = std::string_view(row.type) == "verity"});
    CHECK_FALSE(loaded);
  }
}

TEST_CASE("messages are taken") {
  zeroDevices();
  {
    const Device device;
    make(device, "era", withDevices("D E 128"), 2048);
    CHECK(sendMessage(context(), device.id, Era::checkpoint()));
    CHECK(sendMessage(context(), device.id, Era::takeMetadataSnapshot()));
    CHECK(state(device).as<EraStatus>()->metadataSnapshot);
    CHECK(sendMessage(context(), device.id, Era::dropMetadataSnapshot()));
  }
  {
    const Device device;
    make(device, "switch", withDevices("2 128 0 D 0 E 0"), 4096);
    CHECK(sendMessage(context(), device.id,
                      Switch::RegionMappings().set(0, 1).next(0).repeat(2, 10).message()));
  }
  if (const std::string params = withDevices("E D F 8 1 no_hydration");
      available("clone", parseParams("clone", params))) {
    const Device device;
    make(device, "clone", params, 65536);
    CHECK(sendMessage(context(), device.id, Clone::setHydrationThreshold(3)));
    CHECK(shown(device).as<Clone>()->noHydration);
  }
  {
    const Device device;
    make(device, "crypt",
         withDevices("aes-cbc-essiv:sha256 00112233445566778899aabbccddeeff 0 D 0"), 64);
    {
      auto suspension = suspend(context(), device.id);
      REQUIRE(suspension);
      CHECK(sendMessage(context(), device.id, Crypt::wipeKey(), {.secure = true}));
      // Hazard: a wiped key is shown as zeros.
      CHECK(shown(device).as<Crypt>()->key.bytes == Secret::zeros(16));
      const Key key{.bytes = *Secret::fromHex("ffeeddccbbaa99887766554433221100")};
      CHECK(sendMessage(context(), device.id, Crypt::setKey(key), {.secure = true}));
      CHECK(shown(device).as<Crypt>()->key == key);
    }
  }
}
