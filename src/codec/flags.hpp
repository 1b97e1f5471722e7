// The flags and limits of the interface, for the layer above: what it may know of the UAPI without
// seeing the kernel's header.
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

/// Inside an encoded row: the distance to the next one (u32) and the type (16 bytes with its NUL).
inline constexpr std::size_t rowNextOffset = offsetof(dm_target_spec, next);
inline constexpr std::size_t rowTypeOffset = offsetof(dm_target_spec, target_type);

}  // namespace devmap::codec
