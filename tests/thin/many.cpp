// 1,000 volumes and 1,000 snapshots of them, made by 8 threads, activated under one cookie,
// deactivated and deleted. Then the same with bare ioctls and messages, in the same run. Prints
// microseconds per operation and the ratio, which must not be above 1.3.
//
//  thin-many COUNT DATA METADATA LOG       as root
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/sem.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <devmap/devmap.hpp>

#include "script.hpp"

using namespace devmap;
using namespace std::chrono_literals;
using script::check;

namespace {

constexpr unsigned threads = 8;
constexpr std::uint64_t sectors = 2048;
const std::string poolName = "devmap-many";

/// Runs `function(i)` for all i below `count`, spread over the threads.
template <typename F>
void spread(unsigned count, F&& function) {
  std::vector<std::thread> team;
  for (unsigned t = 0; t < threads; ++t)
    team.emplace_back([&, t] {
      for (unsigned i = t; i < count; i += threads) function(i);
    });
  for (std::thread& one : team) one.join();
}

template <typename F>
double timed(F&& function, unsigned count) {
  const auto begin = std::chrono::steady_clock::now();
  function();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
             .count() /
         count;
}

/// The minimum a program can do: one ioctl on the control node after another.
class Bare {
 public:
  Bare() : fd_(::open("/dev/mapper/control", O_RDWR | O_CLOEXEC)) {}
  ~Bare() { ::close(fd_); }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  bool message(const std::string& pool, const std::string& text) {
    Packet packet(pool);
    auto* const target = reinterpret_cast<dm_target_msg*>(packet.data());
    std::strcpy(target->message, text.c_str());
    return send(DM_TARGET_MSG, packet);
  }
  bool create(const std::string& name, const std::string& uuid, const std::string& params,
              std::uint32_t cookie) {
    Packet made(name);
    std::strncpy(made.head().uuid, uuid.c_str(), sizeof made.head().uuid - 1);
    if (!send(DM_DEV_CREATE, made)) return false;
    Packet table(name);
    table.head().target_count = 1;
    auto* const row = reinterpret_cast<dm_target_spec*>(table.data());
    row->length = sectors;
    std::strcpy(row->target_type, "thin");
    std::strcpy(reinterpret_cast<char*>(row + 1), params.c_str());
    if (!send(DM_TABLE_LOAD, table)) return false;
    Packet resumed(name);
    resumed.head().event_nr = cookie;
    return send(DM_DEV_SUSPEND, resumed);
  }
  bool remove(const std::string& name, std::uint32_t cookie) {
    Packet packet(name);
    packet.head().event_nr = cookie;
    return send(DM_DEV_REMOVE, packet);
  }

