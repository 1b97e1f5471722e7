// Directories, streams, and the file that only one daemon may hold.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"

using namespace devmap::libdm;

namespace {

void logFailure(std::string_view path, std::string_view action, int errnum) noexcept {
  std::string line(path);
  line.append(": ").append(action).append(" failed: ");
  logError(line.append(errnoWords(errnum)));
}

/// True if the directory exists now.
bool makeDirectory(const std::string& path) noexcept {
  struct stat status;
  if (mkdir(path.c_str(), 0777) == 0) return true;
  const int failure = errno;
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return true;
    logError("Existing path " + path + " is not a directory.");
  } else {
    logFailure(path, "mkdir", failure);
  }
  return false;
}

struct flock wholeFile(short type) noexcept {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool isSameFile(int descriptor, const char* path) noexcept {
  struct stat held;
  struct stat named;
  return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

bool writeProcessNumber(int descriptor) noexcept {
  const std::string text = std::to_string(getpid()) + "\n";
  return ftruncate(descriptor, 0) == 0 &&
         write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// The locked file; -1 and errno if it cannot be had. The holder of before may have removed the
/// file between the opening and the locking: then its name belongs to another one.
int openLocked(const char* path) noexcept {
  for (;;) {
    const int descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (descriptor < 0) return -1;
    struct flock lock = wholeFile(F_WRLCK);
    if (fcntl(descriptor, F_SETLK, &lock) != 0) {
      const int failure = errno;
      close(descriptor);
      errno = failure;
      return -1;
    }
    if (isSameFile(descriptor, path)) return descriptor;
    close(descriptor);
  }
}

}  // namespace

int dm_create_dir(const char* path) {
  const Entry entry;
  const std::string whole(path);
  for (std::size_t slash = whole.find('/', 1); slash != whole.npos;
       slash = whole.find('/', slash + 1))
    if (whole[slash - 1] != '/' && !makeDirectory(whole.substr(0, slash))) return 0;
  return whole.empty() || makeDirectory(whole) ? 1 : 0;
}

int dm_is_empty_dir(const char* path) {
  const Entry entry;
  DIR* const directory = opendir(path);
  if (directory == nullptr) {
    logFailure(path, "opendir", errno);
    return 0;
  }
  const dirent* found = readdir(directory);
  while (found != nullptr &&
         (std::strcmp(found->d_name, ".") == 0 || std::strcmp(found->d_name, "..") == 0))
    found = readdir(directory);
  closedir(directory);
  return found == nullptr ? 1 : 0;
}

int dm_fclose(FILE* stream) {
  const Entry entry;
  const bool failedBefore = ferror(stream) != 0;
  const bool fails = std::fclose(stream) != 0;
  if (!failedBefore && !fails) return 0;
  if (!fails) errno = 0;
  return EOF;
}

int dm_create_lockfile(const char* path) {
  const Entry entry;
  const int descriptor = openLocked(path);
  if (descriptor < 0) {
    logFailure(path, "lock", errno);
    return 0;
  }
  if (writeProcessNumber(descriptor)) return 1;
  logFailure(path, "write", errno);
  close(descriptor);
  return 0;
}

int dm_daemon_is_running(const char* path) {
  const Entry entry;
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  struct flock lock = wholeFile(F_WRLCK);
  const bool isHeld = fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(descriptor);
  return isHeld ? 1 : 0;
}

int dm_prepare_selinux_context(const char*, mode_t) { return 1; }
int dm_set_selinux_context(const char*, mode_t) { return 1; }
