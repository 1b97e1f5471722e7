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

/// Of the device that a test is about.
inline constexpr const char* name = "devmap-target";

/// udev's rules do not read the device: what some of these give takes minutes, or is an error.
inline constexpr Waiting unscanned{.udevFlags = privateDeviceFlags};

/// It waits for udev up to ten minutes: a busy machine takes its time, and no test here is about
/// that.
DeviceMapper& context();

/// Paths of the five devices of 64 MiB that DEVMAP_TARGET_DEVICES names.
const std::vector<std::string>& devices();
/// Path of a sparse one of 8 GiB: DEVMAP_TARGET_LARGE.
std::string largeDevice();
/// Zeros the first MiB of the five.
void zeroDevices();
/// Parameters in which words D to H stand for the devices.
std::string withDevices(std::string_view params);

/// Writes, or reads, `size` bytes from the device's start, in pieces of 64 KiB, past the page
/// cache; false when that fails.
bool fill(const std::string& path, std::size_t size);
bool readThrough(const std::string& path, std::size_t size);

/// A device that goes with the test.
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
/// Gives it another row, without flushing: what stands under it may have failed.
void change(const Device& device, std::string_view type, const std::string& params,
            std::uint64_t length);
/// Its row as the kernel shows it, and its status (also printed, once); both read into fields, or
/// the test fails. `flush`: a pool commits first.
Value shown(const Device& device);
/// The types that these two read in this run.
std::set<std::string, std::less<>>& seenTypes();
Value state(const Device& device, bool flush = false);

/// Whether this kernel has the target, in a version that takes the value; says SKIP otherwise.
bool available(const char* type, const Value& value);
bool available(const char* type);

}  // namespace devmap::targets::test
