// Nodes under /dev/mapper, for when udev does not make them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <devmap/device_mapper.hpp>
#include <devmap/error.hpp>

namespace devmap::detail {

/// The file under /dev/mapper of a device whose name is as the API of a context with this mangling
/// gives it.
[[nodiscard]] std::string nodeName(std::string_view name, NameMangling mode);

/// Where nodes live and what they look like: a part of Options, copied so that it may outlive the
/// context.
class Nodes {
 public:
  Nodes(Kernel& kernel, const Options& options)
      : kernel_(&kernel), directory_(options.directory), attributes_(options.nodes) {}
  /// `own`: a node with these attributes is wanted, never a link, which can carry none.
  Nodes(Kernel& kernel, const Options& options, const std::optional<NodeAttributes>& own)
      : kernel_(&kernel),
        directory_(options.directory),
        attributes_(own.value_or(options.nodes)),
        ownNode_(own.has_value()) {}

  /// Makes DIRECTORY/NAME lead to `device`: a link to `../dm-N` where that node exists, else a
  /// block node with the options' mode, uid and gid. Appears atomically. What is there already is
  /// left alone if it leads to `device`, replaced if it is a stale node or link, and refused
  /// (Errc::alreadyExists) if it is anything else. `name` is mangled here.
  Result<void> make(std::string_view name, DeviceNumber device) noexcept;
  /// Gives DIRECTORY/FROM, known to be ours, the name TO, keeping what it is. What stands at TO is
  /// treated as by `make`.
  Result<void> rename(std::string_view from, std::string_view to) noexcept;
  /// Whether DIRECTORY/NAME leads to `device`.
  [[nodiscard]] bool leadsTo(std::string_view name, DeviceNumber device) noexcept;
  /// Removes DIRECTORY/NAME, a node or link known to be ours (leadsTo before the device went).
  /// Missing is fine; anything that is not a link or a block node stays.
  void drop(std::string_view name) noexcept;
  /// Removes the block node of `device` that libdevmapper made under a name that is not mangled.
  /// Whether there was one.
  bool dropUnmangled(std::string_view name, DeviceNumber device) noexcept;
  /// Removes DIRECTORY/NAME if it is a link that leads nowhere, or a block node without a device
  /// behind it.
  void dropDangling(std::string_view name) noexcept;
  [[nodiscard]] bool exists(std::string_view name) noexcept;

 private:
  /// What is at `path`. Asked twice where the answer is another than "nothing": what a node is
  /// decides over its removal.
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
