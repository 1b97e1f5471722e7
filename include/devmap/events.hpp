// What happens to all devices of a system, over one descriptor: created, removed, renamed, table
// changed, target event.
//
//   auto monitor = EventMonitor::open();
//   for (const WatchedDevice& device : monitor->devices()) ...  // what exists already
//   for (;;) {
//     auto event = monitor->next(1h);  // or poll monitor->fd(), then monitor->read()
//     if (event) ...
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// One device at the last look.
struct WatchedDevice {
  DeviceNumber device;
  std::string name;           ///< any bytes, as Options::mangling says
  std::string uuid;           ///< empty: none, or interface before 4.45
  std::uint32_t eventNr = 0;  ///< starts at 0 when the device is created
};

/// What happened to one device between two looks.
struct DeviceEvent {
  enum class Kind : std::uint8_t {
    removed,
    renamed,       ///< a new name; or its first uuid, then name == oldName
    created,       ///< with or without a table
    tableChanged,  ///< another live table, or its first one. Not for a load, nor for a resume
                   ///< without a new table
    targetEvent,   ///< the event number rose: a path failed, a pool is filling up, a mirror is in
                   ///< sync, ... Check the status
  };
  Kind kind = Kind::created;
  /// Identifies the device; names can move from one to another between two looks.
  DeviceNumber device;
  std::string name;           ///< now; for a removed device, the last one
  std::string oldName;        ///< renamed: the previous one; else empty
  std::string uuid;           ///< as name
  std::uint32_t eventNr = 0;  ///< now; for a removed device, the last one seen
  std::uint32_t count =
      1;  ///< targetEvent: how often the number rose, including renames that left no trace; else 1
};

struct EventOptions {
  /// Report tableChanged. The kernel reports that some table changed, but not which: event numbers
  /// stay the same (dm.c: dm_swap_table). So every look reads the tables of all devices, one ioctl
  /// each. Each may wait for a change in progress (dm-ioctl.c: _hash_lock). Tables may hold keys:
  /// they are read as secrets and wiped, and only a hash of each is kept. Without this option a
  /// look is two ioctls, whatever the number of devices, and a new table is not an event.
  bool tableChanges = true;
};

/// Watches all devices over its own control descriptor. It looks only when the kernel has news: it
/// arms the descriptor, lists the devices, and compares them with the previous look. Arming comes
/// first, so a change during a look is news for the next one, and nothing is lost.
///
/// Changes of one device between two looks merge. A chain of renames is one rename, and several
/// table changes are one. A device that was created and removed again is not seen. Target events
/// are counted. To bound the cost of a flood, look less often: the descriptor stays readable.
/// Events of one look come in the order of Kind: all removals, then renames, and so on. So a name
/// is free before it is reused.
///
/// Two things distinguish a reused number from a rename. The uuid never changes. The event number
/// is raised by a rename where there is a live table, and starts at 0 for a new device. These cases
/// cannot be distinguished, and are reported as:
///  * removed and created again with the same number, name and uuid, and no smaller event number:
///    the same device (its table may be reported as changed);
///  * without a uuid, removed and another created with the same number and a larger event number:
///    renamed;
///  * without a uuid and without a live table, renamed or given a uuid: removed and created;
///  * a table swapped for one of the same text, or back again: nothing.
/// There is no event at all for: load, clear, suspend, resume without a new table, failed calls,
/// messages that raise no target event. There is none either when a snapshot with `PO` overflows,
/// or a snapshot-merge ends (dm-snap.c): poll their status.
///
/// Threading: one thread at a time; distinct monitors are independent. Lifetime: independent of the
/// context it was opened with; must not outlive its Kernel.
class DEVMAP_API EventMonitor {
 public:
  /// Opens a control descriptor as `context` did, and takes the first look. It fills devices() and
  /// reports no events. Errors: as DeviceMapper::open; unsupported before interface 4.37 (Linux
  /// 4.14); as read().
  [[nodiscard]] static Result<EventMonitor> open(DeviceMapper& context,
                                                 EventOptions options = {}) noexcept;
  /// On the shared system context.
  [[nodiscard]] static Result<EventMonitor> open(EventOptions options = {}) noexcept;

  EventMonitor(EventMonitor&& other) noexcept;
  EventMonitor& operator=(EventMonitor&& other) noexcept;
  ~EventMonitor();

  /// For poll, epoll and the like: readable (POLLIN, level-triggered) from the first news until
  /// read() or next() looks. Do not read, arm or close it. It is a descriptor of the Kernel. Events
  /// that next() has queued but not returned yet do not make it readable.
  [[nodiscard]] int fd() const noexcept;

  /// Looks without waiting. Returns all events since the last look, in order. There may be none:
  /// not every change is an event. Errors: outOfMemory, malformedReply, and those of the kernel. An
  /// error loses nothing, but fd() may not be readable for what the failed look missed: call again.
  [[nodiscard]] Result<std::vector<DeviceEvent>> read() noexcept;

  /// The next event; waits for it at most `timeout` (Timeout::max(): forever). Zero: only what has
  /// happened already. Errors: timedOut; interrupted by a signal; as read().
  [[nodiscard]] Result<DeviceEvent> next(Timeout timeout) noexcept;

  /// All devices at the last look, sorted by number. They are the state after all events, including
  /// those still in the queue of next(). Valid until the next call that looks.
  [[nodiscard]] const std::vector<WatchedDevice>& devices() const noexcept;

 private:
  struct State;
  explicit EventMonitor(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace devmap
