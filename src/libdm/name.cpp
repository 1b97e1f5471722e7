// Names of devices: by name, or by the path of a node.

#include <algorithm>
#include <string>

#include <devmap/name.hpp>
#include <devmap/query.hpp>

#include "entry.hpp"
#include "log.hpp"
#include "process.hpp"
#include "task.hpp"

namespace devmap::libdm {
namespace {

constexpr std::size_t nameRoom = 128;  // with its NUL (dm-ioctl.h: DM_NAME_LEN)
constexpr std::size_t uuidRoom = 129;

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

/// The kernel's form of a name or uuid; logs why there is none.
bool toKernel(std::string_view text, const char* kind, std::string& kernelForm) noexcept {
  auto mangled = mangle(text, mangling());
  if (!mangled) {
    logError("The " + std::string(kind) + ' ' + quoted(text) +
             " contains mixed mangled and unmangled characters or it's already mangled "
             "improperly.");
    return false;
  }
  kernelForm = *std::move(mangled);
  return true;
}

bool numberAt(const std::string& path, DeviceNumber& number) noexcept {
  NodeInfo node;
  if (kernel().nodeInfo(path.c_str(), true, node) != 0 || node.type != NodeType::blockDevice)
    return false;
  number = node.device;
  return true;
}

/// The name in the kernel of the device whose node is at `path`; empty if there is none.
std::string nameAt(std::string_view path) noexcept {
  DeviceNumber number;
  if (!numberAt(std::string(path), number)) {
    // `vg/lv` is below /dev.
    const std::string folder = directory();
    const bool relative = !path.starts_with('/') && std::ranges::count(path, '/') == 1;
    const std::string parent = folder.substr(0, folder.rfind('/') + 1);
    if (!relative || !numberAt(parent + std::string(path), number)) return {};
  }
  const std::string last(path.substr(path.rfind('/') + 1));
  DeviceNumber own;
  if (numberAt(std::string(directory()) + '/' + last, own) && own == number) return last;
  const auto present = context();
  if (!present) return {};
  const auto device = info(*present, number);
  return device && device->exists ? device->name : std::string();
}

bool fits(std::string_view text, std::size_t room, const char* kind) noexcept {
  if (text.size() < room) return true;
  logError(std::string(kind) + ' ' + quoted(text) + " too long");
  return false;
}

int setName(dm_task& task, std::string_view name) noexcept {
  task.name.clear();
  if (name.find('/') == std::string_view::npos) {
    if (!fits(name, nameRoom, "Name")) return 0;
    if (task.type == DM_DEVICE_GET_TARGET_VERSION) {
      task.name = name;
      return 1;
    }
    if (!toKernel(name, "name", task.name)) {
      logError("Failed to mangle device name " + quoted(name) + '.');
      return 0;
    }
    return fits(task.name, nameRoom, "Name") ? 1 : (task.name.clear(), 0);
  }
  if (task.type == DM_DEVICE_CREATE) {
    logError("Name " + quoted(name) + " invalid. It contains \"/\".");
    return 0;
  }
  task.name = nameAt(name);
  if (!task.name.empty()) return 1;
  logError("Device " + std::string(name) + " not found");
  return 0;
}

int setUuid(std::string_view text, std::string& uuid) noexcept {
  uuid.clear();
  if (!toKernel(text, "uuid", uuid)) {
    logError("Failed to mangle device uuid " + quoted(text) + '.');
    return 0;
  }
  return fits(uuid, uuidRoom, "Uuid") ? 1 : (uuid.clear(), 0);
}

int setNewName(dm_task& task, std::string_view name) noexcept {
  if (name.find('/') != std::string_view::npos) {
    logError("Name " + quoted(name) + " invalid. It contains \"/\".");
    return 0;
  }
  if (!fits(name, nameRoom, "Name")) return 0;
  if (name.empty()) {
    logError("Non empty new name is required.");
    return 0;
  }
  std::string kernelForm;
  if (!toKernel(name, "new name", kernelForm) || !fits(kernelForm, nameRoom, "Name")) return 0;
  task.newText = std::move(kernelForm);
  task.newTextIsUuid = false;
  return 1;
}

}  // namespace
}  // namespace devmap::libdm

using namespace devmap::libdm;

int dm_task_set_name(dm_task* task, const char* name) {
  const Entry entry;
  return task == nullptr || name == nullptr ? 0 : setName(*task, name);
}

int dm_task_set_uuid(dm_task* task, const char* uuid) {
  const Entry entry;
  return task == nullptr || uuid == nullptr ? 0 : setUuid(uuid, task->uuid);
}

int dm_task_set_newname(dm_task* task, const char* name) {
  const Entry entry;
  return task == nullptr || name == nullptr ? 0 : setNewName(*task, name);
}

int dm_task_set_newuuid(dm_task* task, const char* uuid) {
  const Entry entry;
  if (task == nullptr || uuid == nullptr || setUuid(uuid, task->newText) == 0) return 0;
  task->newTextIsUuid = true;
  return 1;
}
