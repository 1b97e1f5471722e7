// Which of the kernel's messages an error quotes.
#include <doctest/doctest.h>

#include <devmap/fake/kernel.hpp>
#include <devmap/forwarding_kernel.hpp>

#include <algorithm>
#include <cerrno>
#include <string>
#include <task/kernel_log.hpp>
#include <vector>

using namespace devmap;

namespace {

/// A log that returns these records.
class LoggedKernel final : public ForwardingKernel {
 public:
  LoggedKernel(Kernel& kernel, std::vector<std::string> records)
      : ForwardingKernel(kernel), records_(std::move(records)) {}
  int readLog(int, std::span<char> record, std::size_t& size) noexcept override {
    if (next_ == records_.size()) return EAGAIN;
    const std::string& text = records_[next_++];
    size = text.copy(record.data(), record.size());
    return 0;
  }

 private:
  std::vector<std::string> records_;
  std::size_t next_ = 0;
};

std::string quoted(const std::vector<std::string>& records) {
  FakeKernel fake;
  LoggedKernel kernel(fake, records);
  detail::KernelLog log(kernel, true);
  detail::KernelLog::Session session(log);
  return session.sentence(DeviceNumber{253, 0});
}

const std::string general = "3,9,1,-;device-mapper: ioctl: error adding target to table\n";

}  // namespace

TEST_CASE("an error quotes the complaint, and what names the device behind it") {
  const std::string table =
      "3,8,1,-;device-mapper: table: 253:0: raid: Region size is not a power of 2 (-EINVAL)\n";
  const std::string told = "6,7,1,-;device-mapper: raid: Choosing default region size of 4MiB\n";
  const std::string word = "3,7,1,-;device-mapper: raid: Unable to parse RAID parameter: x\n";
  CHECK(quoted({table, general}) ==
        "device-mapper: table: 253:0: raid: Region size is not a power of 2 (-EINVAL)");
  CHECK(quoted({told, table, general}) ==
        "device-mapper: table: 253:0: raid: Region size is not a power of 2 (-EINVAL)");
  CHECK(quoted({word, table, general}) ==
        "device-mapper: raid: Unable to parse RAID parameter: x; table: 253:0: raid: Region size "
        "is not a power of 2 (-EINVAL)");
  CHECK(quoted({word, general}) == "device-mapper: raid: Unable to parse RAID parameter: x");
  CHECK(quoted({general}) == "device-mapper: ioctl: error adding target to table");
  CHECK(quoted({told}) == "device-mapper: raid: Choosing default region size of 4MiB");
  CHECK(quoted({}).empty());
}

TEST_CASE("an error quotes neither other devices nor other modules") {
  const std::string other =
      "3,8,1,-;device-mapper: table: 253:1: linear: Device lookup failed (-ENXIO)\n";
  const std::string foreign = "3,8,1,-;usb 1-1: device descriptor read/64, error -71\n";
  const std::string prefixed =
      "4,8,1,-;dm_raid: device-mapper: raid: Device 1 failed\n SUBSYSTEM=block\n";
  CHECK(quoted({other, foreign, general}) == "device-mapper: ioctl: error adding target to table");
  CHECK(quoted({foreign, prefixed}) == "device-mapper: raid: Device 1 failed");
}
