// Decodes requests on their way to the kernel, for traces and dry runs. Views point into the
// packet.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <codec/header.hpp>
#include <devmap/table.hpp>
#include <devmap/types.hpp>

namespace devmap::codec {

/// Rows of TABLE_LOAD: header.targetCount of them, or fewer if the packet ends early. Literal
/// backslashes are still doubled.
[[nodiscard]] std::vector<TableRow> requestRows(const ReplyHeader& header,
                                                std::span<const std::byte> packet);

struct RequestMessage {
  Sectors sector;
  std::string_view text;
};
/// Payload of TARGET_MSG. Nothing when its text has no NUL.
[[nodiscard]] std::optional<RequestMessage> requestMessage(
    const ReplyHeader& header, std::span<const std::byte> packet) noexcept;

/// Payload of RENAME (a name or a uuid), SET_GEOMETRY, GET_TARGET_VERSION. Nothing when it has no
/// NUL.
[[nodiscard]] std::optional<std::string_view> requestText(
    const ReplyHeader& header, std::span<const std::byte> packet) noexcept;

/// Turns a request into the reply of a kernel that carried it out: version, device and flags; no
/// payload.
void answer(std::span<std::byte> packet, Version version, DeviceNumber device,
            std::uint32_t flags) noexcept;

}  // namespace devmap::codec
