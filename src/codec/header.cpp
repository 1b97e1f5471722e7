#include <codec/header.hpp>

#include <algorithm>
#include <string>

#include <codec/load.hpp>
#include <uapi.hpp>

namespace devmap::codec {
namespace {

constexpr std::uint32_t majorLimit = 1U << 12;
constexpr std::uint32_t minorLimit = 1U << 20;

Error malformed(const char* detail) noexcept {
  Error error;
  error.code = Errc::malformedReply;
  error.operation = "read reply header";
  error.detail = detail;
  return error;
}

bool fits(std::string_view text, std::size_t capacity) noexcept {
  return text.size() < capacity && !hasNul(text);
}

/// What is wrong with the packet's two sizes, or null. Both are zero after a DM_SECURE_DATA call
/// that copies nothing back (dm-ioctl.c: copy_params, remove_all).
const char* sizeFault(std::uint32_t dataSize, std::uint32_t dataStart,
                      std::size_t packetSize) noexcept {
  if (dataSize == 0 && dataStart == 0) return nullptr;
  if (dataSize < uapi::minPacketSize) return "data_size is smaller than a header";
  if (dataSize > packetSize) return "data_size is larger than the packet";
  if (dataStart < uapi::headerSize) return "data_start lies inside the header";
  if (dataStart > packetSize) return "data_start lies behind the packet";
  if (dataStart % uapi::payloadAlign != 0) return "data_start is not a multiple of 8";
  return nullptr;
}

}  // namespace

std::uint64_t encodeDevice(DeviceNumber number) noexcept {
  const std::uint64_t major = number.major & (majorLimit - 1);
  const std::uint64_t minor = number.minor;
  return (minor & 0xff) | (major << 8) | ((minor & ~std::uint64_t{0xff}) << 12);
}

DeviceNumber decodeDevice(std::uint64_t encoded) noexcept {
  return {static_cast<std::uint32_t>((encoded >> 8) & (majorLimit - 1)),
          static_cast<std::uint32_t>((encoded & 0xff) | ((encoded >> 12) & 0xffffff00U))};
}

bool encodeHeader(const RequestHeader& request, std::span<std::byte> packet) noexcept {
  if (packet.size() < uapi::headerSize || packet.size() > uapi::maxPacketSize) return false;
  if (!fits(request.name, uapi::nameLength) || !fits(request.uuid, uapi::uuidLength)) return false;
  if (request.device &&
      (request.device->major >= majorLimit || request.device->minor >= minorLimit))
    return false;
  zero(packet.first(uapi::headerSize));
  store<std::uint32_t>(packet, offsetof(dm_ioctl, version), 4);
  store(packet, offsetof(dm_ioctl, data_size), static_cast<std::uint32_t>(packet.size()));
  store(packet, offsetof(dm_ioctl, data_start), static_cast<std::uint32_t>(uapi::headerSize));
  store(packet, offsetof(dm_ioctl, target_count), request.targetCount);
  store(packet, offsetof(dm_ioctl, flags), request.flags);
  store(packet, offsetof(dm_ioctl, event_nr), request.eventNr);
  if (request.device) store(packet, offsetof(dm_ioctl, dev), encodeDevice(*request.device));
  storeText(packet, offsetof(dm_ioctl, name), request.name);
  storeText(packet, offsetof(dm_ioctl, uuid), request.uuid);
  return true;
}

Result<ReplyHeader> decodeHeader(std::span<const std::byte> packet) noexcept {
  if (packet.size() < uapi::headerSize) return malformed("the packet is shorter than a header");
  const auto u32 = [packet](std::size_t offset) {
    return load<std::uint32_t>(packet, offset).value_or(0);
  };
  constexpr std::size_t version = offsetof(dm_ioctl, version);
  ReplyHeader header;
  header.version = {u32(version), u32(version + 4), u32(version + 8)};
  header.dataSize = u32(offsetof(dm_ioctl, data_size));
  header.dataStart = u32(offsetof(dm_ioctl, data_start));
  header.targetCount = u32(offsetof(dm_ioctl, target_count));
  header.openCount = load<std::int32_t>(packet, offsetof(dm_ioctl, open_count)).value_or(0);
  header.flags = u32(offsetof(dm_ioctl, flags));
  header.eventNr = u32(offsetof(dm_ioctl, event_nr));
  header.device = decodeDevice(load<std::uint64_t>(packet, offsetof(dm_ioctl, dev)).value_or(0));
  if (const char* fault = sizeFault(header.dataSize, header.dataStart, packet.size()))
    return malformed(fault);
  const auto name = loadText(packet.subspan(offsetof(dm_ioctl, name), uapi::nameLength), 0);
  const auto uuid = loadText(packet.subspan(offsetof(dm_ioctl, uuid), uapi::uuidLength), 0);
  if (!name) return malformed("the name has no end");
  if (!uuid) return malformed("the uuid has no end");
  header.name = *name;
  header.uuid = *uuid;
  return header;
}

std::span<const std::byte> payloadOf(const ReplyHeader& header,
                                     std::span<const std::byte> packet) noexcept {
  const std::size_t end = std::min<std::size_t>(header.dataSize, packet.size());
  if (header.dataStart >= end) return {};
  return packet.subspan(header.dataStart, end - header.dataStart);
}

}  // namespace devmap::codec
