#include "world.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "check.hpp"
#include "packet.hpp"

namespace contract {
namespace {

using namespace devmap;

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void configure(FakeKernel& fake) {
  if (const std::string minor = setting("DEVMAP_CONTRACT_INTERFACE"); !minor.empty()) {
    fake.setInterfaceVersion({4, static_cast<std::uint32_t>(std::stoul(minor)), 0});
  }
  const std::string udev = setting("DEVMAP_CONTRACT_UDEV");
  if (udev == "immediate") fake.setUdev(FakeUdev::immediate);
  if (udev == "deferred") fake.setUdev(FakeUdev::deferred);
}

// A loop device over memory. It is removed on last close.
Disk loopDevice(std::uint64_t bytes) {
  const int backing = ::memfd_create("contract", MFD_CLOEXEC);
  REQUIRE(backing >= 0);
  REQUIRE(::ftruncate(backing, static_cast<off_t>(bytes)) == 0);
  const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  REQUIRE(control >= 0);
  Disk disk;
  for (int attempt = 0; attempt < 16 && disk.fd < 0; ++attempt) {
    const int index = ::ioctl(control, LOOP_CTL_GET_FREE);
    REQUIRE(index >= 0);
    disk.path = "/dev/loop" + std::to_string(index);
    const int loop = ::open(disk.path.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(loop >= 0);
    loop_config config{};
    config.fd = static_cast<std::uint32_t>(backing);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (::ioctl(loop, LOOP_CONFIGURE, &config) == 0) {
      disk.fd = loop;
    } else {
      REQUIRE(errno == EBUSY);
      ::close(loop);
    }
  }
  ::close(control);
  ::close(backing);
  REQUIRE(disk.fd >= 0);
  REQUIRE(systemKernel().blockNumber(disk.fd, disk.number) == 0);
  disk.bytes = bytes;
  return disk;
}

std::size_t openDescriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

bool isCookie(std::int32_t key) { return (static_cast<std::uint32_t>(key) >> 16) == 0x0D4D; }

}  // namespace

bool World::real() { return setting("DEVMAP_CONTRACT") == "real"; }

World::World() {
  if (real()) {
    kernel_ = &systemKernel();
  } else {
    fake_ = std::make_unique<FakeKernel>();
    configure(*fake_);
    kernel_ = fake_.get();
  }
  REQUIRE(kernel_->openControl("/dev/mapper/control", control_) == 0);
  Packet packet;
  REQUIRE(packet.send(*this, DmCommand::version) == 0);
  minor_ = packet.head().version[1];
}

World::~World() {
  removeLeftovers();
  CHECK(kernel_->close(control_) == 0);
  if (!fake_) {
    for (const Disk& disk : disks_) ::close(disk.fd);
    for (const std::string& path : files_) ::unlink(path.c_str());
  }
}

Disk World::disk(std::uint64_t bytes) {
  Disk disk;
  if (fake_) {
    const auto index = static_cast<std::uint32_t>(disks_.size());
    disk = {"/dev/disk" + std::to_string(index), {7, index}, bytes, -1};
    fake_->addBlockDevice(disk.path, disk.number, bytes);
  } else {
    disk = loopDevice(bytes);
  }
  disks_.push_back(disk);
  return disk;
}

std::string World::file(std::string_view text) {
  std::string path = "/tmp/contract." + std::to_string(::getpid());
  if (fake_) {
    if (text.empty())
      fake_->addFile(path);
    else
      fake_->setFileText(path, text);
    NodeInfo info;
    if (kernel_->nodeInfo(characterDevice(), true, info) != 0) {
      REQUIRE(kernel_->makeNode(characterDevice(), NodeType::characterDevice, {1, 3}, 0666) == 0);
    }
  } else {
    const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    const ssize_t written = ::write(fd, text.data(), text.size());
    ::close(fd);
    REQUIRE(written == static_cast<ssize_t>(text.size()));
  }
  files_.push_back(path);
  return path;
}

std::string World::name(std::string_view tag) {
  const std::string name = "contract-" + std::to_string(::getpid()) + "-" + std::string(tag);
  names_.insert(name);
  return name;
}

void World::settle() const {
  if (fake_) {
    fake_->advance(std::chrono::seconds{1});
  } else if (udev()) {
    CHECK(std::system("udevadm settle --timeout=600") == 0);
  }
}

Usage World::usage() const {
  settle();
  Usage usage;
  for (const ListRecord& record : listDevices(*this)) {
    usage.devices[record.name] =
        std::to_string(record.device.major) + ":" + std::to_string(record.device.minor);
  }
  if (fake_) {
    for (const std::string& line : fake_->list("/dev/mapper"))
      usage.nodes.insert(line.substr(0, line.find(' ')));
    usage.descriptors = fake_->usage().descriptors;
  } else {
    for (const auto& entry : std::filesystem::directory_iterator("/dev/mapper"))
      usage.nodes.insert(entry.path().filename());
    usage.descriptors = openDescriptors() - disks_.size();
  }
  int highest = 0;
  if (kernel_->semHighestIndex(highest) != 0) return usage;
  for (int index = 0; index <= highest; ++index) {
    SemaphoreState state;
    if (kernel_->semStat(index, state) == 0 && isCookie(state.key)) usage.cookies.insert(state.id);
  }
  return usage;
}

void World::removeLeftovers() {
  // Twice, as devices use each other; udev may hold one open for a moment.
  for (int round = 0; round < 50; ++round) {
    bool left = false;
    for (const std::string& name : names_) {
      Packet packet(312);
      packet.name(name);
      if (packet.send(*this, DmCommand::status) != 0) continue;
      if ((packet.head().flags & DM_SUSPEND_FLAG) != 0 &&
          (packet.head().flags & DM_ACTIVE_PRESENT_FLAG) != 0) {
        Packet resume(312);
        resume.name(name).event(quietEvent);
        (void)resume.send(*this, DmCommand::suspend);
      }
      Packet remove(312);
      remove.name(name).event(quietEvent);
      left = remove.send(*this, DmCommand::remove) != 0 || left;
    }
    if (!left) return;
    (void)kernel_->sleep(std::chrono::milliseconds{100});
  }
  FAIL_CHECK("a test's devices could not be removed");
}

NothingLeft::NothingLeft(const World& world, Descriptors descriptors)
    : world_(world), descriptors_(descriptors), before_(world.usage()) {}

NothingLeft::~NothingLeft() {
  const Usage now = world_.usage();
  CHECK(now.devices == before_.devices);
  CHECK(now.nodes == before_.nodes);
  CHECK(now.cookies == before_.cookies);
  if (descriptors_ == Descriptors::same) CHECK(now.descriptors == before_.descriptors);
}

LogWatch::LogWatch(const World& world) : world_(world) {
  REQUIRE(world.kernel().openLog(fd_) == 0);
  REQUIRE(world.kernel().seekLogEnd(fd_) == 0);
}

LogWatch::~LogWatch() { CHECK(world_.kernel().close(fd_) == 0); }

std::string LogWatch::text() {
  char record[8192];
  std::size_t size = 0;
  while (world_.kernel().readLog(fd_, record, size) == 0) {
    const std::string_view line(record, size);
    const std::size_t text = line.find(';') + 1;
    const std::size_t start =
        line.find("device-mapper: ");  // printk may put a module's name before it
    if (start == std::string_view::npos || start < text) continue;
    const std::string_view sentence = line.substr(start);
    text_ += std::string(sentence.substr(0, sentence.find('\n'))) + "\n";
  }
  return text_;
}

}  // namespace contract
