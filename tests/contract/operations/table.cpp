// Operations for tables: load, clear, resume, reload, and what is left after each failure.

#include <cerrno>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("operations: load, look, clear, resume") {
  Lab lab;
  const std::string name = lab.name();
  lab.make(name);
  CHECK(need(load(lab.mapper(), name, oneRow(200, "zero"), {.readOnly = true})) == Load::done);
  const DeviceInfo inactive = need(info(lab.mapper(), name, TableSlot::inactive));
  CHECK(inactive.inactiveTable);
  CHECK(inactive.readOnly);
  CHECK_FALSE(need(info(lab.mapper(), name)).readOnly);
  CHECK(need(table(lab.mapper(), name, {.slot = TableSlot::inactive})).rows.at(0).length ==
        Sectors{200});
  checkGood(clear(lab.mapper(), name));
  checkGood(clear(lab.mapper(), name));
  CHECK(need(table(lab.mapper(), name, {.slot = TableSlot::inactive})).rows.empty());
  checkGood(load(lab.mapper(), name, oneRow(300, "zero")));
  SwapState state;
  checkGood(resume(lab.mapper(), name, {}, &state));
  CHECK(state.live == LiveTable::replacement);
  CHECK(need(table(lab.mapper(), name)).rows.at(0).length == Sectors{300});
  checkGood(resume(lab.mapper(), name, {}, &state));
  CHECK(state.live == LiveTable::previous);
  const std::string missing = lab.name("missing");
  checkFails(load(lab.mapper(), missing, oneRow(8, "zero")),
             {Errc::notFound, ENXIO, missing, {}, {}, {}});
  checkFails(load(lab.mapper(), name, {}), {Errc::invalidTable, 0, name, {}, {}, {}});
  checkFails(clear(lab.mapper(), missing), {Errc::notFound, ENXIO, missing, {}, {}, {}});
  checkFails(resume(lab.mapper(), missing), {Errc::notFound, ENXIO, missing, {}, {}, {}});
  lab.remove(name);
}

