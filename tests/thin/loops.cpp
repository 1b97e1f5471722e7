// LoopDevice::attach when other processes take the free loop devices first.

#include <cerrno>

#include <devmap/thin/loop.hpp>
#include <devmap/thin/storage.hpp>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

namespace {

/// One file and a loop device that is taken for the first `busy` tries; nothing else.
class BusyLoops final : public Storage {
 public:
  explicit BusyLoops(unsigned busy) : busy_(busy) {}
  [[nodiscard]] unsigned tries() const { return tries_; }

  int openFile(const char*, bool, int& fd) noexcept override { return fd = 100, 0; }
  int closeFile(int) noexcept override { return 0; }
  int freeLoop(int& number) noexcept override { return number = 0, 0; }
  int configureLoop(const char*, int, const LoopSettings&, int& fd) noexcept override {
    return fd = 101, tries_++ < busy_ ? EBUSY : 0;
  }

  int lockFile(int) noexcept override { return ENOSYS; }
  int fileSize(int, std::uint64_t&) noexcept override { return ENOSYS; }
  int fileIdentity(int, FileIdentity&) noexcept override { return ENOSYS; }
  int readFile(int, std::uint64_t, std::span<char>, std::size_t&) noexcept override {
    return ENOSYS;
  }
  int appendFile(int, std::string_view) noexcept override { return ENOSYS; }
  int setFileSize(int, std::uint64_t) noexcept override { return ENOSYS; }
  int syncFile(int) noexcept override { return ENOSYS; }
  int syncDirectory(const char*) noexcept override { return ENOSYS; }
  int renameFile(const char*, const char*) noexcept override { return ENOSYS; }
  int removeFile(const char*) noexcept override { return ENOSYS; }
  int makeDirectory(const char*) noexcept override { return ENOSYS; }
  int removeDirectory(const char*) noexcept override { return ENOSYS; }
  int discardDevice(const char*) noexcept override { return ENOSYS; }
  int loopBacking(const char*, FileIdentity&) noexcept override { return ENOSYS; }
  int resizeLoop(const char*) noexcept override { return ENOSYS; }
  int detachLoop(const char*) noexcept override { return ENOSYS; }
  int mount(const char*, const char*, const char*, bool) noexcept override { return ENOSYS; }
  int unmount(const char*) noexcept override { return ENOSYS; }
  int runProgram(std::span<const char* const>, const char*, int&) noexcept override {
    return ENOSYS;
  }

 private:
  unsigned busy_;
  unsigned tries_ = 0;
};

}  // namespace

TEST_CASE("loop: attach tries again until it has a device, with pauses between") {
  Lab lab;
  BusyLoops storage(5);
  const auto begin = lab.kernel().now();
  auto device = LoopDevice::attach("/file", {}, Timeout::max(), storage, lab.kernel());
  REQUIRE(device);
  CHECK(storage.tries() == 6);
  CHECK(lab.kernel().now() - begin >= 50ms);
}

TEST_CASE("loop: attach gives up at its deadline, and tries once without one") {
  Lab lab;
  BusyLoops storage(1'000'000);
  checkFails(LoopDevice::attach("/file", {}, 100ms, storage, lab.kernel()),
             {Errc::busy, EBUSY, "", {}, "", ""});
  CHECK(storage.tries() <= 12);
  for (const Timeout timeout : {Timeout{0}, Timeout{-1}, Timeout::min()}) {
    BusyLoops once(1'000'000);
    checkFails(LoopDevice::attach("/file", {}, timeout, once, lab.kernel()),
               {Errc::busy, EBUSY, "", {}, "", ""});
    CHECK(once.tries() == 1);
  }
}
