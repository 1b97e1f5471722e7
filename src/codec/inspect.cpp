#include <codec/inspect.hpp>

#include <cstdint>

#include <codec/load.hpp>
#include <uapi.hpp>

namespace devmap::codec {

std::vector<TableRow> requestRows(const ReplyHeader& header, std::span<const std::byte> packet) {
  std::vector<TableRow> rows;
  std::span<const std::byte> rest = payloadOf(header, packet);
  while (rows.size() < header.targetCount) {
    const auto start = load<std::uint64_t>(rest, offsetof(dm_target_spec, sector_start));
    const auto length = load<std::uint64_t>(rest, offsetof(dm_target_spec, length));
    const auto next = load<std::uint32_t>(rest, offsetof(dm_target_spec, next));
    const auto params = loadText(rest, uapi::specSize);
    if (!start || !length || !next || !params) break;
    const auto type =
        loadText(rest.subspan(offsetof(dm_target_spec, target_type), uapi::typeLength), 0);
    if (!type) break;
    rows.push_back({Sectors{*start}, Sectors{*length}, *type, *params});
    if (*next < uapi::specSize || *next > rest.size()) break;
    rest = rest.subspan(*next);
  }
  return rows;
}

std::optional<RequestMessage> requestMessage(const ReplyHeader& header,
                                             std::span<const std::byte> packet) noexcept {
  const std::span<const std::byte> payload = payloadOf(header, packet);
  const auto sector = load<std::uint64_t>(payload, offsetof(dm_target_msg, sector));
  const auto text = loadText(payload, offsetof(dm_target_msg, message));
  if (!sector || !text) return std::nullopt;
  return RequestMessage{Sectors{*sector}, *text};
}

std::optional<std::string_view> requestText(const ReplyHeader& header,
                                            std::span<const std::byte> packet) noexcept {
  return loadText(payloadOf(header, packet), 0);
}

void answer(std::span<std::byte> packet, Version version, DeviceNumber device,
            std::uint32_t flags) noexcept {
  if (packet.size() < uapi::headerSize) return;
  store(packet, offsetof(dm_ioctl, version), version.major);
  store(packet, offsetof(dm_ioctl, version) + 4, version.minor);
  store(packet, offsetof(dm_ioctl, version) + 8, version.patch);
  store(packet, offsetof(dm_ioctl, data_size), static_cast<std::uint32_t>(uapi::minPacketSize));
  store(packet, offsetof(dm_ioctl, dev), encodeDevice(device));
  store(packet, offsetof(dm_ioctl, flags), flags);
}

}  // namespace devmap::codec
