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

/// What devmap puts into a header. All other fields are zero on the wire: the kernel acts on
/// leftovers (a stale name filters a list).
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

/// The kernel's 64-bit form of a device number (linux/kdev_t.h: huge_encode_dev; new_encode_dev
/// widened). The low 8 bits of the minor are at bit 0, 12 bits of major at bit 8, the rest of the
/// minor at bit 20. Total: bits of a major above the 12th and unused bits of an encoded number are
/// dropped.
[[nodiscard]] std::uint64_t encodeDevice(DeviceNumber number) noexcept;
[[nodiscard]] DeviceNumber decodeDevice(std::uint64_t encoded) noexcept;

/// Zeroes the first 312 bytes of `packet` and writes the header: version 4.0.0 (every kernel since
/// 2.6 accepts it), data_size = packet.size(), data_start = 312. False, with nothing written, when
/// the packet is shorter than 312 bytes or longer than 1 GiB, or when name or uuid are too long or
/// hold a NUL. Also false for a major above 4095 or a minor above 2^20 - 1: the kernel would
/// truncate it to the number of another device.
[[nodiscard]] bool encodeHeader(const RequestHeader& request, std::span<std::byte> packet) noexcept;

/// Decodes a header. Errc::malformedReply when the packet is shorter than 312 bytes, or name or
/// uuid lack their NUL. Also when data_size or data_start lie outside the packet in a way that no
/// kernel produces. `data_size < data_start` is fine: no payload. So is a header with both zero,
/// which DM_SECURE_DATA leaves where the kernel copies nothing back.
[[nodiscard]] Result<ReplyHeader> decodeHeader(std::span<const std::byte> packet) noexcept;

/// The payload of a decoded packet: from data_start to data_size; empty when there is none.
[[nodiscard]] std::span<const std::byte> payloadOf(const ReplyHeader& header,
                                                   std::span<const std::byte> packet) noexcept;

}  // namespace devmap::codec
