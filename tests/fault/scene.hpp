// One system for one point: a FakeKernel with a context on it, and what the two look like from
// outside.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>

namespace fault {

/// How udev and devmap are set up.
struct Surroundings {
  const char* name;
  devmap::FakeUdev udev;
  devmap::UdevMode mode;
};

/// What exists before the operation.
enum class Stage {
  empty,    ///< disks, no device
  devices,  ///< `base` runs, `idle` has no table, `still` is suspended, `swap` has two tables
  pool,     ///< `pool`, and `vol`, a thin volume with the id 1
};

/// Everything that an operation can change, as comparable text.
struct State {
  std::vector<std::string> devices;  ///< name, uuid, state, both tables
  std::vector<std::string> nodes;
  std::vector<std::string> messages;  ///< to targets, which may have changed them
  std::size_t semaphores = 0;
  std::size_t descriptors = 0;
  std::size_t suspended = 0;
};
/// What `is` has in excess (+) and what it lacks (-); empty if both are the same.
[[nodiscard]] std::string difference(const State& is, const State& shouldBe);

class Scene {
 public:
  Scene(const Surroundings& surroundings, Stage stage);
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  devmap::FakeKernel fake;
  std::optional<devmap::DeviceMapper> context;
  std::optional<devmap::UdevCookie> cookie;  ///< for operations on cookies

  [[nodiscard]] devmap::DeviceMapper& mapper() { return *context; }
  /// Lets udev finish, then looks through a separate context, without faults.
  [[nodiscard]] State look();
};

/// Ends the program if what must succeed fails.
void need(const devmap::Result<void>& result, std::string_view what);
template <typename T>
devmap::Result<void> plain(devmap::Result<T> result) {
  if (!result) return std::move(result).error();
  return {};
}

std::vector<devmap::Row> rows(std::string_view text);

}  // namespace fault
