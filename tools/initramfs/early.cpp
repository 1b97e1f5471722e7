#include "early.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <devmap/error.hpp>

namespace early {
namespace {

void say(std::string_view line) noexcept {
  std::string text("init: ");
  text.append(line).append("\n");
  static_cast<void>(!write(STDERR_FILENO, text.data(), text.size()));
}

[[noreturn]] void stopAt(std::string_view what) noexcept {
  std::string why(what);
  stop(why.append(": ").append(devmap::errnoName(errno)));
}

std::string readFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) stopAt(path);
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t size = read(fd, part.data(), part.size());
    if (size < 0) stopAt(path);
    if (size == 0) break;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
  close(fd);
  return text;
}

std::vector<std::string> sortedFiles(const char* path) {
  std::vector<std::string> names;
  DIR* const directory = opendir(path);
  if (directory == nullptr) return names;
  while (const dirent* entry = readdir(directory))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  closedir(directory);
  std::ranges::sort(names);
  return names;
}

void mountAt(const char* type, const char* path) noexcept {
  mkdir(path, 0755);
  if (mount(type, path, type, 0, nullptr) != 0 && errno != EBUSY) stopAt(path);
}

// Tries to mount the device with each file system type that needs a device, in the kernel's order.
bool mountRoot(const char* device, const char* path) noexcept {
  const std::string types = readFile("/proc/filesystems");  // `nodev\tproc\n\text4\n`
  for (std::size_t begin = 0; begin < types.size();) {
    const std::size_t end = std::min(types.find('\n', begin), types.size());
    if (types[begin] == '\t' &&
        mount(device, path, types.substr(begin + 1, end - begin - 1).c_str(), MS_RDONLY, nullptr) ==
            0)
      return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

void stop(std::string_view why) noexcept {
  say(why);
  _exit(1);
}

void mountSystem() noexcept {
  mountAt("proc", "/proc");
  mountAt("sysfs", "/sys");
  mountAt("devtmpfs", "/dev");
  const int console = open("/dev/console", O_RDWR);
  if (console < 0) return;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(console, fd);
  if (console > STDERR_FILENO) close(console);
}

void loadModules(const char* directory) noexcept {
  for (const std::string& name : sortedFiles(directory)) {
    const std::string path = std::string(directory) + '/' + name;
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST)) stopAt(path);
    close(fd);
  }
}

std::vector<Table> readTables(const char* directory) {
  std::vector<Table> tables;
  for (const std::string& file : sortedFiles(directory)) {
    std::string_view name(file);
    const bool readOnly = name.ends_with(".ro");
    if (readOnly) name.remove_suffix(3);
    name.remove_prefix(std::min(name.find('-') + 1, name.size()));
    tables.push_back({std::string(name), readOnly, readFile(std::string(directory) + '/' + file)});
  }
  return tables;
}

void run(std::initializer_list<const char*> words) noexcept {
  std::vector<char*> arguments;
  for (const char* word : words)
    arguments.push_back(const_cast<char*>(word));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  arguments.push_back(nullptr);
  if (access(arguments[0], X_OK) != 0) return;
  const pid_t child = fork();
  if (child == 0) {
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  while (child > 0 && waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
}

void enterRoot(const char* device) noexcept {
  mkdir("/root", 0755);
  if (!mountRoot(device, "/root")) stopAt(device);
  if (chdir("/root") != 0 || mount("/dev", "dev", nullptr, MS_MOVE, nullptr) != 0)
    stopAt("/root/dev");
  if (mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 || chroot(".") != 0) stopAt("/root");
  execl("/sbin/init", "init", nullptr);
  stopAt("/sbin/init");
}

}  // namespace early
