#include <sys/proc.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

#include <base/text.hpp>

namespace devmap::proc {
namespace {

// The first namespace of each kind has a fixed inode number (linux/proc_ns.h: PROC_IPC_INIT_INO).
constexpr ino_t firstIpcNamespace = 0xEFFFFFFFU;

using Path = std::array<char, 64>;

Path pathOf(int pid, const char* file) noexcept {
  constexpr std::string_view root = "/proc/";
  Path path{};
  char* at = std::ranges::copy(root, path.begin()).out;
  at = std::to_chars(at, path.end(), std::uint64_t{static_cast<unsigned>(pid)}).ptr;
  *at++ = '/';
  std::ranges::copy(std::string_view(file), at);
  return path;
}

// The beginning of a small file; empty when it cannot be read.
std::string_view readStart(const char* path, std::array<char, 512>& buffer) noexcept {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t got = ::read(file, buffer.data(), buffer.size() - 1);
  ::close(file);
  if (got <= 0) return {};
  buffer[static_cast<std::size_t>(got)] = '\0';
  return {buffer.data(), static_cast<std::size_t>(got)};
}

// The decimal number at the start of a text; 0 if there is none.
std::int64_t leadingNumber(std::string_view text) noexcept {
  std::uint64_t number = 0;
  base::takeNumber(text, number, INT64_MAX);
  return static_cast<std::int64_t>(number);
}

// Daemon or worker: systemd-udevd, (udev-worker), udevd. Workers live in the daemon's namespaces.
bool isUdev(std::string_view name) noexcept {
  return name == "systemd-udevd\n" || name == "udevd\n" || name == "(udev-worker)\n" ||
         name == "udev-worker\n";
}

// Inode of a process's IPC namespace, or 0.
ino_t ipcNamespaceOf(const char* path) noexcept {
  struct stat info {};
  return ::stat(path, &info) == 0 ? info.st_ino : 0;
}

int findUdev() noexcept {
  DIR* const directory = ::opendir("/proc");
  if (directory == nullptr) return 0;
  int found = 0;
  while (const dirent* entry = ::readdir(directory)) {
    const auto pid = static_cast<int>(leadingNumber(entry->d_name));
    std::array<char, 512> buffer{};
    if (pid <= 0 || !isUdev(readStart(pathOf(pid, "comm").data(), buffer))) continue;
    found = pid;
    break;
  }
  ::closedir(directory);
  return found;
}

}  // namespace

int startOf(int pid, std::int64_t& seconds) noexcept {
  if (pid <= 0) return ESRCH;
  if (::kill(pid, 0) != 0 && errno == ESRCH) return ESRCH;
  std::array<char, 512> buffer{};
  std::string_view text = readStart(pathOf(pid, "stat").data(), buffer);
  // Field 3 is the state, field 22 the start in clock ticks since boot; field 2 is a name in
  // parentheses that may hold anything (proc(5)).
  const std::size_t end = text.rfind(')');
  if (text.empty() || end == std::string_view::npos)
    return ENOENT;  // no /proc, or one that hides other users' processes
  text.remove_prefix(end + 1);
  if (text.starts_with(" Z") || text.starts_with(" X")) return ESRCH;
  for (int field = 2; field < 22; ++field) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos) return ENOENT;
    text.remove_prefix(blank + 1);
  }
  const auto ticksPerSecond = static_cast<std::int64_t>(::getauxval(AT_CLKTCK));
  if (ticksPerSecond == 0) return ENOENT;  // no auxiliary vector: not started by Linux itself
  timespec sinceBoot{};
  ::clock_gettime(CLOCK_BOOTTIME, &sinceBoot);
  seconds = static_cast<std::int64_t>(::time(nullptr)) - sinceBoot.tv_sec +
            leadingNumber(text) / ticksPerSecond;
  return 0;
}

int udevSharesIpc(bool& shares) noexcept {
  const ino_t ours = ipcNamespaceOf("/proc/self/ns/ipc");
  if (ours == 0) return ENOENT;
  if (ours == firstIpcNamespace) {  // a udevd whose control socket we see lives here
    shares = true;
    return 0;
  }
  const int udev = findUdev();
  if (udev == 0) return ESRCH;
  const ino_t theirs = ipcNamespaceOf(pathOf(udev, "ns/ipc").data());
  if (theirs == 0) return EACCES;
  shares = theirs == ours;
  return 0;
}

}  // namespace devmap::proc
