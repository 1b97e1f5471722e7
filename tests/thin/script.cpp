#include "script.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <set>

using namespace devmap;

namespace script {

int passed = 0;
int failed = 0;
std::string where;

bool check(bool good, const std::string& what) {
  static std::mutex turn;
  const std::lock_guard hold(turn);
  if (good) {
    ++passed;
  } else {
    ++failed;
    std::printf("not ok - %s: %s\n", where.c_str(), what.c_str());
  }
  return good;
}
namespace {

template <typename F>
bool step(const Say& say, const std::string& words, F&& function) {
  say("?" + words);
  const Result<void> done = function();
  if (!done) {
    std::fprintf(stderr, "%s: %s\n", words.c_str(), done.error().message().c_str());
    return false;
  }
  say("=" + words);
  return true;
}

}  // namespace

bool work(const Place& place, const Say& say) {
  auto context = DeviceMapper::open(place.kernel);
  if (!context) return false;
  auto pool = Pool::open(*context, poolName);
  auto log = FileRecordLog::open(place.log, place.storage);
  if (!pool || !log) return false;
  auto volumes = Volumes::open(*pool, *log, {.freePercent = 1, .storage = &place.storage});
  if (!volumes) return false;
  const NewVolume batch[] = {{.name = "b1", .size = Sectors{2048}},
                             {.name = "b2", .origin = "base"},
                             {.name = "b3", .size = Sectors{4096}}};
  const std::string_view both[] = {"one", "snap"};
  const std::string_view some[] = {"b1", "b3"};
  return step(say, "+one",
              [&] { return volumes->create({.name = "one", .size = Sectors{2048}}); }) &&
         step(say, "+snap", [&] { return volumes->create({.name = "snap", .origin = "base"}); }) &&
         step(say, "+b1 b2 b3", [&] { return volumes->create(batch); }) &&
         step(say, "", [&] { return volumes->activate(both); }) &&
         step(say, "~one uno", [&] { return volumes->rename("one", "uno"); }) &&
         step(say, "", [&] { return volumes->resize("uno", Sectors{8192}); }) &&
         step(say, "",
              [&]() -> Result<void> {
                auto data = BlockDevice::open(place.data, place.kernel);
                return data ? pool->grow(*data) : data.error();
              }) &&
         step(say, "-snap", [&] { return volumes->remove("snap"); }) &&
         step(say, "-b1 b3", [&] { return volumes->remove(some); });
}

namespace {

std::vector<std::string> wordsOf(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return words;
}

void applyStep(std::set<std::string>& names, const std::string& words) {
  if (words.empty()) return;
  const std::vector<std::string> list = wordsOf(std::string_view(words).substr(1));
  for (const std::string& name : list) {
    if (words[0] == '+') names.insert(name);
    if (words[0] == '-') names.erase(name);
  }
  if (words[0] == '~') {
    names.erase(list[0]);
    names.insert(list[1]);
  }
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + ' ';
  return text;
}

/// The names must be those after the last finished step, or those after the step in progress.
void checkNames(const std::vector<std::string>& said, const std::vector<Volume>& volumes) {
  std::set<std::string> before{"base"};
  std::set<std::string> present;
  for (const Volume& volume : volumes) present.insert(volume.name);
  for (const std::string& line : said)
    if (line[0] == '=') applyStep(before, line.substr(1));
  std::set<std::string> after = before;
  if (!said.empty() && said.back()[0] == '?') applyStep(after, said.back().substr(1));
  check(present == before || present == after,
        "volumes are " + joined(present) + "but were " + joined(before));
}

/// Ids by asking the pool: creating one that exists fails.
std::set<ThinId> idsOfPool(Pool& pool, ThinId limit) {
  std::set<ThinId> ids;
  for (ThinId id = 0; id < limit; ++id) {
    if (auto made = pool.createVolume(id); made)
      check(pool.deleteVolume(id), "delete probe");
    else if (check(made.error().code == Errc::alreadyExists, "probe: " + made.error().message()))
      ids.insert(id);
  }
  return ids;
}

/// The same as thin_dump reports it, on a metadata snapshot.
std::set<ThinId> idsOfDump(Pool& pool, std::uint64_t& transaction) {
  std::set<ThinId> ids;
  const auto status = pool.status();
  if (!check(status, "status") || !check(pool.reserveMetadataSnapshot(), "metadata snapshot"))
    return ids;
  FILE* dump =
      popen(("thin_dump --metadata-snap --skip-mappings /dev/block/" + toString(status->metadata))
                .c_str(),
            "r");
  char line[512];
  while (dump != nullptr && std::fgets(line, sizeof line, dump) != nullptr) {
    if (const char* id = std::strstr(line, "dev_id=\""))
      ids.insert(static_cast<ThinId>(std::strtoul(id + 8, nullptr, 10)));
    if (const char* id = std::strstr(line, "<superblock")) {
      const char* word = std::strstr(id, "transaction=\"");
      if (word != nullptr) transaction = std::strtoull(word + 13, nullptr, 10);
    }
  }
  check(dump != nullptr && pclose(dump) == 0, "thin_dump");
  check(pool.releaseMetadataSnapshot(), "release metadata snapshot");
  return ids;
}

void checkDevices(DeviceMapper& context) {
  const auto devices = list(context, {.namePrefix = poolName});
  if (!check(devices, "list")) return;
  for (const DeviceEntry& device : *devices) {
    const auto state = info(context, device.device);
    check(state && state->liveTable && !state->suspended && !state->inactiveTable,
          device.name + " is whole and runs");
  }
  const auto cookies = udevCookies(context.kernel());
  // A cookie whose maker died between the two calls that make it counts as dead only after a while:
  // see noCookies.
  const bool none =
      !cookies || std::all_of(cookies->begin(), cookies->end(),
                              [](const SemaphoreState& one) { return one.owner < 0; });
  check(none, "no cookie is left");
}

}  // namespace

bool recover(const Place& place, const std::vector<std::string>& said, bool real) {
  auto context = DeviceMapper::open(place.kernel);
  if (!check(context, "context")) return false;
  auto pool = Pool::open(*context, poolName);
  auto log = FileRecordLog::open(place.log, place.storage);
  if (!check(pool, "pool") || !check(log, "log")) return false;
  Recovery report;
  auto volumes = Volumes::open(*pool, *log, {.freePercent = 1, .storage = &place.storage}, &report);
  if (!check(volumes, "volumes")) return false;
  const std::vector<Volume> present = volumes->list();
  checkNames(said, present);
  checkDevices(*context);
  std::set<ThinId> ids;
  ThinId limit = 0;
  for (const Volume& volume : present) {
    ids.insert(volume.id);
    limit = std::max(limit, volume.id + 8);
  }
  std::uint64_t transaction = volumes->transaction();
  const auto status = pool->status();
  check(status && status->transactionId == transaction, "transaction ids are equal");
  check((real ? idsOfDump(*pool, transaction) : idsOfPool(*pool, limit)) == ids,
        "ids in the pool are those of the log");
  check(transaction == volumes->transaction(), "thin_dump has the transaction id too");
  check(volumes->create({.name = "after", .origin = "base"}), "a snapshot afterwards");
  for (const Volume& volume : volumes->list())
    if (volume.name != "base") check(volumes->remove(volume.name), "remove " + volume.name);
  check(volumes->activate("base"), "base");
  return !report.actions.empty();
}

bool prepare(const Place& place, const std::string& metadata) {
  auto context = DeviceMapper::open(place.kernel);
  auto data = BlockDevice::open(place.data, place.kernel);
  auto meta = BlockDevice::open(metadata, place.kernel);
  if (!check(context, "context") || !check(data, "data") || !check(meta, "metadata")) return false;
  auto pool = Pool::create(*context, poolName, *data, *meta, {.uuidPrefix = "SWEEP"});
  auto log = FileRecordLog::open(place.log, place.storage);
  if (!check(pool, "pool") || !check(log, "log")) return false;
  auto volumes = Volumes::open(*pool, *log, {.freePercent = 1, .storage = &place.storage});
  return check(volumes, "volumes") &&
         check(volumes->create({.name = "base", .size = Sectors{2048}}), "base") &&
         check(volumes->activate("base"), "active base");
}

void noCookies(Kernel& kernel) {
  if (!udevCookies(kernel)) return;
  kernel.sleep(std::chrono::seconds{4});
  check(reclaimUdevCookies({}, kernel), "reclaim cookies");
  const auto cookies = udevCookies(kernel);
  check(cookies && cookies->empty(), "no cookie is left in the end");
}

void quiet() {
  if (std::freopen("/dev/null", "w", stderr) == nullptr) std::printf("# stderr stays\n");
}

}  // namespace script
