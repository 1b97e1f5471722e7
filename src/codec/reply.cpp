#include <codec/reply.hpp>

#include <cstdint>
#include <cstring>

#include <codec/load.hpp>
#include <uapi.hpp>

namespace devmap::codec {
namespace {

using Span = std::span<const std::byte>;

constexpr std::size_t deviceOffset = offsetof(dm_target_deps, dev);
constexpr std::size_t versionNameOffset = offsetof(dm_target_versions, name);
/// The shortest row that another row can follow: spec, NUL, padding.
constexpr std::size_t shortestRow = uapi::specSize + uapi::payloadAlign;

constexpr std::size_t alignUp(std::size_t offset) noexcept {
  return (offset + uapi::payloadAlign - 1) / uapi::payloadAlign * uapi::payloadAlign;
}

Error malformed(const char* detail) noexcept {
  Error error;
  error.code = Errc::malformedReply;
  error.operation = "read reply";
  error.detail = detail;
  return error;
}

// A type has at most 15 bytes; kernels before 6.7 do not write the 16th (dm-ioctl.c:
// retrieve_status).
Result<TableRow> decodeRow(Span record) noexcept {
  const auto start = load<std::uint64_t>(record, offsetof(dm_target_spec, sector_start));
  const auto length = load<std::uint64_t>(record, offsetof(dm_target_spec, length));
  if (!start || !length || record.size() < uapi::specSize) return malformed("a row is cut off");
  const char* const type =
      reinterpret_cast<const char*>(record.data()) + offsetof(dm_target_spec, target_type);
  const auto params = loadText(record, uapi::specSize);
  if (!params) return malformed("a row's text has no end");
  return TableRow{
      Sectors{*start}, Sectors{*length}, {type, ::strnlen(type, uapi::typeLength - 1)}, *params};
}

/// A record of a list whose `next` is relative to the record itself. It reaches from `offset` to
/// the next record, or to the end of the payload for the last. Nothing when `next` leads into the
/// record's head, past the payload, or to an offset that is not a multiple of 8.
std::optional<Span> ownRecord(Span payload, std::size_t offset, std::uint32_t next,
                              std::size_t headSize) noexcept {
  const Span rest = payload.subspan(offset);
  if (next == 0) return rest;
  if (next <= headSize || next >= rest.size() || next % uapi::payloadAlign != 0)
    return std::nullopt;
  return rest.first(next);
}

Result<ListedDevice> decodeListed(Span record, std::uint64_t device,
                                  ListFeatures features) noexcept {
  const auto name = loadText(record, uapi::nameOffsetInList);
  if (!name) return malformed("a device's name has no end");
  ListedDevice listed{*name, {}, decodeDevice(device), std::nullopt};
  if (!features.eventNr) return listed;
  const std::size_t tail = alignUp(uapi::nameOffsetInList + name->size() + 1);
  listed.eventNr = load<std::uint32_t>(record, tail);
  const auto flags = load<std::uint32_t>(record, tail + sizeof(std::uint32_t));
  if (!flags) return malformed("a device's event number is cut off");
  if (!features.uuid || (*flags & uapi::listHasUuid) == 0) return listed;
  const auto uuid = loadText(record, tail + 2 * sizeof(std::uint32_t));
  if (!uuid) return malformed("a device's uuid has no end");
  listed.uuid = *uuid;
  return listed;
}

Result<TargetVersion> decodeVersion(Span record) noexcept {
  constexpr std::size_t at = offsetof(dm_target_versions, version);
  const auto major = load<std::uint32_t>(record, at);
  const auto minor = load<std::uint32_t>(record, at + 4);
  const auto patch = load<std::uint32_t>(record, at + 8);
  if (!major || !minor || !patch) return malformed("a target version is cut off");
  const auto name = loadText(record, versionNameOffset);
  if (!name) return malformed("a target type's name has no end");
  return TargetVersion{*name, {*major, *minor, *patch}};
}

}  // namespace

Result<std::vector<TableRow>> decodeRows(const ReplyHeader& header, Span packet) noexcept {
  const Span payload = payloadOf(header, packet);
  std::vector<TableRow> rows;
  if (payload.empty())
    return rows;  // whatever the count: the table can vanish between the kernel's two looks
  const std::size_t count = header.targetCount;
  if (count > (payload.size() + uapi::payloadAlign - 1) / shortestRow)
    return malformed("target_count rows do not fit");
  rows.reserve(count);
  for (std::size_t offset = 0, left = count; left != 0; --left) {
    const auto next = load<std::uint32_t>(payload, offset + offsetof(dm_target_spec, next));
    if (!next) return malformed("a row is cut off");
    const bool last = left == 1;  // its `next` is the padded end, up to 7 bytes past the payload
    if (!last && (*next <= offset || *next >= payload.size() || *next % uapi::payloadAlign != 0)) {
      return malformed("a row's next does not lead forward inside the payload");
    }
    auto row = decodeRow(last ? payload.subspan(offset) : payload.subspan(offset, *next - offset));
    if (!row) return std::move(row).error();
    rows.push_back(*row);
    offset = *next;
  }
  return rows;
}

Result<std::vector<ListedDevice>> decodeList(const ReplyHeader& header, Span packet,
                                             ListFeatures features) noexcept {
  const Span payload = payloadOf(header, packet);
  std::vector<ListedDevice> devices;
  if (payload.empty()) return devices;
  for (std::size_t offset = 0;;) {
    const auto device = load<std::uint64_t>(payload, offset + offsetof(dm_name_list, dev));
    if (device && *device == 0 && offset == 0) return devices;
    const auto next = load<std::uint32_t>(payload, offset + offsetof(dm_name_list, next));
    if (!device || !next) return malformed("a device's record is cut off");
    const auto record = ownRecord(payload, offset, *next, uapi::nameOffsetInList);
    if (!record) return malformed("a device's next does not lead forward inside the payload");
    auto listed = decodeListed(*record, *device, features);
    if (!listed) return std::move(listed).error();
    devices.push_back(*listed);
    if (*next == 0) return devices;
    offset += *next;
  }
}

Result<std::vector<DeviceNumber>> decodeDeps(const ReplyHeader& header, Span packet) noexcept {
  const Span payload = payloadOf(header, packet);
  std::vector<DeviceNumber> devices;
  if (payload.empty()) return devices;
  const auto count = load<std::uint32_t>(payload, offsetof(dm_target_deps, count));
  if (!count || payload.size() < deviceOffset) return malformed("the list of devices is cut off");
  if (*count > (payload.size() - deviceOffset) / sizeof(std::uint64_t))
    return malformed("count devices do not fit");
  devices.reserve(*count);
  for (std::size_t i = 0; i != *count; ++i) {
    devices.push_back(decodeDevice(
        load<std::uint64_t>(payload, deviceOffset + i * sizeof(std::uint64_t)).value_or(0)));
  }
  return devices;
}

Result<std::vector<TargetVersion>> decodeVersions(const ReplyHeader& header, Span packet) noexcept {
  const Span payload = payloadOf(header, packet);
  std::vector<TargetVersion> versions;
  if (payload.empty()) return versions;
  for (std::size_t offset = 0;;) {
    const auto next = load<std::uint32_t>(payload, offset + offsetof(dm_target_versions, next));
    if (!next) return malformed("a target version is cut off");
    const auto record = ownRecord(payload, offset, *next, versionNameOffset);
    if (!record)
      return malformed("a target version's next does not lead forward inside the payload");
    auto version = decodeVersion(*record);
    if (!version) return std::move(version).error();
    versions.push_back(*version);
    if (*next == 0) return versions;
    offset += *next;
  }
}

Result<std::optional<std::string_view>> decodeMessageReply(const ReplyHeader& header,
                                                           Span packet) noexcept {
  if ((header.flags & uapi::flagDataOut) == 0) return std::optional<std::string_view>{};
  const auto text = loadText(payloadOf(header, packet), 0);
  if (!text) return malformed("the reply to a message has no end");
  return text;
}

}  // namespace devmap::codec
