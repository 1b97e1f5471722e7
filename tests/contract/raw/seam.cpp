// Raw contract: the rest of the seam: semaphores, nodes, block devices, log, clock, randomness.

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

using namespace contract;
using namespace std::chrono_literals;
using devmap::NodeInfo;
using devmap::NodeType;
using devmap::SemaphoreState;

namespace {

constexpr std::int32_t key = 0x0C4D1234;  // not a udev cookie's
constexpr std::array<short, 1> up{1}, down{-1}, zero{0};
constexpr std::array<short, 2> downThenZero{-1, 0};

// A semaphore set of this test, removed at its end.
struct Set {
  explicit Set(World& world) : kernel(world.kernel()) { REQUIRE(kernel.semCreate(key, id) == 0); }
  ~Set() { (void)kernel.semRemove(id); }
  Set(const Set&) = delete;
  Set& operator=(const Set&) = delete;
  [[nodiscard]] int value() const {
    int value = -1;
    CHECK(kernel.semValue(id, value) == 0);
    return value;
  }
  [[nodiscard]] SemaphoreState state() const {
    int highest = 0;
    CHECK(kernel.semHighestIndex(highest) == 0);
    for (int index = 0; index <= highest; ++index) {
      SemaphoreState state;
      if (kernel.semStat(index, state) == 0 && state.id == id) return state;
    }
    return {};
  }
  devmap::Kernel& kernel;
  int id = -1;
};

}  // namespace

TEST_CASE("raw semaphores: a key is taken once, found while it lives, and gone afterwards") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  int id = -1;
  CHECK(kernel.semFind(key, id) == ENOENT);
  {
    Set set(world);
    CHECK(set.value() == 0);
    CHECK(kernel.semCreate(key, id) == EEXIST);
    CHECK(kernel.semFind(key, id) == 0);
    CHECK(id == set.id);
    SemaphoreState state = set.state();
    CHECK(state.id == set.id);
    CHECK(state.key == key);
    CHECK(state.value == 0);
    CHECK(state.waiters == 0);
    CHECK(state.lastOperation == 0);
    CHECK(state.lastChange > 0);
    CHECK(kernel.semStat(30000, state) == EINVAL);
    CHECK(kernel.semRemove(set.id) == 0);
    CHECK(kernel.semFind(key, id) == ENOENT);
    CHECK(kernel.semRemove(set.id) == EINVAL);
    int value = 0;
    CHECK(kernel.semValue(set.id, value) == EINVAL);
    CHECK(kernel.semOperate(set.id, down, std::nullopt) == EINVAL);
  }
}

TEST_CASE("raw semaphores: a set knows who made it, until it is disowned") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  Set set(world);
  CHECK(set.state().owner == -1);
  CHECK(kernel.semSetValue(set.id, 1) == 0);
  const int owner = set.state().owner;
  CHECK(owner > 0);
  if (World::real()) CHECK(owner == ::getpid());
  CHECK(kernel.semOperate(set.id, down, std::nullopt) == 0);
  CHECK(set.state().owner == owner);
  std::int64_t start = -1;
  CHECK(kernel.processStart(owner, start) == 0);
  CHECK(start >= 0);
  CHECK(kernel.semDisown(set.id) == 0);
  CHECK(set.state().owner == 0);
  CHECK(set.value() == 0);
  CHECK(kernel.semRemove(set.id) == 0);
  CHECK(kernel.semDisown(set.id) == EINVAL);
}

