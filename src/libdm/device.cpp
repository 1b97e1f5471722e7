// Block devices by their number, and nodes.

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include <devmap/block.hpp>
#include <devmap/block_queue.hpp>
#include <devmap/dependencies.hpp>

#include "entry.hpp"
#include "log.hpp"
#include "process.hpp"
#include "task.hpp"

namespace devmap::libdm {
namespace {

/// The name of a device-mapper device from sysfs, in the kernel's form. Empty: it is none.
std::string mappedName(DeviceNumber device) noexcept {
  const std::string path = "/sys/dev/block/" + toString(device) + "/dm/name";
  std::array<char, 256> text{};
  std::size_t size = 0;
  if (kernel().readText(path.c_str(), text, size) != 0) return {};
  std::string name(text.data(), size);
  if (name.ends_with('\n')) name.pop_back();
  return name;
}

bool put(std::string_view text, char* buffer, std::size_t size) noexcept {
  if (text.empty() || text.size() >= size) return false;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  return true;
}

}  // namespace
}  // namespace devmap::libdm

using namespace devmap::libdm;

int dm_is_dm_major(uint32_t major) {
  const Entry entry;
  return devmap::deviceMapperMajor(kernel()) == major ? 1 : 0;
}

int dm_device_get_name(uint32_t major, uint32_t minor, int preferKernelName, char* buffer,
                       size_t size) {
  const Entry entry;
  if (buffer == nullptr || size == 0) return 0;
  buffer[0] = '\0';
  const devmap::DeviceNumber device{major, minor};
  if (preferKernelName == 0) {
    const std::string name = mappedName(device);
    if (put(name, buffer, size)) return 1;
    if (!name.empty()) logError("_sysfs_get_dm_name: supplied buffer too small.");
  }
  const std::string name = devmap::kernelName(device, kernel());
  if (put(name, buffer, size)) return 1;
  if (!name.empty()) logError("_sysfs_get_kernel_name: output buffer too small");
  return 0;
}

int dm_device_has_holders(uint32_t major, uint32_t minor) {
  const Entry entry;
  return devmap::usersOf(devmap::DeviceNumber{major, minor}, kernel()).devices.empty() ? 0 : 1;
}

int dm_device_has_mounted_fs(uint32_t major, uint32_t minor) {
  const Entry entry;
  const auto users = devmap::usersOf(devmap::DeviceNumber{major, minor}, kernel());
  return users.mounts.empty() && users.fileSystems.empty() ? 0 : 1;
}

uint32_t dm_task_get_read_ahead(const dm_task* task, uint32_t* sectors) {
  const Entry entry;
  if (sectors != nullptr) *sectors = 0;
  if (task == nullptr || sectors == nullptr || task->results.info.exists == 0) return 0;
  const auto present = context();
  if (present == nullptr) return 0;
  const dm_info& info = task->results.info;
  const auto ahead = devmap::readAhead(*present, devmap::DeviceNumber{info.major, info.minor});
  if (!ahead) return 0;
  *sectors = static_cast<uint32_t>(ahead->count);
  return 1;
}

int dm_mknodes(const char* name) {
  const Entry entry;
  dm_task task(DM_DEVICE_MKNODES);
  if (name != nullptr) task.name = name;
  return run(task).done ? 1 : 0;
}
