// Verbs for the two tables of a device: loading the inactive one, making it live, and getting back
// when that fails.
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
  /// Do not load what is there already. Compared is the inactive table, or the live one where there
  /// is none: the read-only flag, and each row by sectors, type and the words of its parameters; a
  /// path counts as the `major:minor` it leads to. When in doubt, it is loaded.
  bool skipIdentical = false;
};

enum class Load : std::uint8_t {
  done,       ///< the rows are in the inactive slot
  identical,  ///< they are there, or live, already: nothing was done (LoadOptions::skipIdentical)
};

/// Loads rows into the inactive slot; what was there before goes. A failed load changes nothing.
DEVMAP_API Result<Load> load(DeviceMapper& context, const DeviceRef& device,
                             std::span<const Row> rows, const LoadOptions& options = {}) noexcept;
/// Drops the inactive table, if there is one.
DEVMAP_API Result<void> clear(DeviceMapper& context, const DeviceRef& device) noexcept;

/// Which table a device has live after a swap.
enum class LiveTable : std::uint8_t {
  previous,     ///< the one from before the call, or still none
  replacement,  ///< the one that was in the inactive slot
  unknown,      ///< it could not be found out
};

/// Where a swap ended, also a failed one.
struct SwapState {
  LiveTable live = LiveTable::previous;
  bool suspended = false;  ///< the device stands still now
};

struct ResumeOptions {
  bool noFlush = false;  ///< for the suspend that the kernel does by itself before it swaps tables
  bool skipLockfs = false;  ///< the same
  Waiting waiting{};
};

/// Resumes a device; an inactive table becomes the live one, and a device that runs is suspended
/// for that moment by the kernel. When it fails, a device that ran before is resumed again, with
/// the table that is live then, and `state`, if given, and the error's detail tell which: the one
/// from before, or, when only the last step of the new one failed (a wiped crypt key), the new one.
/// The inactive table is gone. A device that was suspended before stays so. interrupted: nothing
/// happened. Source: dm-ioctl.c: do_resume; dm.c: dm_swap_table, dm_resume.
DEVMAP_API Result<void> resume(DeviceMapper& context, const DeviceRef& device,
                               const ResumeOptions& options = {},
                               SwapState* state = nullptr) noexcept;

struct ReloadOptions {
  LoadOptions load{};
  ResumeOptions resume{};
};

/// Gives a device another table: load, which happens while it still runs, then resume as above.
/// After an error the inactive slot is empty. `Load::identical`: with skipIdentical, the rows were
/// live already, and nothing was done, not even a resume.
DEVMAP_API Result<Load> reload(DeviceMapper& context, const DeviceRef& device,
                               std::span<const Row> rows, const ReloadOptions& options = {},
                               SwapState* state = nullptr) noexcept;

}  // namespace devmap
