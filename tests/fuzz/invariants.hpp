// What must hold for every packet, whatever its contents. Used by the fuzz targets and the
// corruption unit tests. Each function decodes and returns what is wrong, or null.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include <codec/header.hpp>
#include <codec/reply.hpp>
#include <codec/request.hpp>
#include <uapi.hpp>

namespace devmap::check {

using Span = std::span<const std::byte>;

/// Whether the text lies in `bytes`, does not reach their end, and has no NUL.
inline bool within(std::string_view text, Span bytes) {
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  const auto at = reinterpret_cast<std::uintptr_t>(text.data());
  if (at < begin || at - begin >= bytes.size() || text.size() >= bytes.size() - (at - begin))
    return false;
  return text.find('\0') == text.npos;
}

/// The same, and a NUL follows.
inline bool inside(std::string_view text, Span bytes) {
  return within(text, bytes) && text.data()[text.size()] == '\0';
}

inline const char* errorFault(const Error& error) {
  if (error.code != Errc::malformedReply) return "an error of another kind than malformedReply";
  return error.detail.empty() ? "an error without detail" : nullptr;
}

/// A decoded header that is encoded again reads the same.
inline const char* headerTwice(const codec::ReplyHeader& header) {
  const bool fits = header.device.minor < (1U << 20);
  codec::RequestHeader request{header.flags, header.targetCount, header.eventNr,
                               header.name,  header.uuid,        header.device};
  std::vector<std::byte> packet(uapi::headerSize, std::byte{0xee});
  if (codec::encodeHeader(request, packet) != fits) return "a decoded header cannot be encoded";
  if (!fits) return nullptr;
  const auto again = codec::decodeHeader(packet);
  if (!again) return "an encoded header cannot be decoded";
  const bool same = again->flags == header.flags && again->targetCount == header.targetCount &&
                    again->eventNr == header.eventNr && again->device == header.device &&
                    again->name == header.name && again->uuid == header.uuid;
  return same ? nullptr : "a header changes when written and read again";
}

inline const char* header(Span packet) {
  const auto header = codec::decodeHeader(packet);
  if (!header) return errorFault(header.error());
  if (!inside(header->name, packet.subspan(48, 128)) ||
      !inside(header->uuid, packet.subspan(176, 129)))
    return "name or uuid outside";
  const Span payload = codec::payloadOf(*header, packet);
  if (!payload.empty() && (payload.data() < packet.data() + uapi::headerSize ||
                           payload.size() > packet.size() - uapi::headerSize)) {
    return "a payload outside of the packet";
  }
  return headerTwice(*header);
}

/// Rows that are encoded again, as a reply, read the same.
inline const char* rowsTwice(const std::vector<TableRow>& rows) {
  std::size_t size = uapi::headerSize;
  for (const TableRow& row : rows) {
    if (row.type.empty()) return nullptr;  // the encoder refuses what no kernel sends
    size += codec::rowSize(row.params, Backslash::escape);
  }
  std::vector<std::byte> packet(size, std::byte{0xee});
  if (!codec::encodeHeader({.targetCount = static_cast<std::uint32_t>(rows.size())}, packet))
    return "rows do not fit a header";
  std::size_t at = uapi::headerSize;
  for (const TableRow& row : rows) {
    const std::size_t step = codec::rowSize(row.params, Backslash::escape);
    if (!codec::encodeRow(row, Backslash::escape, std::span(packet).subspan(at, step)))
      return "a decoded row cannot be encoded";
    const auto next = static_cast<std::uint32_t>(
        at + step - uapi::headerSize);  // a reply counts from the first row
    std::memcpy(packet.data() + at + 20, &next, sizeof next);
    at += step;
  }
  const auto header = codec::decodeHeader(packet);
  if (!header) return "an encoded header cannot be decoded";
  const auto again = codec::decodeRows(*header, packet);
  if (!again || again->size() != rows.size()) return "encoded rows cannot be decoded";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TableRow &a = rows[i], &b = (*again)[i];
    if (a.start != b.start || a.length != b.length || a.type != b.type || a.params != b.params)
      return "a row changes";
  }
  return nullptr;
}

