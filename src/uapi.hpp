// The only file that includes <linux/dm-ioctl.h>. Asserts everything in it that devmap relies on.
// Adds what is newer than the installed header, so that the library builds with old headers and
// speaks interface 4.50.
#pragma once

#include <linux/dm-ioctl.h>
#include <linux/ioctl.h>

#include <cstddef>
#include <cstdint>

namespace devmap::uapi {

static_assert(sizeof(dm_ioctl) == 312 && offsetof(dm_ioctl, data) == 305);
static_assert(offsetof(dm_ioctl, data_size) == 12 && offsetof(dm_ioctl, data_start) == 16 &&
              offsetof(dm_ioctl, target_count) == 20);
static_assert(offsetof(dm_ioctl, open_count) == 24 && offsetof(dm_ioctl, flags) == 28 &&
              offsetof(dm_ioctl, event_nr) == 32);
static_assert(offsetof(dm_ioctl, dev) == 40 && offsetof(dm_ioctl, name) == 48 &&
              offsetof(dm_ioctl, uuid) == 176);
static_assert(sizeof(dm_target_spec) == 40 && offsetof(dm_target_spec, length) == 8 &&
              offsetof(dm_target_spec, status) == 16);
static_assert(offsetof(dm_target_spec, next) == 20 && offsetof(dm_target_spec, target_type) == 24);
static_assert(offsetof(dm_target_deps, dev) == 8);
static_assert(offsetof(dm_name_list, next) == 8 && offsetof(dm_name_list, name) == 12);
static_assert(offsetof(dm_target_versions, version) == 4 &&
              offsetof(dm_target_versions, name) == 16);
static_assert(offsetof(dm_target_msg, message) == 8);
static_assert(DM_NAME_LEN == 128 && DM_UUID_LEN == 129 && DM_MAX_TYPE_NAME == 16 &&
              DM_IOCTL == 0xfd);

// Sizes and offsets as they are on the wire, on 32-bit and 64-bit user space alike.
inline constexpr std::size_t headerSize = sizeof(dm_ioctl);
inline constexpr std::size_t minPacketSize =
    offsetof(dm_ioctl, data);  // the kernel refuses data_size below this
inline constexpr std::size_t specSize = sizeof(dm_target_spec);
inline constexpr std::size_t nameOffsetInList = offsetof(dm_name_list, name);
inline constexpr std::size_t payloadAlign = 8;
inline constexpr std::size_t maxPacketSize =
    std::size_t{1} << 30;  // dm-ioctl.c: DM_MAX_TARGETS * DM_MAX_TARGET_PARAMS

inline constexpr std::size_t nameLength = DM_NAME_LEN;
inline constexpr std::size_t uuidLength = DM_UUID_LEN;
inline constexpr std::size_t typeLength = DM_MAX_TYPE_NAME;

// Flags of dm_ioctl.flags, by value: an old header may lack the later ones.
inline constexpr std::uint32_t flagReadOnly = 1U << 0;
inline constexpr std::uint32_t flagSuspend = 1U << 1;
inline constexpr std::uint32_t flagPersistentDev = 1U << 3;
inline constexpr std::uint32_t flagStatusTable = 1U << 4;
inline constexpr std::uint32_t flagActivePresent = 1U << 5;
inline constexpr std::uint32_t flagInactivePresent = 1U << 6;
inline constexpr std::uint32_t flagBufferFull = 1U << 8;
inline constexpr std::uint32_t flagSkipLockfs = 1U << 10;
inline constexpr std::uint32_t flagNoFlush = 1U << 11;
inline constexpr std::uint32_t flagQueryInactive = 1U << 12;
inline constexpr std::uint32_t flagUeventGenerated = 1U << 13;
inline constexpr std::uint32_t flagUuid = 1U << 14;
inline constexpr std::uint32_t flagSecureData = 1U << 15;
inline constexpr std::uint32_t flagDataOut = 1U << 16;
inline constexpr std::uint32_t flagDeferredRemove = 1U << 17;
inline constexpr std::uint32_t flagInternalSuspend = 1U << 18;
inline constexpr std::uint32_t flagIma = 1U << 19;  // since 5.15, without a new interface version
static_assert(flagReadOnly == DM_READONLY_FLAG && flagSuspend == DM_SUSPEND_FLAG &&
              flagBufferFull == DM_BUFFER_FULL_FLAG);
static_assert(flagUeventGenerated == DM_UEVENT_GENERATED_FLAG && flagUuid == DM_UUID_FLAG &&
              flagSecureData == DM_SECURE_DATA_FLAG);

// An ioctl on a device-mapper block device itself (interface 4.50).
inline constexpr unsigned multipathProbe = _IO(DM_IOCTL, 18);

// dm_name_list, from interface 4.37 on: u32 event_nr, u32 flags after the name, then the uuid
// (from 4.45 on, on request).
inline constexpr std::uint32_t listHasUuid = 1;

// Cookies (libdevmapper.h: DM_COOKIE_MAGIC; 55-dm.rules).
inline constexpr std::uint32_t cookieMagic = 0x0D4D;

}  // namespace devmap::uapi
