#include <udev/udev_mode.hpp>

#include <array>
#include <cerrno>
#include <string>

#include <devmap/udev.hpp>

namespace devmap::detail {
namespace {

constexpr const char* asked = "asked for by the caller";
constexpr UdevState askedCookies{UdevMode::cookies, asked};
constexpr UdevState askedFlagsOnly{UdevMode::flagsOnly, asked};
constexpr UdevState askedMonitor{UdevMode::monitor, asked};
constexpr UdevState askedNone{UdevMode::none, asked};

constexpr UdevState noDaemon{UdevMode::none,
                             "no udev daemon runs here (/run/udev/control is missing)"};
constexpr UdevState endedDaemon{
    UdevMode::none,
    "the udev daemon was killed: its socket /run/udev/control is left, but refuses connections"};
constexpr UdevState noRules{UdevMode::none,
                            "a udev daemon runs, but without rules for device-mapper (10-dm.rules "
                            "or 55-dm.rules): nothing else makes nodes"};
constexpr UdevState noCompletion{
    UdevMode::flagsOnly, "the udev rule that completes cookies is missing (95-dm-notify.rules)"};
constexpr UdevState oldKernel{UdevMode::flagsOnly,
                              "the kernel's device-mapper is too old for cookies (before 4.15)"};
constexpr UdevState noSemaphores{UdevMode::flagsOnly, "System V semaphores are not available"};
constexpr UdevState unknownNamespace{
    UdevMode::flagsOnly, "a udev daemon runs, but it cannot be told whether in our IPC namespace"};
constexpr UdevState otherNamespace{
    UdevMode::flagsOnly,
    "the udev daemon lives in another IPC namespace, where it cannot see our semaphores"};
constexpr UdevState everythingThere{UdevMode::cookies,
                                    "a udev daemon runs and semaphores are available"};
constexpr UdevState systemdThere{
    UdevMode::cookies, "systemd keeps the socket of its udev daemon, and semaphores are available"};

// Whether udev has a rules file of this name. The first directory that has it decides. An empty
// file or a link to /dev/null there masks those in the others (udev(7)): both have the size 0.
bool hasRules(Kernel& kernel, const char* name) noexcept {
  constexpr auto folders =
      std::to_array<const char*>({"/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"});
  for (const char* const folder : folders) {
    NodeInfo info;
    const std::string path = std::string(folder) + "/udev/rules.d/" + name;
    if (kernel.nodeInfo(path.c_str(), true, info) == 0) return info.size != 0;
  }
  return false;
}

}  // namespace

const UdevState& decideUdev(Kernel& kernel, UdevMode wanted, Version interface) noexcept {
  switch (wanted) {
    case UdevMode::automatic: break;
    case UdevMode::cookies: return askedCookies;
    case UdevMode::flagsOnly: return askedFlagsOnly;
    case UdevMode::monitor: return askedMonitor;
    case UdevMode::none: return askedNone;
  }
  const UdevDaemon daemon = udevDaemon(kernel);
  if (daemon == UdevDaemon::absent) return noDaemon;
  if (daemon == UdevDaemon::ended) return endedDaemon;
  // Names used upstream and by Debian; devmap's own rules use either.
  if (!hasRules(kernel, "55-dm.rules") && !hasRules(kernel, "10-dm.rules")) return noRules;
  if (!hasRules(kernel, "95-dm-notify.rules")) return noCompletion;
  if (interface < Version{4, 15, 0}) return oldKernel;
  int index = 0;
  if (kernel.semHighestIndex(index) != 0) return noSemaphores;
  bool shares = false;
  if (kernel.udevSharesIpc(shares) != 0) return unknownNamespace;
  if (!shares) return otherNamespace;
  return daemon == UdevDaemon::systemd ? systemdThere : everythingThere;
}

}  // namespace devmap::detail

namespace devmap {

UdevDaemon udevDaemon(Kernel& kernel) noexcept {
  NodeInfo info;
  const bool systemd =
      kernel.nodeInfo("/run/systemd/system", true, info) == 0 && info.type == NodeType::directory;
  bool left = false;
  for (const char* const path : {"/run/udev/control", "/run/udev/io.systemd.Udev"}) {
    const int errnum = systemd ? kernel.nodeInfo(path, true, info) : kernel.probeSocket(path);
    if (errnum == ENOENT) continue;
    if (errnum != ECONNREFUSED) return systemd ? UdevDaemon::systemd : UdevDaemon::running;
    left = true;
  }
  return left ? UdevDaemon::ended : UdevDaemon::absent;
}

}  // namespace devmap