inline const char* rows(const codec::ReplyHeader& header, Span packet) {
  const auto rows = codec::decodeRows(header, packet);
  if (!rows) return errorFault(rows.error());
  const Span payload = codec::payloadOf(header, packet);
  if (rows->size() != (payload.empty() ? 0 : header.targetCount))
    return "another number of rows than target_count";
  const char* behind = nullptr;
  for (const TableRow& row : *rows) {
    if (!within(row.type, payload) || !inside(row.params, payload))
      return "a row's text outside of the payload";
    if (row.type.size() > 15) return "a type of more than 15 bytes";  // 15 bytes may lack the NUL
    if (behind != nullptr && row.type.data() < behind) return "a row that overlaps the one before";
    behind = row.params.data() + row.params.size();
  }
  return rowsTwice(*rows);
}

inline const char* list(const codec::ReplyHeader& header, Span packet,
                        codec::ListFeatures features) {
  const auto devices = codec::decodeList(header, packet, features);
  if (!devices) return errorFault(devices.error());
  const Span payload = codec::payloadOf(header, packet);
  const char* behind = nullptr;
  for (const ListedDevice& device : *devices) {
    if (!inside(device.name, payload)) return "a name outside of the payload";
    if (!device.uuid.empty() && !inside(device.uuid, payload))
      return "a uuid outside of the payload";
    if (!device.uuid.empty() && device.uuid.data() <= device.name.data() + device.name.size())
      return "a uuid before its name's end";
    if (device.eventNr.has_value() != features.eventNr)
      return "an event number that was not to be, or none";
    if (!device.uuid.empty() && !(features.uuid && features.eventNr))
      return "a uuid that was not to be";
    if (behind != nullptr && device.name.data() < behind)
      return "a record that overlaps the one before";
    behind = device.uuid.empty() ? device.name.data() + device.name.size()
                                 : device.uuid.data() + device.uuid.size();
  }
  return nullptr;
}

inline const char* list(const codec::ReplyHeader& header, Span packet) {
  for (const codec::ListFeatures features :
       {codec::ListFeatures{false, false}, {true, false}, {true, true}, {false, true}}) {
    if (const char* fault = list(header, packet, features)) return fault;
  }
  return nullptr;
}

inline const char* deps(const codec::ReplyHeader& header, Span packet) {
  const auto devices = codec::decodeDeps(header, packet);
  if (!devices) return errorFault(devices.error());
  const Span payload = codec::payloadOf(header, packet);
  if (payload.empty()) return devices->empty() ? nullptr : "devices out of nothing";
  std::uint32_t count = 0;
  std::memcpy(&count, payload.data(), sizeof count);
  if (devices->size() != count || devices->size() * 8 + 8 > payload.size())
    return "another number of devices than count";
  for (const DeviceNumber device : *devices) {
    if (codec::decodeDevice(codec::encodeDevice(device)) != device)
      return "a device number changes";
  }
  return nullptr;
}

inline const char* versions(const codec::ReplyHeader& header, Span packet) {
  const auto versions = codec::decodeVersions(header, packet);
  if (!versions) return errorFault(versions.error());
  const Span payload = codec::payloadOf(header, packet);
  const char* behind = nullptr;
  for (const TargetVersion& version : *versions) {
    if (!inside(version.name, payload)) return "a type's name outside of the payload";
    if (behind != nullptr && version.name.data() < behind)
      return "a record that overlaps the one before";
    behind = version.name.data() + version.name.size();
  }
  return nullptr;
}

inline const char* message(const codec::ReplyHeader& header, Span packet) {
  const auto reply = codec::decodeMessageReply(header, packet);
  if (!reply) return errorFault(reply.error());
  if (reply->has_value() != ((header.flags & uapi::flagDataOut) != 0))
    return "a text without the flag, or none with it";
  if (*reply && !inside(**reply, codec::payloadOf(header, packet)))
    return "a text outside of the payload";
  return nullptr;
}

/// All decoders over one packet, with a header that may be another packet's.
inline const char* payloads(const codec::ReplyHeader& header, Span packet) {
  for (const auto check : {rows, deps, versions, message}) {
    if (const char* fault = check(header, packet)) return fault;
  }
  return list(header, packet);
}

/// All decoders over one packet.
inline const char* all(Span packet) {
  if (const char* fault = header(packet)) return fault;
  const auto decoded = codec::decodeHeader(packet);
  return decoded ? payloads(*decoded, packet) : nullptr;
}

}  // namespace devmap::check
