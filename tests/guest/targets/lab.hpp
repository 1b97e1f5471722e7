// What tests of typed rows on a real kernel share: five empty devices, and devices on them.
#pragma once

#include <doctest/doctest.h>

#include <devmap/devmap.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace devmap::targets::test {

/// Name of the device under test.
inline constexpr const char* name = "devmap-target";

/// udev's rules do not scan the device: reading some of these takes minutes, or fails.
inline constexpr Waiting unscanned{.udevFlags = privateDeviceFlags};

/// Waits for udev up to ten minutes: a busy machine is slow, and no test here is about that.
DeviceMapper& context();

/// Paths of the five devices of 64 MiB that DEVMAP_TARGET_DEVICES names.
const std::vector<std::string>& devices();
/// Path of a sparse device of 8 GiB: DEVMAP_TARGET_LARGE.
std::string largeDevice();
/// Zeros the first MiB of the five.
void zeroDevices();
/// The parameters with words D to H replaced by the devices.
std::string withDevices(std::string_view params);

/// Writes or reads `size` bytes from the device's start, in pieces of 64 KiB, bypassing the page
/// cache. False on failure.
bool fill(const std::string& path, std::size_t size);
bool readThrough(const std::string& path, std::size_t size);

/// A device that its destructor removes.
struct Device {
  std::string id;
  explicit Device(const char* deviceName = name) : id(deviceName) {}
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();
  [[nodiscard]] std::string path() const { return "/dev/mapper/" + id; }
};

/// Creates it, with one row.
void make(const Device& device, std::string_view type, const std::string& params,
          std::uint64_t length, bool readOnly = false);
/// Reloads it with another row, without flushing: the device under it may have failed.
void change(const Device& device, std::string_view type, const std::string& params,
            std::uint64_t length);
/// Its row as the kernel shows it, and its status (also printed, once). Both are read into fields,
/// or the test fails. `flush`: a pool commits first.
Value shown(const Device& device);
/// The types that shown() and state() have read in this run.
std::set<std::string, std::less<>>& seenTypes();
Value state(const Device& device, bool flush = false);

/// Whether this kernel has the target, in a version that accepts the value. Prints SKIP otherwise.
bool available(const char* type, const Value& value);
bool available(const char* type);

}  // namespace devmap::targets::test
