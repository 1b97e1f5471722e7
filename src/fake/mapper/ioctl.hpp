// The ioctls of the fake device-mapper. Functions return 0 or an errno.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/kernel.hpp>
#include <fake/machine.hpp>
#include <fake/mapper/device.hpp>
#include <uapi.hpp>

namespace devmap::fake {

/// One ioctl on a control node, from the bytes of user space and back.
int mapperIoctl(Machine& machine, std::unique_lock<std::mutex>& lock, Descriptor& control,
                DmCommand number, std::span<std::byte> packet);

/// `DEV_CREATE name=pool`: for the trace.
[[nodiscard]] std::string describeIoctl(DmCommand number, std::span<const std::byte> packet);

/// The kernel's copy of a packet while a command works on it.
struct Call {
  Machine& machine;
  std::unique_lock<std::mutex>& lock;
  Descriptor& control;
  dm_ioctl head{};                ///< header to copy back
  std::vector<std::byte> buffer;  ///< the whole packet; the header in it is stale
  bool noCopyBack = false;        ///< user space gets only the version

  /// Size of the packet that came in.
  [[nodiscard]] std::size_t size() const { return buffer.size(); }
  /// Where results go: from byte 312. Sets data_start.
  std::span<std::byte> results();
  /// Reads the text at `offset`. False: no NUL inside the packet.
  bool text(std::size_t offset, std::string& text) const;
  [[nodiscard]] bool flag(std::uint32_t flag) const { return (head.flags & flag) != 0; }
  void setFlag(std::uint32_t flag, bool on) {
    head.flags = on ? head.flags | flag : head.flags & ~flag;
  }
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::string uuid() const;
  void setName(std::string_view name);
  void setUuid(std::string_view uuid);
};

/// Finds the device that the header names, and fills in its name and uuid. Null: none, or named in
/// more than one way.
[[nodiscard]] DevicePtr findDevice(Call& call);
/// Fills in the header as most commands do (dm-ioctl.c: __dev_status).
void fillStatus(Call& call, const Device& device);

[[nodiscard]] std::uint64_t encodeDevice(DeviceNumber number);
[[nodiscard]] DeviceNumber decodeDevice(std::uint64_t encoded);
[[nodiscard]] constexpr std::size_t align(std::size_t size) {
  return (size + uapi::payloadAlign - 1) / uapi::payloadAlign * uapi::payloadAlign;
}
void put(std::span<std::byte> out, std::size_t offset, const void* data, std::size_t size);

// The commands, in ioctl_device.cpp, ioctl_table.cpp, ioctl_list.cpp and messages.cpp.
int commandCreate(Call& call);
int commandRemove(Call& call);
int commandRemoveAll(Call& call);
int commandRename(Call& call);
int commandSuspend(Call& call);
int commandStatus(Call& call);
int commandWait(Call& call);
int commandArmPoll(Call& call);
int commandGeometry(Call& call);
int commandLoad(Call& call);
int commandClear(Call& call);
int commandDeps(Call& call);
int commandTableStatus(Call& call);
int commandList(Call& call);
int commandListVersions(Call& call);
int commandTargetVersion(Call& call);
int commandMessage(Call& call);

/// Writes the rows of the live or inactive table, as the header asks.
void writeRows(Call& call, const Device& device);

}  // namespace devmap::fake
