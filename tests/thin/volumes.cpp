// The library: Pool, Volumes and the log they keep.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include <devmap/fake/storage.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

/// Two zeroed disks and a log in memory; everything is removed at the end.
struct Store {
  Lab lab;
  FakeStorage files;
  std::string name = lab.name("pool");
  Disk data = lab.world.disk();
  Disk meta = lab.world.disk(4 << 20);

  Result<Pool> create(PoolSettings settings = {.uuidPrefix = "CONTRACT"}) {
    return Pool::create(lab.mapper(), name, lab.block(data), lab.block(meta), settings);
  }
  FileRecordLog log() { return need(FileRecordLog::open("/log", files)); }
  /// Registers the name, so that a failed test does not leave its device.
  std::string device(const std::string& volume) { return lab.name("pool") + "-" + volume; }
  void finish(Pool& pool) {
    lab.world.settle();
    checkGood(pool.deactivate(10s));
  }
};

std::vector<std::string> namesOf(const Volumes& volumes) {
  std::vector<std::string> names;
  for (const Volume& volume : volumes.list()) names.push_back(volume.name);
  return names;
}

}  // namespace

TEST_CASE("pool: create claims, create again is refused, activate finds it") {
  Store store;
  auto pool = need(store.create());
  store.lab.checkNode(store.name);
  CHECK(pool.uuid().starts_with("CONTRACT-"));
  CHECK(pool.uuid().ends_with("-pool"));
  const PoolStatus status = need(pool.status());
  CHECK(status.health == PoolHealth::ok);
  CHECK(status.transactionId == 1);
  CHECK(status.dataUsed == 0);
  CHECK(status.dataTotal == std::uint64_t{16} << 20);
  CHECK(status.metadataTotal == std::uint64_t{4} << 20);
  CHECK(status.data == store.data.number);
  CHECK(status.metadata == store.meta.number);
  CHECK(status.advice().empty());
  checkFails(pool.claim(), {Errc::alreadyExists, 0, store.name, {}, "transaction id 1", ""});
  checkFails(store.create(), {Errc::alreadyExists, EBUSY, store.name, {}, "", ""});
  const std::string id(pool.uuidStem().substr(9, 32));
  store.finish(pool);
  checkFails(store.create(), {Errc::alreadyExists, 0, store.name, {}, "transaction id 1", ""});
  store.lab.checkNoNode(store.name);
  auto again =
      need(Pool::activate(store.lab.mapper(), store.name, store.lab.block(store.data),
                          store.lab.block(store.meta), {.uuidPrefix = "CONTRACT", .id = id}));
  CHECK(again.uuid() == pool.uuid());
  store.finish(again);
}

TEST_CASE("pool: adoption says all that speaks against it") {
  Store store;
  auto pool = need(store.create());
  DeviceMapper& mapper = store.lab.mapper();
  PoolExpectation right{pool.uuid(), Sectors{128}, PoolFeatures{}, 1, true};
  CHECK(need(Pool::adopt(mapper, store.name, right)).number() == pool.number());
  PoolExpectation wrong{"LVM-x", Sectors{256}, PoolFeatures{.errorIfNoSpace = true}, 7, true};
  const auto refused = Pool::adopt(mapper, store.name, wrong);
  checkFails(refused, {Errc::invalidArgument, 0, store.name, {}, "not 'LVM-x'", ""});
  for (const char* reason : {"block size is 128", "features", "transaction id is 1, not 7"})
    CHECK(refused.error().detail.find(reason) != std::string::npos);
  checkFails(Pool::open(mapper, store.lab.name("nothing")),
             {Errc::notFound, ENXIO, store.lab.name("nothing"), {}, "", ""});
  const std::string other = store.lab.name("zero");
  store.lab.make(other);
  checkFails(Pool::adopt(mapper, other, {}),
             {Errc::invalidArgument, 0, other, {}, "no thin pool, but of type zero", ""});
  store.lab.remove(other);
  store.finish(pool);
}

