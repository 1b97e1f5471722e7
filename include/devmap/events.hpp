// What happens to all devices of a system, over one descriptor: created, removed, renamed, table
// changed, target event.
//
//   auto monitor = EventMonitor::open();
//   for (const WatchedDevice& device : monitor->devices()) ...        // what is there already
//   for (;;) {
//     auto event = monitor->next(1h);                                  // or poll monitor->fd(),
//     then monitor->read() if (event) ...
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
  std::uint32_t eventNr = 0;  ///< counts from 0 when the device is created
};

/// What happened to one device between two looks.
struct DeviceEvent {
  enum class Kind : std::uint8_t {
    removed,
    renamed,       ///< a new name; or its first uuid, then name == oldName
    created,       ///< with or without a table
    tableChanged,  ///< another live table, or its first. Not for a load, nor for a resume without a
                   ///< new table
    targetEvent,   ///< the event number rose: a path failed, a pool is filling up, a mirror is in
                   ///< sync, ... Look at the status
  };
  Kind kind = Kind::created;
  DeviceNumber
      device;  ///< what a device is known by; names can move from one to another between two looks
  std::string name;           ///< now; of a removed device the last one
  std::string oldName;        ///< renamed: the one before; else empty
  std::string uuid;           ///< as name
  std::uint32_t eventNr = 0;  ///< now; of a removed device the last one seen
  std::uint32_t count =
      1;  ///< targetEvent: how often the number rose, renames that left no trace included; else 1
};

struct EventOptions {
  /// Report tableChanged. The kernel says that some table changed, not which: event numbers stay
  /// (dm.c: dm_swap_table). So every look reads the tables of all devices, one ioctl each, and each
  /// may wait for a change in progress (dm-ioctl.c: _hash_lock). Tables may hold keys: they are
  /// read as secrets, wiped, and only a hash of each is kept. Without it a look is two ioctls,
  /// whatever the number of devices, and a new table is not an event.
  bool tableChanges = true;
};

/// Watches all devices over one control descriptor of its own. It looks only when the kernel has
/// news: arms the descriptor, lists the devices, compares with the look before. Armed first, so
/// that what happens meanwhile is news for the next look and nothing is lost.
///
/// Between two looks changes of one device merge: a chain of renames is one, several table changes
/// are one, what was created and removed again is not seen; target events are counted. To bound the
/// cost of a flood, look less often: the descriptor stays readable. Events of one look come as in
/// Kind: all removals, then renames, ...; so a name is free before it is given again.
///
/// A number that is used again is told from a rename by the uuid, which never changes, and by the
/// event number, which a rename raises where there is a live table and a new device starts from 0.
/// What cannot be told:
///  * removed and created again with the same number, name and uuid, and no smaller event number:
///  the same device
///    (its table may be reported as changed);
///  * without a uuid, removed and another created with the same number and a larger event number:
///  renamed;
///  * without a uuid and without a live table, renamed or given a uuid: removed and created;
///  * a table swapped for one of the same text, or back again: nothing.
/// No event at all for: load, clear, suspend, resume without a new table, failed calls, messages
/// that raise no target event; nor when a snapshot with `PO` overflows, or a snapshot-merge ends
/// (dm-snap.c): look at their status at intervals.
///
/// Threading: one thread at a time; distinct monitors are independent. Lifetime: independent of the
/// context it was opened with; must not outlive its Kernel.
class DEVMAP_API EventMonitor {
 public:
  /// Opens a control descriptor as `context` did, and takes the first look: devices() are there, no
  /// events. Errors: as DeviceMapper::open; unsupported before interface 4.37 (Linux 4.14); as
  /// read().
  [[nodiscard]] static Result<EventMonitor> open(DeviceMapper& context,
                                                 EventOptions options = {}) noexcept;
  /// With the shared system context.
  [[nodiscard]] static Result<EventMonitor> open(EventOptions options = {}) noexcept;

  EventMonitor(EventMonitor&& other) noexcept;
  EventMonitor& operator=(EventMonitor&& other) noexcept;
  ~EventMonitor();

  /// For poll, epoll and the like: readable (POLLIN, level-triggered) from the first news until
  /// read() or next() looks. Do not read, arm or close it. A descriptor of the Kernel; events that
  /// next() has not handed over yet do not make it readable.
  [[nodiscard]] int fd() const noexcept;

  /// Looks, without waiting. All events since, in order; none is possible: not every news is an
  /// event. Errors: outOfMemory, malformedReply, as the kernel's. Nothing is lost by an error, but
  /// fd() may not be readable for what the failed look should have seen: call again.
  [[nodiscard]] Result<std::vector<DeviceEvent>> read() noexcept;

  /// The next event, waiting for it at most `timeout` (Timeout::max(): for ever). Zero: only what
  /// has happened already. Errors: timedOut; interrupted by a signal; as read().
  [[nodiscard]] Result<DeviceEvent> next(Timeout timeout) noexcept;

  /// All devices at the last look, sorted by number: what the events read so far, and those still
  /// in the queue of next(), lead to. Valid until the next call that looks.
  [[nodiscard]] const std::vector<WatchedDevice>& devices() const noexcept;

 private:
  struct State;
  explicit EventMonitor(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace devmap
