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

/// What was read of one device. What is absent gives no sample.
struct DeviceReading {
  std::string name;  ///< as it was listed, or as the caller named it: any bytes
  bool up = false;   ///< the rest could be read
  devmap::DeviceInfo info{};
  std::vector<devmap::Row> rows{};  ///< the live table with the status of each row
  bool statusRead =
      true;  ///< false: `params` of the rows is no status, the target answers after a resume only
  devmap::Sectors poolBlock{};  ///< of a thin pool; 0: unknown
};

/// All metrics of the devices: HELP and TYPE in front of each metric that has samples, and its
/// samples together. No time stamps. Devices that were named twice count once. Names that are not
/// UTF-8, which the format demands, are shown with `\xNN`.
[[nodiscard]] std::string metricsText(std::span<const DeviceReading> devices);

}  // namespace tool
