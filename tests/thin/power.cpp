// Power loss: at a call to Linux, data, metadata and the log's file system begin to lose all writes
// (dm-flakey, drop_writes). The process continues for a while, unaware. Then everything is torn
// down and comes back as it was at that moment. Pool and log must agree, and hold what the process
// had reported as done by then.
//
//  thin-power STEP DATA METADATA LOGDISK MOUNTPOINT      every STEPth call; as root, on separate
//                                                        block devices
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <devmap/devmap.hpp>

#include "dying.hpp"
#include "script.hpp"

using namespace devmap;
using namespace std::chrono_literals;

namespace {

constexpr const char* parts[] = {"data", "meta", "log"};
const char* disks[3];
std::string mountPoint;

std::string flakeyName(int part) { return std::string("devmap-flakey-") + parts[part]; }
std::string flakeyPath(int part) { return "/dev/mapper/" + flakeyName(part); }

Row rowFor(int part, bool drops) {
  const auto disk = BlockDevice::open(disks[part]);
  const Sectors length = toSectors(*disk->size());
  const std::string device = toString(disk->number());
  return drops ? Row{Sectors{0}, length, "flakey", device + " 0 0 1 1 drop_writes"}
               : Row{Sectors{0}, length, "linear", device + " 0"};
}

/// All three are suspended before the first of them changes: the power fails at one moment.
void failPower(DeviceMapper& context) {
  std::vector<Suspension> still;
  for (int part = 0; part < 3; ++part) {
    const Row row = rowFor(part, true);
    script::check(load(context, flakeyName(part), std::span(&row, 1)), "load flakey");
  }
  for (const int part : {2, 1, 0}) {  // the file system first: freezing it may write
    auto suspension =
        suspend(context, flakeyName(part), {.noFlush = part != 2, .skipLockfs = true});
    if (script::check(suspension, "suspend flakey")) still.push_back(*std::move(suspension));
  }
  for (Suspension& one : still) script::check(one.resume(), "resume flakey");
}

bool powerUp(DeviceMapper& context) {
  for (int part = 0; part < 3; ++part) {
    const Row row = rowFor(part, false);
    if (!script::check(create(context, flakeyName(part), std::span(&row, 1)), "make flakey"))
      return false;
  }
  return script::check(::mount(flakeyPath(2).c_str(), mountPoint.c_str(), "ext4", 0, nullptr) == 0,
                       "mount the log");
}

void powerDown(DeviceMapper& context) {
  for (int tries = 0; tries < 3; ++tries) {  // volumes first: the pool below them is busy
    const auto devices = list(context, {.namePrefix = script::poolName});
    for (const DeviceEntry& device : *devices)
      static_cast<void>(remove(context, device.device, {.retryBusy = tries > 0}));
  }
  ::umount2(mountPoint.c_str(), 0);
  for (int part = 0; part < 3; ++part)
    script::check(remove(context, flakeyName(part), {.retryBusy = true}), "remove flakey");
}

std::string poolId;

Result<Pool> activatePool(DeviceMapper& context) {
  auto data = BlockDevice::open(flakeyPath(0));
  auto meta = BlockDevice::open(flakeyPath(1));
  if (!data || !meta) return data ? meta.error() : data.error();
  return Pool::activate(context, script::poolName, *data, *meta,
                        {.uuidPrefix = "SWEEP", .id = poolId});
}

}  // namespace

int main(int count, char** words) {
  if (count != 6)
    return std::fprintf(stderr, "usage: %s STEP DATA METADATA LOGDISK MOUNTPOINT\n", words[0]), 2;
  const long step = std::atol(words[1]);
  for (int i = 0; i < 3; ++i) disks[i] = words[i + 2];
  mountPoint = words[5];
  auto context = DeviceMapper::open();
  if (!script::check(context, "context") || !powerUp(*context)) return 1;
  const script::Place place{systemKernel(), systemStorage(), flakeyPath(0), mountPoint + "/log"};
  if (!script::prepare(place, flakeyPath(1))) return 1;
  {
    const auto pool = Pool::open(*context, script::poolName);
    poolId = std::string(pool->uuidStem().substr(6, 32));
  }
  ::sync();
  long losses = 0, repairs = 0;
  for (bool finished = false; !finished && script::failed < 20; ++losses) {
    script::where = "power lost at call " + std::to_string(1 + losses * step);
    std::vector<std::string> said;
    std::size_t saidByThen = 0;
    bool lost = false;
    dying::Fuse fuse;
    fuse.at = 1 + losses * step;
    fuse.blow = [&] {
      saidByThen = said.size();
      lost = true;
      failPower(*context);
    };
    dying::DyingKernel kernel(systemKernel(), fuse);
    dying::DyingStorage storage(systemStorage(), fuse);
    script::quiet();
    script::work({kernel, storage, place.data, place.log},
                 [&](const std::string& line) { said.push_back(line); });
    finished = !lost;
    if (lost) {
      said.resize(saidByThen);
    }
    powerDown(*context);
    if (!powerUp(*context)) break;
    const auto pool = activatePool(*context);
    if (!script::check(pool, "activate pool")) break;
    if (script::recover(place, said, true)) ++repairs;
  }
  powerDown(*context);
  std::printf("%ld losses of power, %ld with something to repair\n%d passed, %d failed\n", losses,
              repairs, script::passed, script::failed);
  return script::failed == 0 ? 0 : 1;
}