 private:
  struct Packet {
    explicit Packet(const std::string& name) {
      head().version[0] = DM_VERSION_MAJOR;
      head().data_size = sizeof bytes;
      head().data_start = sizeof(dm_ioctl);
      std::strncpy(head().name, name.c_str(), sizeof head().name - 1);
    }
    dm_ioctl& head() { return *reinterpret_cast<dm_ioctl*>(bytes); }
    char* data() { return bytes + sizeof(dm_ioctl); }
    alignas(8) char bytes[1024] = {};
  };
  bool send(unsigned long request, Packet& packet) {
    if (::ioctl(fd_, request, packet.bytes) >= 0) return true;
    std::printf("bare ioctl on %s: %s\n", packet.head().name, std::strerror(errno));
    return false;
  }
  int fd_;
};

/// A cookie by hand: one semaphore that starts at 1, is incremented for each event, and is waited
/// for at the end. Without udevd: none.
struct Cookie {
  Cookie() {
    if (udevRunning())
      id = ::semget(static_cast<key_t>(0x0d4d0000 | 0x7abc), 1, 0600 | IPC_CREAT | IPC_EXCL);
    if (id >= 0) change(1);
  }
  void change(short by) const {
    sembuf operation{0, by, 0};
    if (id >= 0) ::semop(id, &operation, 1);
  }
  std::uint32_t next() const {
    change(1);
    return (DM_UDEV_PRIMARY << 16) | (id >= 0 ? 0x7abcU : 0U);
  }
  void wait() {
    change(-1);
    change(0);
    if (id >= 0) ::semctl(id, 0, IPC_RMID);
  }
  static constexpr std::uint32_t DM_UDEV_PRIMARY = 0x40;
  int id = -1;
};

struct Times {
  double create = 0, snapshot = 0, activate = 0, deactivate = 0, remove = 0;
};

std::string volumeName(unsigned i, unsigned count) {
  return (i < count ? "v" : "s") + std::to_string(i % count);
}

Times viaVolumes(Volumes& volumes, unsigned count) {
  Times times;
  std::vector<std::string> names;
  for (unsigned i = 0; i < 2 * count; ++i) names.push_back(volumeName(i, count));
  const std::vector<std::string_view> all(names.begin(), names.end());
  times.create = timed(
      [&] {
        spread(count, [&](unsigned i) {
          check(volumes.create({.name = names[i], .size = Sectors{sectors}}), "create");
        });
      },
      count);
  times.snapshot = timed(
      [&] {
        spread(count, [&](unsigned i) {
          check(volumes.create({.name = names[count + i], .origin = names[i]}), "snapshot");
        });
      },
      count);
  check(volumes.list().size() == 2 * count, "all are there");
  times.activate = timed(
      [&] { check(volumes.activate(all, 600s), "activate all under one cookie"); }, 2 * count);
  times.deactivate =
      timed([&] { check(volumes.deactivate(all, {.timeout = 600s}), "deactivate"); }, 2 * count);
  times.remove = timed(
      [&] { spread(2 * count, [&](unsigned i) { check(volumes.remove(all[i]), "remove"); }); },
      2 * count);
  check(volumes.list().empty(), "none is left");
  return times;
}

/// Each change of the pool is followed by its transaction id, as in docker's driver, so the threads
/// take turns.
Times viaIoctls(const Pool& pool, std::uint64_t& transaction, unsigned count) {
  Times times;
  Bare bare;
  std::mutex turn;
  constexpr unsigned base = 1 << 20;  // ids not used elsewhere
  const auto change = [&](const std::string& text) {
    const std::lock_guard hold(turn);
    check(bare.message(poolName, text), text);
    check(bare.message(poolName, "set_transaction_id " + std::to_string(transaction) + ' ' +
                                     std::to_string(transaction + 1)),
          "id");
    ++transaction;
  };
  const auto id = [](unsigned i) { return std::to_string(base + i); };
  times.create =
      timed([&] { spread(count, [&](unsigned i) { change("create_thin " + id(i)); }); }, count);
  times.snapshot = timed(
      [&] {
        spread(count, [&](unsigned i) { change("create_snap " + id(count + i) + ' ' + id(i)); });
      },
      count);
  const std::string number = toString(pool.number());
  times.activate = timed(
      [&] {
        Cookie cookie;
        for (unsigned i = 0; i < 2 * count; ++i)
          check(bare.create(poolName + "-bare" + std::to_string(i), "BARE-" + std::to_string(i),
                            number + ' ' + id(i), cookie.next()),
                "bare create");
        cookie.wait();
      },
      2 * count);
  times.deactivate = timed(
      [&] {
        Cookie cookie;
        for (unsigned i = 0; i < 2 * count; ++i)
          check(bare.remove(poolName + "-bare" + std::to_string(i), cookie.next()), "bare remove");
        cookie.wait();
      },
      2 * count);
  times.remove =
      timed([&] { spread(2 * count, [&](unsigned i) { change("delete " + id(i)); }); }, 2 * count);
  return times;
}

void compare(const char* what, double ours, double bare) {
  std::printf("%-12s %8.0f us, bare %8.0f us, ratio %.2f\n", what, ours, bare, ours / bare);
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) return std::fprintf(stderr, "usage: %s COUNT DATA METADATA LOG\n", words[0]), 2;
  const auto number = static_cast<unsigned>(std::atoi(words[1]));
  auto context = DeviceMapper::open();
  auto data = BlockDevice::open(words[2]);
  auto meta = BlockDevice::open(words[3]);
  auto log = FileRecordLog::open(words[4]);
  if (!check(context, "context") || !check(data, "data") || !check(meta, "metadata") ||
      !check(log, "log"))
    return 1;
  auto pool = Pool::create(*context, poolName, *data, *meta);
  if (!check(pool, "pool")) return 1;
  Times ours, bare;
  double total = 0, totalBare = 0;
  {
    auto volumes = Volumes::open(*pool, *log);
    if (!check(volumes, "volumes")) return 1;
    ours = viaVolumes(*volumes, number);
    std::uint64_t transaction = volumes->transaction();
    bare = viaIoctls(*pool, transaction, number);
  }
  compare("create", ours.create, bare.create);
  compare("snapshot", ours.snapshot, bare.snapshot);
  compare("activate", ours.activate, bare.activate);
  compare("deactivate", ours.deactivate, bare.deactivate);
  compare("remove", ours.remove, bare.remove);
  for (const auto member : {&Times::create, &Times::snapshot}) {
    total += ours.*member;
    totalBare += bare.*member;
  }
  for (const auto member : {&Times::activate, &Times::deactivate, &Times::remove}) {
    total += 2 * ours.*member;
    totalBare += 2 * bare.*member;
  }
  compare("altogether", total, totalBare);
  check(number < 1000 || total <= 1.3 * totalBare, "altogether at most 1.3 times the bare loop");
  check(pool->deactivate(30s), "deactivate the pool");
  std::printf("%d passed, %d failed\n", script::passed, script::failed);
  return script::failed == 0 ? 0 : 1;
}