TEST_CASE("pool: bad settings leave nothing") {
  Store store;
  checkFails(store.create({.blockSize = Sectors{100}}), {Errc::invalidTable, 0, "", {}, "", ""});
  checkFails(store.create({.uuidPrefix = ""}), {Errc::invalidUuid, 0, store.name, {}, "", ""});
  checkFails(Pool::create(store.lab.mapper(), store.name, store.lab.block(store.data),
                          store.lab.block(store.data), {}),
             {Errc::invalidTable, anyErrno, "", {}, "", ""});
}

TEST_CASE("volumes: made, snapshotted, activated, renamed, resized, removed") {
  Store store;
  auto pool = need(store.create());
  auto log = store.log();
  Recovery report;
  auto volumes = need(Volumes::open(pool, log, {.storage = &store.files}, &report));
  CHECK(report.outcome == Recovery::Outcome::clean);
  CHECK(report.actions.empty());
  checkGood(volumes.create({.name = "base", .size = Sectors{2048}}));
  checkFails(volumes.create({.name = "base", .size = Sectors{2048}}),
             {Errc::alreadyExists, 0, store.name, {}, "'base'", ""});
  checkFails(volumes.create({.name = "x", .origin = "gone"}),
             {Errc::notFound, 0, store.name, {}, "'gone'", ""});
  checkFails(volumes.create({.name = "x"}), {Errc::invalidArgument, 0, store.name, {}, "size", ""});
  checkFails(volumes.create({.name = "a/b", .size = Sectors{1}}),
             {Errc::invalidName, 0, "", {}, "", ""});
  checkGood(volumes.activate("base"));
  store.lab.checkNode(store.device("base"));
  store.lab.world.settle();
  checkGood(volumes.create({.name = "snap", .origin = "base"}));
  CHECK_FALSE(need(info(store.lab.mapper(), store.device("base"))).suspended);
  CHECK(volumes.find("snap")->size == Sectors{2048});
  CHECK(volumes.find("snap")->origin == volumes.find("base")->id);
  CHECK(need(pool.status()).transactionId == volumes.transaction());
  CHECK(volumes.transaction() == 3);
  const std::string_view both[] = {"base", "snap"};
  checkGood(volumes.activate(both));
  store.lab.checkNode(store.device("snap"));
  CHECK(need(volumes.status("snap")).device.uuid == pool.volumeUuid(1));
  checkGood(volumes.rename("snap", "copy"));
  store.lab.checkNode(store.device("copy"));
  CHECK(namesOf(volumes) == std::vector<std::string>{"base", "copy"});
  checkGood(volumes.resize("copy", Sectors{4096}));
  CHECK(need(getTable(store.lab.mapper(), store.device("copy")))[0].length == Sectors{4096});
  checkFails(volumes.resize("copy", Sectors{2048}),
             {Errc::invalidArgument, 0, store.name, {}, "grow", ""});
  checkGood(volumes.setReadOnly("copy", true));
  CHECK(need(info(store.lab.mapper(), store.device("copy"))).readOnly);
  store.lab.world.settle();
  checkGood(volumes.remove(std::vector<std::string_view>{"base", "copy"}));
  checkFails(volumes.remove("base"), {Errc::notFound, 0, store.name, {}, "'base'", ""});
  CHECK(volumes.list().empty());
  CHECK(volumes.transaction() == 4);
  checkGood(volumes.create({.name = "base", .size = Sectors{2048}}));
  CHECK(volumes.find("base")->id == 2);  // ids are not reused
  store.finish(pool);
}

TEST_CASE("volumes: an id that somebody else took is reported, and the next one works") {
  Store store;
  auto pool = need(store.create());
  auto log = store.log();
  auto volumes = need(Volumes::open(pool, log, {.storage = &store.files}));
  checkGood(pool.createVolume(1));
  const NewVolume two[] = {{.name = "a", .size = Sectors{2048}},
                           {.name = "b", .size = Sectors{2048}}};
  checkFails(volumes.create(two),
             {Errc::alreadyExists, EEXIST, store.name, {}, "thin id 1 of volume 'b'", ""});
  CHECK(volumes.list().empty());
  checkGood(volumes.create(two));
  CHECK(volumes.find("a")->id == 2);
  checkGood(pool.deleteVolume(1));  // it was left alone
  checkFails(pool.deleteVolume(0), {Errc::notFound, ENODATA, store.name, {}, "", ""});
  store.finish(pool);
}

