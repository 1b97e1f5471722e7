// What the process has once: the context, where its nodes are, and what the program and its
// environment wish.
#pragma once

#include <memory>
#include <string>

#include <devmap/device_mapper.hpp>
#include <devmap/types.hpp>

namespace devmap::libdm {

/// The context. Opened on first use, and again after dm_lib_release or dm_set_dev_dir. Null: it
/// cannot be opened; that is logged, and errno says why.
[[nodiscard]] std::shared_ptr<DeviceMapper> context() noexcept;

/// The kernel that the context uses; another one for tests, which outlives its use.
[[nodiscard]] Kernel& kernel() noexcept;
void replaceKernel(Kernel& kernel) noexcept;

/// The directory of the nodes: /dev/mapper. Valid for ever.
[[nodiscard]] const char* directory() noexcept;

/// How the names of this process relate to those of the kernel.
[[nodiscard]] NameMangling mangling() noexcept;

/// Whether tasks can be synchronised with udev, and the program wishes it.
[[nodiscard]] bool udevSync() noexcept;

/// How long a wait for udev may take.
[[nodiscard]] Timeout udevDeadline() noexcept;

/// What a uuid of this program starts with; "LVM-" unless it says otherwise.
[[nodiscard]] std::string uuidPrefix();

}  // namespace devmap::libdm