TEST_CASE("raw semaphores: operations are atomic, and never sleep without a timeout") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  Set set(world);
  CHECK(kernel.semOperate(set.id, down, std::nullopt) == EAGAIN);
  CHECK(kernel.semOperate(set.id, zero, std::nullopt) == 0);
  CHECK(kernel.semOperate(set.id, up, std::nullopt) == 0);
  CHECK(kernel.semOperate(set.id, zero, std::nullopt) == EAGAIN);
  CHECK(kernel.semSetValue(set.id, 2) == 0);
  CHECK(kernel.semOperate(set.id, downThenZero, std::nullopt) == EAGAIN);
  CHECK(set.value() == 2);
  CHECK(kernel.semSetValue(set.id, 1) == 0);
  CHECK(kernel.semOperate(set.id, downThenZero, std::nullopt) == 0);
  CHECK(set.value() == 0);
  CHECK(kernel.semSetValue(set.id, 32767) == 0);
  CHECK(kernel.semSetValue(set.id, 32768) == ERANGE);
  CHECK(kernel.semOperate(set.id, up, std::nullopt) == ERANGE);
  CHECK(kernel.semOperate(set.id, {}, std::nullopt) == EINVAL);
}

TEST_CASE("raw semaphores: a wait times out and leaves the value alone") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  Set set(world);
  CHECK(kernel.semSetValue(set.id, 2) == 0);
  const auto before = kernel.now();
  CHECK(kernel.semOperate(set.id, downThenZero, 30ms) == EAGAIN);
  CHECK(kernel.now() - before >= 30ms);
  CHECK(set.value() == 2);
  CHECK(kernel.semOperate(set.id, downThenZero, 0ms) == EAGAIN);
}

TEST_CASE(
    "raw semaphores: a wait ends when the value allows it, and with EIDRM when the set goes") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  if (world.fake() != nullptr) world.fake()->setClock(devmap::FakeClock::real);
  Set set(world);
  CHECK(kernel.semSetValue(set.id, 2) == 0);
  std::thread completer([&] {
    (void)kernel.sleep(30ms);
    CHECK(kernel.semOperate(set.id, down, std::nullopt) == 0);
  });
  CHECK(kernel.semOperate(set.id, downThenZero, 10s) == 0);
  completer.join();

  CHECK(kernel.semSetValue(set.id, 2) == 0);
  std::thread remover([&] {
    SemaphoreState state;
    for (int i = 0; i < 5000 && state.waiters == 0; ++i) {
      (void)kernel.sleep(1ms);
      state = set.state();
    }
    CHECK(state.waiters == 1);  // the -1 is possible, the wait for zero is not
    CHECK(kernel.semRemove(set.id) == 0);
  });
  CHECK(kernel.semOperate(set.id, downThenZero, 10s) == EIDRM);
  remover.join();
}

TEST_CASE("raw nodes: a regular file has a size") {
  World world;
  NodeInfo info;
  CHECK(world.kernel().nodeInfo(world.file("five\n").c_str(), true, info) == 0);
  CHECK(info.type == NodeType::other);
  CHECK(info.size == 5);
}

TEST_CASE("raw nodes: what is there, what is not, and links") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  const Disk disk = world.disk();
  NodeInfo info;
  CHECK(kernel.nodeInfo("/dev/mapper", true, info) == 0);
  CHECK(info.type == NodeType::directory);
  CHECK(kernel.nodeInfo("/dev/mapper/control", true, info) == 0);
  CHECK(info.type == NodeType::characterDevice);
  CHECK(info.device == devmap::DeviceNumber{10, 236});
  CHECK(kernel.nodeInfo(disk.path.c_str(), true, info) == 0);
  CHECK(info.type == NodeType::blockDevice);
  CHECK(info.device == disk.number);
  CHECK(kernel.nodeInfo(world.file().c_str(), true, info) == 0);
  CHECK(info.type == NodeType::other);
  CHECK(info.size == 0);
  CHECK(kernel.nodeInfo("/dev/contract-none", true, info) == ENOENT);
  CHECK(kernel.nodeInfo("/dev/contract-none/x", true, info) == ENOENT);
  CHECK(kernel.nodeInfo("/dev/mapper/control/x", true, info) == ENOTDIR);
  CHECK(kernel.nodeInfo("", true, info) == ENOENT);

  const std::string target = ".." + disk.path.substr(4);  // /dev/x seen from /dev/mapper
  CHECK(kernel.makeLink(target.c_str(), "/dev/mapper/contract-link") == 0);
  CHECK(kernel.makeLink(target.c_str(), "/dev/mapper/contract-link") == EEXIST);
  CHECK(kernel.nodeInfo("/dev/mapper/contract-link", true, info) == 0);
  CHECK(info.device == disk.number);
  CHECK(kernel.nodeInfo("/dev/mapper/contract-link", false, info) == 0);
  CHECK(info.type == NodeType::link);
  CHECK(kernel.makeLink("contract-nothing", "/dev/mapper/contract-dangling") == 0);
  CHECK(kernel.nodeInfo("/dev/mapper/contract-dangling", true, info) == ENOENT);
  CHECK(kernel.renameNode("/dev/mapper/contract-link", "/dev/mapper/contract-dangling") ==
        0);  // replaces
  CHECK(kernel.nodeInfo("/dev/mapper/contract-dangling", true, info) == 0);
  CHECK(kernel.renameNode("/dev/mapper/contract-link", "/dev/mapper/contract-other") == ENOENT);
  CHECK(kernel.removeNode("/dev/mapper/contract-dangling") == 0);
  CHECK(kernel.removeNode("/dev/mapper/contract-dangling") == ENOENT);
}