TEST_CASE("volumes: threads share transactions, and each gets its own answer") {
  Store store;
  auto pool = need(store.create());
  auto log = store.log();
  auto volumes = need(Volumes::open(pool, log, {.storage = &store.files}));
  constexpr int threads = 8, rounds = 20;
  std::atomic<int> wins{0}, wrong{0};
  const auto inThreads = [&](auto&& function) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&, i] { function(i); });
    for (std::thread& thread : running) thread.join();
  };
  const auto own = [](int thread, int round) {
    return "t" + std::to_string(thread) + "-" + std::to_string(round);
  };
  const auto refused = [&](const Result<void>& done, Errc code) {
    if (done || done.error().code != code) ++wrong;
  };
  inThreads([&](int thread) {
    for (int round = 0; round < rounds; ++round) {
      if (!volumes.create({.name = own(thread, round), .size = Sectors{128}})) ++wrong;
      refused(volumes.create({.name = "of-nothing", .origin = "nothing"}), Errc::notFound);
      const std::string shared = "shared-" + std::to_string(round);
      auto done = volumes.create({.name = shared, .origin = own(thread, round)});
      if (done)
        ++wins;
      else
        refused(done, Errc::alreadyExists);
    }
  });
  CHECK(wins == rounds);
  CHECK(wrong == 0);
  CHECK(volumes.list().size() == static_cast<std::size_t>((threads + 1) * rounds));
  const std::uint64_t made = volumes.transaction();
  CHECK(made <= 1 + (threads + 1) * rounds);
  inThreads([&](int thread) {
    for (int round = 0; round < rounds; ++round) {
      if (!volumes.remove(own(thread, round))) ++wrong;
      refused(volumes.remove("nothing"), Errc::notFound);
    }
  });
  CHECK(wrong == 0);
  CHECK(volumes.list().size() == static_cast<std::size_t>(rounds));
  CHECK(volumes.transaction() <= made + threads * rounds);
  CHECK(need(pool.status()).transactionId == volumes.transaction());
  store.finish(pool);
}

TEST_CASE("volumes: pool and log must belong together") {
  Store store;
  auto pool = need(store.create());
  {
    auto log = store.log();
    auto volumes = need(Volumes::open(pool, log, {.storage = &store.files}));
    checkFails(FileRecordLog::open("/log", store.files),
               {Errc::busy, EWOULDBLOCK, "", {}, "another process", ""});
    checkGood(volumes.create({.name = "a", .size = Sectors{2048}}));
    checkGood(volumes.create({.name = "b", .size = Sectors{2048}}));
  }
  const auto open = [&](VolumesOptions::Mismatch how, Recovery* report = nullptr) {
    auto log = store.log();
    auto volumes = Volumes::open(pool, log, {.onMismatch = how, .storage = &store.files}, report);
    return volumes ? Result<std::vector<std::string>>(namesOf(*volumes))
                   : std::move(volumes).error();
  };
  using Mismatch = VolumesOptions::Mismatch;
  Recovery report;
  checkGood(pool.setTransactionId(3, 2));
  checkFails(open(Mismatch::refuse), {Errc::invalidArgument, 0, store.name, {}, "older copy", ""});
  CHECK(need(open(Mismatch::trustPool, &report)) == std::vector<std::string>{"a"});
  CHECK(report.outcome == Recovery::Outcome::logWentBack);
  checkGood(pool.setTransactionId(2, 9));
  checkFails(open(Mismatch::refuse),
             {Errc::invalidArgument, 0, store.name, {}, "the log is an older copy", ""});
  CHECK(need(open(Mismatch::trustPool, &report)) == std::vector<std::string>{"a"});
  CHECK(report.outcome == Recovery::Outcome::logWentOn);
  CHECK(need(open(Mismatch::refuse)) == std::vector<std::string>{"a"});
  {
    auto log = need(FileRecordLog::open("/other", store.files));
    checkFails(Volumes::open(pool, log, {.storage = &store.files}),
               {Errc::invalidArgument, 0, store.name, {}, "the log is empty", ""});
    checkGood(log.append("pool OTHER- 128", true));
    checkGood(log.append("state 9 0", true));
    checkFails(Volumes::open(pool, log, {.storage = &store.files}),
               {Errc::invalidArgument, 0, store.name, {}, "another pool", ""});
  }
  store.finish(pool);
}

