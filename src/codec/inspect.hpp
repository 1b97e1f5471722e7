// What a packet says on its way to the kernel, for those that look at others' packets: traces, dry
// runs. Views point into the packet.
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

/// Rows of TABLE_LOAD, with backslashes doubled where they are literal: header.targetCount of them,
/// or fewer where the packet ends early.
[[nodiscard]] std::vector<TableRow> requestRows(const ReplyHeader& header,
                                                std::span<const std::byte> packet);

struct RequestMessage {
  Sectors sector;
  std::string_view text;
};
/// Of TARGET_MSG. Nothing when it has no end.
[[nodiscard]] std::optional<RequestMessage> requestMessage(
    const ReplyHeader& header, std::span<const std::byte> packet) noexcept;

/// Of RENAME (a name or a uuid), SET_GEOMETRY, GET_TARGET_VERSION. Nothing when it has no end.
[[nodiscard]] std::optional<std::string_view> requestText(
    const ReplyHeader& header, std::span<const std::byte> packet) noexcept;

/// Makes a request its own answer, as of a kernel that did as told: version, device and flags; no
/// payload.
void answer(std::span<std::byte> packet, Version version, DeviceNumber device,
            std::uint32_t flags) noexcept;

}  // namespace devmap::codec
