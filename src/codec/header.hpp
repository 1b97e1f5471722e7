// struct dm_ioctl: the header of every packet. See FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <devmap/error.hpp>
#include <devmap/types.hpp>

namespace devmap::codec {

/// What devmap puts into a header. Everything it does not name is zero on the wire: the kernel
/// takes leftovers seriously (a stale name turns a list into a filtered list).
struct RequestHeader {
  std::uint32_t flags = 0;  ///< uapi::flag*
  std::uint32_t targetCount = 0;
  std::uint32_t eventNr = 0;  ///< event to wait after, or udev cookie
  std::string_view name{};    ///< at most 127 bytes
  std::string_view uuid{};    ///< at most 128 bytes
  std::optional<DeviceNumber> device{};
};

/// What the kernel put into a header. The views point into the packet.
struct ReplyHeader {
  Version version;
  std::uint32_t dataSize = 0;
  std::uint32_t dataStart = 0;
  std::uint32_t targetCount = 0;
  std::int32_t openCount = 0;
  std::uint32_t flags = 0;
  std::uint32_t eventNr = 0;
  DeviceNumber device;
  std::string_view name;
  std::string_view uuid;
};

/// The kernel's 64-bit form of a device number: 12 bits of major at bit 8, 8 low bits of minor at
/// 0, the rest of minor at 20 (linux/kdev_t.h: huge_encode_dev; new_encode_dev widened). Total:
/// bits of a major above the 12th are dropped, and so are bits of an encoded number that stand for
/// none.
[[nodiscard]] std::uint64_t encodeDevice(DeviceNumber number) noexcept;
[[nodiscard]] DeviceNumber decodeDevice(std::uint64_t encoded) noexcept;

/// Zeroes the first 312 bytes of `packet` and writes the header: version 4.0.0 (every kernel
/// since 2.6 accepts it), data_size = packet.size(), data_start = 312. False, with nothing written,
/// when the packet is shorter than 312 bytes or longer than 1 GiB, name or uuid are too long or
/// hold a NUL, or the device number has a major above 4095 or a minor above 2^20 - 1: the kernel
/// would cut it down to the number of another device.
[[nodiscard]] bool encodeHeader(const RequestHeader& request, std::span<std::byte> packet) noexcept;

/// Reads a header back. Errc::malformedReply when the packet is shorter than 312 bytes, data_size
/// or data_start lie outside of it in a way that no kernel answers with, or name or uuid lack their
/// NUL. `data_size < data_start` is fine: no payload. So is a header with both zero, which is what
/// DM_SECURE_DATA leaves where the kernel copies nothing back.
[[nodiscard]] Result<ReplyHeader> decodeHeader(std::span<const std::byte> packet) noexcept;

/// The payload of a decoded packet: from data_start to data_size; empty when there is none.
[[nodiscard]] std::span<const std::byte> payloadOf(const ReplyHeader& header,
                                                   std::span<const std::byte> packet) noexcept;

}  // namespace devmap::codec