TEST_CASE("raw nodes: making nodes and folders") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  NodeInfo info;
  CHECK(kernel.makeNode("/dev/contract-b", NodeType::blockDevice, World::nothing, 0640) == 0);
  CHECK(kernel.makeNode("/dev/contract-b", NodeType::blockDevice, World::nothing, 0640) == EEXIST);
  CHECK(kernel.nodeInfo("/dev/contract-b", false, info) == 0);
  CHECK(info.type == NodeType::blockDevice);
  CHECK(info.device == World::nothing);
  CHECK(kernel.setOwner("/dev/contract-b", 1, 2) == 0);
  CHECK(kernel.setOwner("/dev/contract-none", 1, 2) == ENOENT);
  if (world.fake() != nullptr)
    CHECK(world.fake()->list("/dev").front() == "contract-b b 240:77 0640 1:2");
  int fd = -1;
  CHECK(kernel.openBlock("/dev/contract-b", fd) == ENXIO);
  CHECK(kernel.removeNode("/dev/contract-b") == 0);
  CHECK(kernel.makeNode("/dev/contract-none/x", NodeType::blockDevice, World::nothing, 0600) ==
        ENOENT);
  CHECK(kernel.makeDirectory("/dev/mapper") == EEXIST);
  CHECK(kernel.makeDirectory("/dev/contract-none/x") == ENOENT);
  CHECK(kernel.makeDirectory("/dev/mapper/control/x") == ENOTDIR);
  CHECK(kernel.removeNode("/dev/mapper") == EISDIR);
}

TEST_CASE("raw blocks: opening, number and size") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  const Disk disk = world.disk(3 << 20);
  int fd = -1;
  REQUIRE(kernel.openBlock(disk.path.c_str(), fd) == 0);
  devmap::DeviceNumber number;
  std::uint64_t bytes = 0;
  CHECK(kernel.blockNumber(fd, number) == 0);
  CHECK(number == disk.number);
  CHECK(kernel.blockSize(fd, bytes) == 0);
  CHECK(bytes == disk.bytes);
  CHECK(kernel.close(fd) == 0);
  CHECK(kernel.close(fd) == EBADF);
  CHECK(kernel.openBlock("/dev/contract-none", fd) == ENOENT);
  CHECK(kernel.openBlock(world.file().c_str(), fd) == ENOTBLK);
  CHECK(kernel.openBlock(World::characterDevice(), fd) == ENOTBLK);
  CHECK(kernel.openBlock("/dev", fd) == ENOTBLK);
  const std::string name = world.name();
  const int held = hold(world, makeDevice(world, name, 100));
  CHECK(kernel.blockSize(held, bytes) == 0);
  CHECK(bytes == 51200);
  CHECK(kernel.close(held) == 0);
}

