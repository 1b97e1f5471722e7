// Operations on the two tables of a device: loading the inactive one, making it live, and
// recovering when that fails.
#pragma once

#include <cstdint>
#include <span>

#include <devmap/device.hpp>
#include <devmap/device_mapper.hpp>
#include <devmap/device_ref.hpp>
#include <devmap/error.hpp>
#include <devmap/table.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>

namespace devmap {

struct LoadOptions {
  bool readOnly = false;
  bool secure = false;  ///< rows hold secrets
  Backslash backslash = Backslash::literal;
  /// Do not load rows that are already there. They are compared with the inactive table, or with
  /// the live one where there is none. A table is identical if its read-only flag matches, and each
  /// row matches in sectors, type and the words of its parameters. A path is equal to the
  /// `major:minor` it leads to. When in doubt, the rows are loaded.
  bool skipIdentical = false;
};

enum class Load : std::uint8_t {
  done,       ///< the rows are in the inactive slot
  identical,  ///< they are already there, or live: nothing was done (LoadOptions::skipIdentical)
};

/// Loads rows into the inactive slot, replacing what was there. A failed load changes nothing.
DEVMAP_API Result<Load> load(DeviceMapper& context, const DeviceRef& device,
                             std::span<const Row> rows, const LoadOptions& options = {}) noexcept;
/// Drops the inactive table, if there is one.
DEVMAP_API Result<void> clear(DeviceMapper& context, const DeviceRef& device) noexcept;

/// Which table a device has live after a swap.
enum class LiveTable : std::uint8_t {
  previous,     ///< the one from before the call, or still none
  replacement,  ///< the one that was in the inactive slot
  unknown,      ///< it could not be determined
};

/// The state after a swap, including a failed one.
struct SwapState {
  LiveTable live = LiveTable::previous;
  bool suspended = false;  ///< the device is suspended now
};

struct ResumeOptions {
  bool noFlush = false;     ///< for the suspend that the kernel itself does before it swaps tables
  bool skipLockfs = false;  ///< the same
  Waiting waiting{};
};

/// Resumes a device; an inactive table becomes the live one. The kernel suspends a running device
/// for the swap. If the resume fails, a device that ran before is resumed again with the table that
/// is live then. `state`, if given, and the error's detail say which table that is. It is the
/// previous one, or the new one when only its last step failed (a wiped crypt key). The inactive
/// table is gone. A device that was suspended before stays suspended. interrupted: nothing
/// happened. Source: dm-ioctl.c: do_resume; dm.c: dm_swap_table, dm_resume.
DEVMAP_API Result<void> resume(DeviceMapper& context, const DeviceRef& device,
                               const ResumeOptions& options = {},
                               SwapState* state = nullptr) noexcept;

struct ReloadOptions {
  LoadOptions load{};
  ResumeOptions resume{};
};

/// Replaces the table of a device: a load while it still runs, then a resume as above. After a
/// failed resume the inactive slot is empty. `Load::identical`: with skipIdentical, the rows were
/// live already and nothing was done, not even a resume.
DEVMAP_API Result<Load> reload(DeviceMapper& context, const DeviceRef& device,
                               std::span<const Row> rows, const ReloadOptions& options = {},
                               SwapState* state = nullptr) noexcept;

}  // namespace devmap
