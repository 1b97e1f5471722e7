// The directory of a Layers, and its pool.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <devmap/thin/layers.hpp>
#include <devmap/thin/loop.hpp>
#include <devmap/thin/record_log.hpp>

namespace devmap::thin {

/// Contents of DIR/pool.
struct StoreConfig {
  std::string directory;
  std::string name;
  std::string id;
  Sectors blockSize{};
  std::string data;  ///< empty: files of the directory
  std::string metadata;

  [[nodiscard]] bool onFiles() const noexcept { return data.empty(); }
  [[nodiscard]] std::string path(std::string_view file) const {
    return directory + '/' + std::string(file);
  }
  [[nodiscard]] std::string dataPath() const { return onFiles() ? path("data") : data; }
  [[nodiscard]] std::string metadataPath() const { return onFiles() ? path("metadata") : metadata; }
  [[nodiscard]] std::string uuid() const;
  [[nodiscard]] std::string record() const;
  [[nodiscard]] bool read(std::string_view record);
};

/// The devices of a pool; where they are files, with their loop devices.
struct Backing {
  std::optional<LoopDevice> loops[2];
  std::optional<BlockDevice> data, metadata;

  Result<void> open(const StoreConfig& config, Storage& storage, Kernel& kernel) noexcept;
};

/// The last record of the log: each record is a complete configuration.
Result<StoreConfig> readConfig(std::string_view directory, FileRecordLog& log) noexcept;

/// Runs a program. The error for a failing one holds its exit status and names `output`, the file
/// with what it printed.
Result<void> runTool(Storage& storage, std::initializer_list<std::string> words,
                     const std::string& output) noexcept;

}  // namespace devmap::thin