namespace {

// A local socket that listens as udevd's does, or as systemd's varlink does. killed() leaves what
// SIGKILL leaves.
class Socket {
 public:
  Socket(World& world, int type) : world_(world) {
    if (world.fake() != nullptr) {
      world.fake()->setSocket(path, true);
      return;
    }
    (void)::unlink(path);
    fd_ = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd_, 0) == 0);
  }
  ~Socket() {
    killed();
    if (world_.fake() == nullptr) (void)::unlink(path);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  void killed() {
    if (world_.fake() != nullptr) return world_.fake()->setSocket(path, false);
    if (fd_ >= 0) (void)::close(fd_);
    fd_ = -1;
  }
  /// Whether a client has connected or tried to.
  [[nodiscard]] bool disturbed() const {
    pollfd entry{fd_, POLLIN, 0};
    return fd_ >= 0 && ::poll(&entry, 1, 0) != 0;
  }
  static constexpr const char* path = "/run/contract-socket";

 private:
  World& world_;
  int fd_ = -1;
};

}  // namespace

TEST_CASE("raw sockets: held, left behind, and none") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  CHECK(kernel.probeSocket("/run/contract-none") == ENOENT);
  CHECK(kernel.probeSocket(world.file().c_str()) == ECONNREFUSED);
  for (const int type : {SOCK_SEQPACKET, SOCK_STREAM}) {
    Socket socket(world, type);
    for (int i = 0; i < 10; ++i) CHECK(kernel.probeSocket(Socket::path) == 0);
    CHECK_FALSE(socket.disturbed());
    socket.killed();
    CHECK(kernel.probeSocket(Socket::path) == ECONNREFUSED);
  }
  if (world.udev()) CHECK(kernel.probeSocket("/run/udev/control") == 0);
}

TEST_CASE("raw control: what is no control node") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  int fd = -1;
  CHECK(kernel.openControl("/dev/mapper/contract-none", fd) == ENOENT);
  CHECK(kernel.openControl("/dev/mapper", fd) == EISDIR);
  REQUIRE(kernel.openControl(world.file().c_str(), fd) == 0);
  Packet packet(312);
  CHECK(kernel.ioctl(fd, devmap::DmCommand::version, packet.bytes()) == ENOTTY);
  CHECK(kernel.close(fd) == 0);
  CHECK(kernel.ioctl(fd, devmap::DmCommand::version, packet.bytes()) == EBADF);
}

TEST_CASE("raw log: only what comes after its end was sought") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  int fd = -1;
  REQUIRE(kernel.openLog(fd) == 0);
  REQUIRE(kernel.seekLogEnd(fd) == 0);
  char record[8192];
  std::size_t size = 0;
  CHECK(kernel.readLog(fd, record, size) == EAGAIN);
  CHECK(load(world, world.name("missing"), 100, "zero", "") == ENXIO);  // logs nothing
  CHECK(kernel.readLog(fd, record, size) == EAGAIN);
  REQUIRE(create(world, world.name()) == 0);
  CHECK(load(world, world.name(), 100, "no-such-type", "") == EINVAL);
  char tiny[4];
  CHECK(kernel.readLog(fd, tiny, size) == EINVAL);
  REQUIRE(kernel.seekLogEnd(fd) == 0);
  CHECK(load(world, world.name(), 0, "zero", "") == EINVAL);
  REQUIRE(kernel.readLog(fd, record, size) == 0);
  const std::string line(record, size);
  CAPTURE(line);
  CHECK(line.starts_with("3,"));
  CHECK(line.find(";device-mapper: table: ") != std::string::npos);
  CHECK(line.find("zero-length target\n") != std::string::npos);
  CHECK(kernel.close(fd) == 0);
}

TEST_CASE("raw clock and randomness") {
  World world;
  devmap::Kernel& kernel = world.kernel();
  const auto before = kernel.now();
  CHECK(kernel.sleep(10ms) == 0);
  CHECK(kernel.now() - before >= 10ms);
  std::array<std::byte, 16> first{}, second{};
  CHECK(kernel.random(first) == 0);
  CHECK(kernel.random(second) == 0);
  CHECK(first != second);
}