TEST_CASE("operations: reload swaps tables, and a bad one changes nothing") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string name = lab.name();
  const std::string number = toString(disk.number);
  lab.make(name, 100, "linear", number + " 0");
  SwapState state;
  CHECK(need(reload(lab.mapper(), name, oneRow(200, "linear", number + " 8"), {}, &state)) ==
        Load::done);
  CHECK(state.live == LiveTable::replacement);
  CHECK_FALSE(state.suspended);
  CHECK(liveText(lab, name) == "linear " + number + " 8;");
  lab.world.settle();
  // Refused on load: the device has been running all the time.
  checkFails(reload(lab.mapper(), name, oneRow(200, "linear", "nonsense"), {}, &state),
             {Errc::refusedByKernel, EINVAL, name, 0, {}, {}});
  CHECK(state.live == LiveTable::previous);
  CHECK_FALSE(need(info(lab.mapper(), name)).inactiveTable);
  // Refused on the swap: larger than the disk, which is checked only then.
  checkFails(reload(lab.mapper(), name,
                    oneRow(200, "linear", number + " " + std::to_string(disk.bytes / 512 - 100)),
                    {}, &state),
             {Errc::refusedByKernel,
              EINVAL,
              name,
              {},
              "the previous table is live, and the device runs",
              {}});
  CHECK(state.live == LiveTable::previous);
  CHECK_FALSE(state.suspended);
  const DeviceInfo after = need(info(lab.mapper(), name));
  CHECK_FALSE(after.suspended);
  CHECK_FALSE(after.inactiveTable);
  CHECK(liveText(lab, name) == "linear " + number + " 8;");
  CHECK(lab.cookies() == 0);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: a reload that fails leaves a suspended device suspended") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string name = lab.name();
  const std::string number = toString(disk.number);
  lab.make(name, 100, "linear", number + " 0");
  Suspension still = need(suspend(lab.mapper(), name));
  SwapState state;
  checkFails(reload(lab.mapper(), name,
                    oneRow(200, "linear", number + " " + std::to_string(disk.bytes / 512 - 100)),
                    {}, &state),
             {Errc::refusedByKernel,
              EINVAL,
              name,
              {},
              "the previous table is live, and the device is suspended",
              {}});
  CHECK(state.suspended);
  CHECK(need(info(lab.mapper(), name)).suspended);
  checkGood(still.resume());
  CHECK(liveText(lab, name) == "linear " + number + " 0;");
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: when the last step of a swap fails, the new table is live, and said to be") {
  Lab lab;
  const std::string name = lab.name("pool");
  const Disk data = lab.world.disk();
  const Disk meta = lab.world.disk(4 << 20);
  const std::string params =
      toString(meta.number) + ' ' + toString(data.number) + " 128 0 1 skip_block_zeroing";
  checkGood(devmap::create(lab.mapper(), name, oneRow(data.bytes / 512, "thin-pool", params),
                           {.waiting = {.udevFlags = privateDeviceFlags}}));
  lab.world.settle();
  SwapState state;
  // A pool cannot shrink: thin-pool's preresume refuses it when the table is already live
  // (dm-thin.c: pool_preresume).
  checkFails(reload(lab.mapper(), name, oneRow(data.bytes / 1024, "thin-pool", params), {}, &state),
             {Errc::refusedByKernel,
              EINVAL,
              name,
              {},
              "the new table is live, and the device is suspended",
              {}});
  CHECK(state.live == LiveTable::replacement);
  CHECK(state.suspended);
  CHECK(need(table(lab.mapper(), name)).rows.at(0).length == toSectors(data.bytes / 2));
  // The recovery: load the old table again.
  CHECK(need(reload(lab.mapper(), name, oneRow(data.bytes / 512, "thin-pool", params), {},
                    &state)) == Load::done);
  CHECK(state.live == LiveTable::replacement);
  CHECK_FALSE(need(info(lab.mapper(), name)).suspended);
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: identical rows are not loaded again") {
  Lab lab;
  const Disk disk = lab.world.disk();
  const std::string name = lab.name();
  const std::string number = toString(disk.number);
  const LoadOptions skip{.skipIdentical = true};
  lab.make(name, 100, "linear", number + " 0");
  CHECK(need(load(lab.mapper(), name, oneRow(100, "linear", number + " 0"), skip)) ==
        Load::identical);
  CHECK(need(load(lab.mapper(), name, oneRow(100, "linear", "  " + disk.path + "\t0 "), skip)) ==
        Load::identical);
  CHECK_FALSE(need(info(lab.mapper(), name)).inactiveTable);
  SwapState state;
  CHECK(need(reload(lab.mapper(), name, oneRow(100, "linear", disk.path + " 0"), {.load = skip},
                    &state)) == Load::identical);
  const auto loads = [&](std::vector<Row> rows, LoadOptions options) {
    const bool loaded = need(load(lab.mapper(), name, rows, options)) == Load::done;
    checkGood(clear(lab.mapper(), name));
    return loaded;
  };
  CHECK(loads(oneRow(100, "linear", number + " 8"), skip));
  CHECK(loads(oneRow(101, "linear", number + " 0"), skip));
  CHECK(loads(oneRow(100, "zero"), skip));
  CHECK(loads({{Sectors{0}, Sectors{50}, "linear", number + " 0"},
               {Sectors{50}, Sectors{50}, "linear", number + " 50"}},
              skip));
  CHECK(loads(oneRow(100, "linear", number + " 0"), {.readOnly = true, .skipIdentical = true}));
  CHECK(loads(oneRow(100, "linear", number + " 0"), {}));
  lab.remove(name);
}

