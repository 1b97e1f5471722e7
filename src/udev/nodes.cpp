#include <udev/nodes.hpp>

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>

#include <devmap/name.hpp>

namespace devmap::detail {

namespace {

Error failed(const std::string& path, std::string_view name, int errnum, const char* what) {
  Error error{.code = Errc::refusedByKernel,
              .operation = "make node",
              .errnum = errnum,
              .device = std::string(name),
              .detail = path};
  error.detail += ": ";
  error.detail += what;
  if (errnum == EACCES || errnum == EPERM) error.code = Errc::permissionDenied;
  if (errnum == 0) error.code = Errc::alreadyExists;
  return error;
}

}  // namespace

std::string nodeName(std::string_view name, NameMangling mode) {
  const auto kernelName = mangle(name, mode);
  return mangle(kernelName ? *kernelName : name);
}

int Nodes::look(const char* path, bool follow, NodeInfo& info) noexcept {
  const int errnum = kernel_->nodeInfo(path, follow, info);
  return errnum == 0 || errnum == ENOENT ? errnum : kernel_->nodeInfo(path, follow, info);
}

std::string Nodes::pathOf(std::string_view name) const {
  std::string path;
  path.reserve(directory_.size() + 1 + name.size());
  path += directory_;
  path += '/';
  path += mangle(name);
  return path;
}

bool Nodes::leadsTo(std::string_view name, DeviceNumber device) noexcept {
  NodeInfo info;
  return look(pathOf(name).c_str(), true, info) == 0 && info.type == NodeType::blockDevice &&
         info.device == device;
}

bool Nodes::exists(std::string_view name) noexcept {
  NodeInfo info;
  return look(pathOf(name).c_str(), false, info) == 0;
}

Result<void> Nodes::make(std::string_view name, DeviceNumber device) noexcept {
  if (leadsTo(name, device)) return {};
  const std::string path = pathOf(name);
  NodeInfo present;
  if (look(path.c_str(), false, present) == 0 && present.type != NodeType::link &&
      present.type != NodeType::blockDevice)
    return failed(path, name, 0, "something that is not a device stands there; it was left alone");
  static_cast<void>(kernel_->makeDirectory(directory_.c_str()));  // may exist
  const std::string temporary = temporaryPath();
  if (auto made = makeAt(temporary, device); !made) {
    made.error().device = name;
    return made;
  }
  if (const int errnum = kernel_->renameNode(temporary.c_str(), path.c_str())) {
    static_cast<void>(kernel_->removeNode(temporary.c_str()));
    return failed(path, name, errnum, "the node cannot be put in place");
  }
  return {};
}

// A temporary name beside the node, renamed when it is complete. A half-made node is never visible,
// and a stale one is replaced without a gap. The number is random, as other processes and threads
// may be making the same node.
std::string Nodes::temporaryPath() const {
  std::uint64_t number = 0;
  if (kernel_->random(std::as_writable_bytes(std::span(&number, 1))) != 0)
    number = static_cast<std::uint64_t>(kernel_->now().count());
  return directory_ + "/.devmap-" + std::to_string(number);
}

Result<void> Nodes::rename(std::string_view from, std::string_view to) noexcept {
  const std::string path = pathOf(to);
  NodeInfo present;
  if (look(path.c_str(), false, present) == 0 && present.type != NodeType::link &&
      present.type != NodeType::blockDevice)
    return failed(path, to, 0, "something that is not a device stands there; it was left alone");
  if (const int errnum = kernel_->renameNode(pathOf(from).c_str(), path.c_str()))
    return failed(path, to, errnum, "the node cannot be renamed");
  return {};
}

Result<void> Nodes::makeAt(const std::string& path, DeviceNumber device) noexcept {
  const std::string target = "../dm-" + std::to_string(std::uint64_t{device.minor});
  NodeInfo info;
  if (!ownNode_ && look((directory_ + '/' + target).c_str(), true, info) == 0 &&
      info.type == NodeType::blockDevice && info.device == device) {
    if (const int errnum = kernel_->makeLink(target.c_str(), path.c_str()))
      return failed(path, {}, errnum, "the link cannot be made");
    return {};
  }
  if (const int errnum =
          kernel_->makeNode(path.c_str(), NodeType::blockDevice, device, attributes_.mode))
    return failed(path, {}, errnum, "the node cannot be made");
  if (attributes_.uid == 0 && attributes_.gid == 0) return {};
  const int errnum = kernel_->setOwner(path.c_str(), attributes_.uid, attributes_.gid);
  if (errnum == 0) return {};
  static_cast<void>(kernel_->removeNode(path.c_str()));
  return failed(path, {}, errnum, "the node's owner cannot be set");
}

void Nodes::drop(std::string_view name) noexcept {
  const std::string path = pathOf(name);
  NodeInfo info;
  if (look(path.c_str(), false, info) != 0) return;
  if (info.type == NodeType::link || info.type == NodeType::blockDevice)
    static_cast<void>(kernel_->removeNode(path.c_str()));
}

bool Nodes::dropUnmangled(std::string_view name, DeviceNumber device) noexcept {
  const std::string path = directory_ + '/' + std::string(name);
  NodeInfo info;
  if (path == pathOf(name) || look(path.c_str(), false, info) != 0) return false;
  if (info.type != NodeType::blockDevice || info.device != device) return false;
  return kernel_->removeNode(path.c_str()) == 0;
}

bool Nodes::leadsNowhere(const std::string& path) noexcept {
  int fd = -1;
  const int errnum = kernel_->openBlock(path.c_str(), fd);
  if (errnum == 0) static_cast<void>(kernel_->close(fd));
  return errnum == ENXIO || errnum == ENODEV;
}

void Nodes::dropDangling(std::string_view name) noexcept {
  const std::string path = pathOf(name);
  NodeInfo info;
  if (look(path.c_str(), false, info) != 0) return;
  NodeInfo target;
  const bool dangling = info.type == NodeType::link && look(path.c_str(), true, target) == ENOENT;
  if (dangling || (info.type == NodeType::blockDevice && leadsNowhere(path)))
    static_cast<void>(kernel_->removeNode(path.c_str()));
}

}  // namespace devmap::detail
