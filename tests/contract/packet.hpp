// Raw packets for the control node, built and read by hand: no code is shared with the library.
#pragma once

#include <linux/dm-ioctl.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/kernel.hpp>
#include <devmap/types.hpp>

namespace contract {

class World;

/// DM_COOKIE of an event that udev accepts and does nothing about: flags 0x4f, no semaphore.
inline constexpr std::uint32_t quietEvent = 0x004f0000;

struct RowRecord {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  std::string type;
  std::string text;
};

struct ListRecord {
  std::string name;
  devmap::DeviceNumber device;
  std::uint32_t eventNr = 0;
  std::uint32_t flags = 0;
  std::string uuid;
};

class Packet {
 public:
  /// Zeroed but for the version (4.0.0), data_size and data_start (312).
  explicit Packet(std::size_t size = 16384);

  [[nodiscard]] dm_ioctl& head() { return *reinterpret_cast<dm_ioctl*>(words_.data()); }
  [[nodiscard]] std::span<std::byte> bytes() {
    return std::as_writable_bytes(std::span(words_)).first(size_);
  }
  [[nodiscard]] std::vector<std::byte> copy() { return {bytes().begin(), bytes().end()}; }

  Packet& name(std::string_view name);
  Packet& uuid(std::string_view uuid);
  Packet& device(devmap::DeviceNumber number);
  Packet& flags(std::uint32_t flags);
  Packet& event(std::uint32_t event);
  /// Appends a row.
  Packet& row(std::uint64_t start, std::uint64_t length, std::string_view type,
              std::string_view params);
  /// Writes the sector of a message and its text, at data_start.
  Packet& message(std::string_view text, std::uint64_t sector = 0);
  /// Writes a text, at data_start.
  Packet& text(std::string_view text);

  /// Returns 0 or the errno. The packet may be shorter than data_size says.
  int send(const World& world, devmap::DmCommand command);

  [[nodiscard]] devmap::DeviceNumber device();
  [[nodiscard]] std::string name();
  [[nodiscard]] std::string uuid();
  [[nodiscard]] bool flag(std::uint32_t flag) { return (head().flags & flag) != 0; }
  /// The reply's payload in its different forms.
  [[nodiscard]] std::vector<RowRecord> rows();
  [[nodiscard]] std::vector<devmap::DeviceNumber> deps();
  [[nodiscard]] std::string reply();

  /// The spec of row `index` of a packet that is being built.
  [[nodiscard]] dm_target_spec& spec(std::size_t index);

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_;
  std::vector<std::size_t> specs_;
  std::size_t end_ = sizeof(dm_ioctl);
};

[[nodiscard]] devmap::DeviceNumber decode(std::uint64_t encoded);

/// LIST_DEVICES with a buffer that is large enough. `namePrefix` and `uuidPrefix` filter since
/// 4.45.
[[nodiscard]] std::vector<ListRecord> listDevices(const World& world, std::uint32_t flags = 0,
                                                  std::string_view namePrefix = {},
                                                  std::string_view uuidPrefix = {});

// One ioctl each, by name, with a quiet event. They return 0 or the errno.
int create(const World& world, std::string_view name, std::string_view uuid = {});
int load(const World& world, std::string_view name, std::uint64_t length, std::string_view type,
         std::string_view params, std::uint32_t flags = 0);
int suspend(const World& world, std::string_view name);
int resume(const World& world, std::string_view name);
/// Tries again while udev holds the device open.
int remove(const World& world, std::string_view name);
int send(const World& world, std::string_view name, std::string_view message);
/// DEV_STATUS. Returns the reply; `error` is set to 0 or the errno.
Packet status(const World& world, std::string_view name, int* error = nullptr);
/// Status or table text of the first row.
std::string firstText(const World& world, std::string_view name, std::uint32_t flags = 0);
/// Create, load and resume with one row; all must succeed. Returns the device number.
devmap::DeviceNumber makeDevice(const World& world, std::string_view name,
                                std::uint64_t length = 100, std::string_view type = "zero",
                                std::string_view params = {});

/// Opens `/dev/dm-N`. Returns -1 and fails a check if it cannot.
int hold(const World& world, devmap::DeviceNumber number);

}  // namespace contract
