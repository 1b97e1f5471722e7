// Payloads that come from the kernel. The packet is untrusted: every load is checked against the
// payload's end, by subtraction; offsets must move forward; strings need their NUL inside the
// payload. Views point into the packet. See FORMAT.md. Every function fails with
// Errc::malformedReply only; `detail` names the violation. Check flagBufferFull first: the payload
// of a reply that did not fit is meaningless.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <codec/header.hpp>
#include <devmap/error.hpp>
#include <devmap/table.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>

namespace devmap::codec {

/// Rows of TABLE_STATUS and DEV_WAIT: header.targetCount of them; `next` is relative to the first
/// spec of the payload. An empty payload means no rows, whatever the count: a table can vanish
/// between the kernel's counting and its writing (dm-ioctl.c: table_status).
[[nodiscard]] Result<std::vector<TableRow>> decodeRows(const ReplyHeader& header,
                                                       std::span<const std::byte> packet) noexcept;

/// What the records of LIST_DEVICES hold after the name. Depends on the interface version, and for
/// the uuid on the request.
struct ListFeatures {
  bool eventNr =
      false;  ///< u32 event_nr and u32 flags follow the name at the next multiple of 8 (4.37)
  bool uuid = false;  ///< then a uuid, where flags say so (4.45, requested with flagUuid)
};

/// Devices of LIST_DEVICES; `next` is relative to its record, 0 ends the list. A list is empty if
/// the payload is, or if its first record has device 0:0 (older kernels).
[[nodiscard]] Result<std::vector<ListedDevice>> decodeList(const ReplyHeader& header,
                                                           std::span<const std::byte> packet,
                                                           ListFeatures features) noexcept;

/// Devices of TABLE_DEPS: u32 count, u32 padding, count * u64. An empty payload means none.
[[nodiscard]] Result<std::vector<DeviceNumber>> decodeDeps(
    const ReplyHeader& header, std::span<const std::byte> packet) noexcept;

/// Target types of LIST_VERSIONS and GET_TARGET_VERSION; `next` is relative to its record, 0 ends
/// the list. An empty payload means none.
[[nodiscard]] Result<std::vector<TargetVersion>> decodeVersions(
    const ReplyHeader& header, std::span<const std::byte> packet) noexcept;

/// Text of a TARGET_MSG reply, without its NUL: nothing when the kernel did not set flagDataOut.
[[nodiscard]] Result<std::optional<std::string_view>> decodeMessageReply(
    const ReplyHeader& header, std::span<const std::byte> packet) noexcept;

}  // namespace devmap::codec