TEST_CASE("record log: opening one that is there makes none") {
  FakeStorage files;
  checkFails(FileRecordLog::openExisting("/log", files),
             {Errc::notFound, ENOENT, "", {}, "/log", ""});
  int fd = -1;
  CHECK(files.openFile("/log", false, fd) == ENOENT);
  CHECK(files.openFile("/log.lock", false, fd) == ENOENT);
  for (const char* text : {"", "not a log\n", "of anybody\nat all\n"}) {
    files.setText("/log", text);
    CHECK_FALSE(FileRecordLog::openExisting("/log", files));
    CHECK(files.text("/log") == text);
    CHECK(files.openFile("/log.lock", false, fd) == ENOENT);
  }
  checkGood(need(FileRecordLog::open("/other", files)).append("first", true));
  auto log = need(FileRecordLog::openExisting("/other", files));
  CHECK(need(log.load()) == std::vector<std::string>{"first"});
  checkFails(FileRecordLog::openExisting("/other", files),
             {Errc::busy, EWOULDBLOCK, "", {}, "another process", ""});
  checkGood(log.append("second", true));
  CHECK(need(log.load()).size() == 2);
}

TEST_CASE("record log: torn ends are cut off, damage is an error, failures leave no part") {
  FakeStorage files;
  {
    auto log = need(FileRecordLog::open("/log", files));
    CHECK(need(log.load()).empty());
    checkGood(log.append("first", true));
    checkGood(log.append("second", true));
    checkGood(log.append("third", false));
    files.failNext(ENOSPC, 2);  // half a line, and no truncation
    checkFails(log.append("fourth", true), {Errc::noSpace, ENOSPC, "", {}, "/log", ""});
    checkFails(log.append("fifth", true), {Errc::noSpace, ENOSPC, "", {}, "/log", ""});
    checkGood(log.append("sixth", true));
  }
  const std::vector<std::string> all{"first", "second", "third", "sixth"};
  const std::string text = files.text("/log");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    files.setText("/log", text.substr(0, cut));
    auto log = need(FileRecordLog::open("/log", files));
    const auto records = need(log.load());
    CHECK(std::equal(records.begin(), records.end(), all.begin()));
    CHECK(static_cast<long>(records.size()) ==
          std::count(text.begin(), text.begin() + static_cast<long>(cut), '\n'));
    checkGood(log.append("more", true));
    CHECK(need(log.load()).back() == "more");
  }
  std::string damaged = text;
  damaged[12] ^= 1;
  files.setText("/log", damaged);
  auto log = need(FileRecordLog::open("/log", files));
  checkFails(log.load(), {Errc::malformedReply, 0, "", {}, "line 1 at byte 0 is damaged", ""});
  CHECK(files.text("/log") == damaged);
}

TEST_CASE("record log: replace is whole or not at all, when the power fails at any step") {
  std::size_t replaced = 0;
  constexpr unsigned steps = 8;
  for (unsigned step = 0; step < steps; ++step) {
    FakeStorage files;
    {
      auto log = need(FileRecordLog::open("/log", files));
      checkGood(log.append("old", true));
      files.failNext(EIO, 1000, step);
      static_cast<void>(log.replace(std::vector<std::string>{"new", "newer"}));
    }
    files.failNext(0, 0);
    files.losePower(step);
    auto log = need(FileRecordLog::open("/log", files));
    const auto records = need(log.load());
    const bool fresh = records == std::vector<std::string>{"new", "newer"};
    CHECK((fresh || records == std::vector<std::string>{"old"}));
    replaced += fresh ? 1 : 0;
  }
  CHECK(replaced > 0);
  CHECK(replaced < steps);
}