TEST_CASE("operations: with an inactive table there, that one counts") {
  Lab lab;
  const std::string name = lab.name();
  const LoadOptions skip{.skipIdentical = true};
  lab.make(name, 100);
  checkGood(load(lab.mapper(), name, oneRow(200, "zero")));
  CHECK(need(load(lab.mapper(), name, oneRow(200, "zero"), skip)) == Load::identical);
  CHECK(need(load(lab.mapper(), name, oneRow(100, "zero"), skip)) ==
        Load::done);  // the live table is not the one that will be
  checkGood(load(lab.mapper(), name, oneRow(300, "zero")));
  SwapState state;
  CHECK(need(reload(lab.mapper(), name, oneRow(300, "zero"), {.load = skip}, &state)) ==
        Load::done);
  CHECK(state.live == LiveTable::replacement);
  CHECK(need(table(lab.mapper(), name)).rows.at(0).length == Sectors{300});
  checkFails(load(lab.mapper(), lab.name("missing"), oneRow(8, "zero"), skip),
             {Errc::notFound, ENXIO, lab.name("missing"), {}, {}, {}});
  lab.world.settle();
  lab.remove(name);
}

TEST_CASE("operations: an interrupted swap changes nothing") {
  Lab lab;
  FakeKernel* fake = lab.world.fake();
  if (fake == nullptr) return;
  const std::string name = lab.name();
  lab.make(name, 100);
  fake->failIoctl(DmCommand::suspend, EINTR);
  SwapState state;
  checkFails(reload(lab.mapper(), name, oneRow(200, "zero"), {}, &state),
             {Errc::interrupted, EINTR, name, {}, {}, {}});
  CHECK(state.live == LiveTable::previous);
  CHECK_FALSE(need(info(lab.mapper(), name)).inactiveTable);
  CHECK(lab.cookies() == 0);
  fake->failIoctl(DmCommand::suspend, EINVAL);
  checkFails(devmap::suspend(lab.mapper(), name),
             {Errc::refusedByKernel, EINVAL, name, {}, {}, {}});
  CHECK_FALSE(fake->isSuspended(name));
  CHECK(lab.cookies() == 0);
  lab.remove(name);
}

namespace {

// Ends what failAny began. A cookie stays only if its removal is the call that failed; it is
// removed here.
void endFault(Lab& lab) {
  FakeKernel& fake = *lab.world.fake();
  fake.clearFaults();
  lab.world.settle();
  const std::string trace = fake.trace();
  const std::size_t failed = trace.find(" = EIO\n");
  const std::size_t line = failed == std::string::npos ? 0 : trace.rfind('\n', failed) + 1;
  if (!trace.substr(line).starts_with("semRemove")) CHECK(lab.cookies() == 0);
  for (const SemaphoreState& cookie : need(udevCookies(fake)))
    CHECK(fake.semRemove(cookie.id) == 0);
  fake.clearTrace();
}

constexpr unsigned manyCalls = 60;

}  // namespace

TEST_CASE(
    "operations: whichever call fails, a reload ends with one table or the other, and says with "
    "which") {
  Lab lab;
  FakeKernel* fake = lab.world.fake();
  if (fake == nullptr) return;
  const std::string name = lab.name();
  lab.make(name, 100);
  for (unsigned nth = 1; nth <= manyCalls; ++nth) {
    CAPTURE(nth);
    fake->clearTrace();
    fake->failAny(EIO, nth);
    SwapState state;
    const auto done = reload(lab.mapper(), name, oneRow(100 + nth, "zero"),
                             {.load = {.skipIdentical = true}}, &state);
    endFault(lab);
    const DeviceInfo after = need(info(lab.mapper(), name));
    CHECK_FALSE(after.suspended);
    CHECK_FALSE(state.suspended);
    CHECK_FALSE(after.inactiveTable);
    const bool replaced = need(table(lab.mapper(), name)).rows.at(0).length == Sectors{100 + nth};
    CHECK(replaced == (state.live == LiveTable::replacement));
    if (done) CHECK(replaced);
  }
  lab.remove(name);
}

TEST_CASE("operations: whichever call fails, a suspension ends") {
  Lab lab;
  FakeKernel* fake = lab.world.fake();
  if (fake == nullptr) return;
  const std::string name = lab.name();
  lab.make(name, 100);
  for (unsigned nth = 1; nth <= manyCalls; ++nth) {
    CAPTURE(nth);
    fake->clearTrace();
    fake->failAny(EIO, nth);
    { const auto still = suspend(lab.mapper(), name); }
    endFault(lab);
    CHECK_FALSE(fake->isSuspended(name));
  }
  lab.remove(name);
}
