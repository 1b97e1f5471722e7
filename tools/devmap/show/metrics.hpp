// Readings of devices as text for Prometheus: exposition format 0.0.4, as node exporter's textfile
// collector takes it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/device.hpp>
#include <devmap/query.hpp>

namespace tool {

/// What was read of one device. An absent value gives no sample.
struct DeviceReading {
  std::string name;  ///< as it was listed, or as the caller named it: any bytes
  bool up = false;   ///< the rest could be read
  devmap::DeviceInfo info{};
  std::vector<devmap::Row> rows{};  ///< the live table with the status of each row
  bool statusRead = true;  ///< false: no status in `params`, the target answers only after a resume
  devmap::Sectors poolBlock{};  ///< of a thin pool; 0: unknown
};

/// All metrics of the devices. HELP and TYPE precede each metric that has samples, and its samples
/// are together. No time stamps. A device that was named twice counts once. A name that is not
/// UTF-8, which the format requires, is shown with `\xNN`.
[[nodiscard]] std::string metricsText(std::span<const DeviceReading> devices);

}  // namespace tool
