// The control node: opening it, one ioctl on it, and what the kernel's errno means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <codec/bytes.hpp>
#include <codec/header.hpp>
#include <devmap/error.hpp>
#include <task/context.hpp>

namespace devmap::detail {

/// Opens DIRECTORY/control into context.control and reads the interface version. Makes a missing
/// node with the kernel's fixed number, as an initramfs without udev needs. Removes it again if it
/// cannot be used.
Result<void> openControl(Context& context) noexcept;

struct TaskState;

/// Describes a call for its errors: what it is for, and for which task. Costs nothing unless there
/// is an error.
struct Call {
  DmCommand command;
  const char* operation;               ///< static storage
  const TaskState* subject = nullptr;  ///< its device is named in errors

  [[nodiscard]] std::string device() const;
};

/// What `errnum` from `command` means.
[[nodiscard]] Errc meaningOf(DmCommand command, int errnum) noexcept;
/// The error of a call that the kernel refused.
[[nodiscard]] Error kernelError(const Call& call, int errnum) noexcept;

/// Decodes the header of a reply to `request`. Errc::malformedReply also when the reply is about a
/// different device: its name, uuid or number is not that of the request.
Result<codec::ReplyHeader> decodeReply(const Call& call, const codec::RequestHeader& request,
                                       std::span<const std::byte> packet) noexcept;
/// Issues the ioctl with `packet`, which already holds the encoded `request`. Decodes the reply's
/// header.
Result<codec::ReplyHeader> execute(Context& context, const Call& call,
                                   const codec::RequestHeader& request,
                                   std::span<std::byte> packet) noexcept;

/// A header-only call: encodes into `packet` (312 bytes on the caller's stack) and executes it.
using HeaderPacket = std::array<std::byte, 312>;
Result<codec::ReplyHeader> executeHeader(Context& context, const Call& call,
                                         const codec::RequestHeader& request,
                                         HeaderPacket& packet) noexcept;

/// A call that only reads: the reply goes into `packet`, which grows until it fits. Repeats the
/// ioctl on BUFFER_FULL.
Result<codec::ReplyHeader> executeReading(Context& context, const Call& call,
                                          const codec::RequestHeader& request,
                                          codec::Bytes& packet) noexcept;

}  // namespace devmap::detail
