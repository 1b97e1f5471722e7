// Nodes under /dev/mapper, for systems where udev does not make them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>

namespace devmap::detail {

/// The file name under /dev/mapper of a device. `name` is as the API of a context with this
/// mangling returns it.
[[nodiscard]] std::string nodeName(std::string_view name, NameMangling mode);

/// Directory and attributes of nodes: a copy of part of Options, so that it can outlive the
/// context.
class Nodes {
 public:
  Nodes(Kernel& kernel, const Options& options)
      : kernel_(&kernel), directory_(options.directory), attributes_(options.nodes) {}
  /// `own`: makes a node with these attributes, never a link, which cannot carry any.
  Nodes(Kernel& kernel, const Options& options, const std::optional<NodeAttributes>& own)
      : kernel_(&kernel),
        directory_(options.directory),
        attributes_(own.value_or(options.nodes)),
        ownNode_(own.has_value()) {}

  /// Makes DIRECTORY/NAME lead to `device`: a link to `../dm-N` where that node exists, else a
  /// block node with the options' mode, uid and gid. Appears atomically. An existing entry is left
  /// alone if it leads to `device`, and replaced if it is a stale node or link. Anything else is
  /// Errc::alreadyExists. `name` is mangled here.
  Result<void> make(std::string_view name, DeviceNumber device) noexcept;
  /// Renames DIRECTORY/FROM, known to be ours, to TO. Refuses (Errc::alreadyExists) to replace
  /// anything but a node or a link.
  Result<void> rename(std::string_view from, std::string_view to) noexcept;
  /// Whether DIRECTORY/NAME leads to `device`.
  [[nodiscard]] bool leadsTo(std::string_view name, DeviceNumber device) noexcept;
  /// Removes DIRECTORY/NAME, a node or link known to be ours (leadsTo held before the device was
  /// removed). A missing entry is fine; anything but a link or a block node is left alone.
  void drop(std::string_view name) noexcept;
  /// Removes the block node of `device` that libdevmapper made under the unmangled name. Returns
  /// whether there was one.
  bool dropUnmangled(std::string_view name, DeviceNumber device) noexcept;
  /// Removes DIRECTORY/NAME if it is a dangling link, or a block node without a device.
  void dropDangling(std::string_view name) noexcept;
  [[nodiscard]] bool exists(std::string_view name) noexcept;

 private:
  /// What is at `path`. Errors other than ENOENT are retried once: the result decides whether a
  /// node is removed.
  int look(const char* path, bool follow, NodeInfo& info) noexcept;
  [[nodiscard]] std::string pathOf(std::string_view name) const;
  [[nodiscard]] bool leadsNowhere(const std::string& path) noexcept;
  [[nodiscard]] std::string temporaryPath() const;
  Result<void> makeAt(const std::string& path, DeviceNumber device) noexcept;

  Kernel* kernel_;
  std::string directory_;
  NodeAttributes attributes_;
  bool ownNode_ = false;
};

}  // namespace devmap::detail
