// The steps of a run.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <devmap/device_mapper.hpp>
#include <devmap/task.hpp>

#include "cookie.hpp"
#include "task.hpp"

namespace devmap::libdm {

[[nodiscard]] bool isOneOf(int type, std::initializer_list<int> types) noexcept;
/// Whether a task of this type is about one device.
[[nodiscard]] bool needsDevice(int type) noexcept;
/// Whether udev hears of it.
[[nodiscard]] bool causesEvent(const dm_task& task) noexcept;

/// The device as the kernel wants it: one of name, uuid and number.
struct Address {
  std::string_view name, uuid;
  std::optional<DeviceNumber> device;
};
/// Resume, reload and remove prefer a number to a name. 0, or an errno: EINVAL where more than one
/// is given, ENXIO where none is.
[[nodiscard]] int addressOf(const dm_task& task, Address& address) noexcept;

/// A task with the settings that belong to its type. `cookie`: null, or locked until the task has
/// run. Without a cookie no program waits for udev: then the node is there when the run returns.
[[nodiscard]] Result<Task> build(const dm_task& task, DeviceMapper& context, const Address& address,
                                 Cookie* cookie) noexcept;

/// Copies what a successful run brought. False without memory for it.
[[nodiscard]] bool copyResults(dm_task& task, const Task& done) noexcept;

}  // namespace devmap::libdm
