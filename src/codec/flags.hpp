// Flags and limits of the interface for the layer above, which does not include the kernel's
// header.
#pragma once

#include <uapi.hpp>

namespace devmap::codec {

using uapi::cookieMagic;
using uapi::flagActivePresent;
using uapi::flagBufferFull;
using uapi::flagDeferredRemove;
using uapi::flagIma;
using uapi::flagInactivePresent;
using uapi::flagInternalSuspend;
using uapi::flagNoFlush;
using uapi::flagPersistentDev;
using uapi::flagQueryInactive;
using uapi::flagReadOnly;
using uapi::flagSecureData;
using uapi::flagSkipLockfs;
using uapi::flagStatusTable;
using uapi::flagSuspend;
using uapi::flagUeventGenerated;
using uapi::flagUuid;
using uapi::headerSize;
using uapi::maxPacketSize;
using uapi::typeLength;

/// Offsets in an encoded row: the distance to the next row (u32), and the type (16 bytes with its
/// NUL).
inline constexpr std::size_t rowNextOffset = offsetof(dm_target_spec, next);
inline constexpr std::size_t rowTypeOffset = offsetof(dm_target_spec, target_type);

}  // namespace devmap::codec
