// State of a Layers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <devmap/thin/layers.hpp>
#include <devmap/thin/record_log.hpp>
#include <thin/layer_store.hpp>

namespace devmap {

struct Layers::State {
  State(DeviceMapper& of, Storage& with, FileRecordLog of_store) noexcept
      : context(of), storage(with), configLog(std::move(of_store)) {}

  enum class Log : std::uint8_t { fresh, present };
  /// present: the store has its log of volumes. A missing log is not created, as a new one would
  /// not know the pool's volumes.
  Result<void> openVolumes(const Pool& pool, Recovery* report, Log which) noexcept;
  /// Removes bases whose file system was not finished.
  Result<void> dropHalfMade() noexcept;
  [[nodiscard]] std::string devicePath(std::string_view name) const;
  [[nodiscard]] std::string mountPoint(std::string_view name) const {
    return config.path("mnt/") + std::string(name);
  }
  [[nodiscard]] Error failure(Errc code, const char* operation, std::string detail) const;
  [[nodiscard]] Result<Volume> need(const char* operation, std::string_view name) const noexcept;

  DeviceMapper& context;
  Storage& storage;
  FileRecordLog configLog;  ///< its lock is the store's
  thin::StoreConfig config;
  thin::Backing backing;
  std::optional<FileRecordLog> log;
  std::optional<Volumes> volumes;
};

}  // namespace devmap
