// A world with a devmap context, and checks of errors and nodes, for the tests of the library.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

namespace contract {

/// A context in its own world. Checks on destruction that the test left no device, node, semaphore
/// or descriptor behind.
class Lab {
 public:
  explicit Lab(devmap::Options options = {});
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  World world;
  devmap::DeviceMapper& mapper() { return *mapper_; }
  [[nodiscard]] devmap::Kernel& kernel() const { return world.kernel(); }
  std::string name(std::string_view tag = "a") { return world.name(tag); }
  /// The number of `name`, or nothing if there is no such device.
  [[nodiscard]] std::optional<devmap::DeviceNumber> number(std::string_view name) const;

  devmap::Task task(devmap::TaskType type, std::string_view name = {});
  /// Creates a device with one row and waits for udev.
  void make(std::string_view name, std::uint64_t length = 100, std::string_view type = "zero",
            std::string_view params = {});
  /// Removes a device and waits for udev.
  void remove(std::string_view name);
  devmap::BlockDevice block(const Disk& disk) const;
  /// A pool `name` of 16 MiB data; the disks live as long as the world.
  void makePool(std::string_view name);
  /// Runs a task with a cookie and waits for udev; all must succeed.
  void finish(devmap::Task& task, devmap::UdevFlags flags = {});

  /// Checks that `/dev/mapper/NAME` leads to the device of that name.
  void checkNode(std::string_view name) const;
  void checkNoNode(std::string_view name) const;
  /// For a scope within the test.
  [[nodiscard]] NothingLeft nothingMore() const {
    return NothingLeft(world, NothingLeft::Descriptors::ignored);
  }
  /// Semaphore sets with the key of a udev cookie.
  [[nodiscard]] std::size_t cookies() const { return world.usage().cookies.size(); }

 private:
  std::optional<NothingLeft> nothing_;
  std::optional<devmap::DeviceMapper> mapper_;
};

inline constexpr int anyErrno = -1;

/// What an error must be. Empty texts are not compared; `detail` and `kernel` must be contained.
struct Expected {
  devmap::Errc code;
  int errnum = 0;  ///< or anyErrno
  std::string device;
  std::optional<std::uint32_t> row;
  std::string detail;
  std::string kernel;
};

void checkError(const devmap::Error& error, const Expected& expected);

template <typename T>
void checkFails(const devmap::Result<T>& result, const Expected& expected) {
  REQUIRE_FALSE(result);
  checkError(result.error(), expected);
}

template <typename T>
void checkGood(const devmap::Result<T>& result) {
  if (!result) FAIL_CHECK(result.error().message());
}

/// A table of one row.
std::vector<devmap::Row> oneRow(std::uint64_t length, std::string type, std::string params = {});
std::vector<devmap::Row> zeroRow(std::uint64_t length = 100);
std::vector<devmap::Row> linearRow(devmap::DeviceNumber below, std::uint64_t length = 100);

/// The rows of the live table as `TYPE PARAMS;`, one after the other.
std::string liveText(Lab& lab, const std::string& name);

/// Returns the value, or ends the test with the error's text.
template <typename T>
T need(devmap::Result<T> result) {
  if (!result) FAIL(result.error().message());
  return *std::move(result);
}

}  // namespace contract
