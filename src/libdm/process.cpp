#include "process.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include <devmap/error.hpp>
#include <devmap/version.hpp>

#include "api.hpp"
#include "cookie.hpp"
#include "entry.hpp"
#include "log.hpp"

namespace devmap::libdm {
namespace {

constexpr Version cookiesSince{4, 15, 0};
constexpr std::size_t longestPrefix = 15;

struct Process {
  std::mutex mutex;
  std::shared_ptr<DeviceMapper> context;
  std::array<char, longestPrefix + 1> prefix{"LVM-"};
  bool hold = false;  ///< the control node stays open at dm_lib_release
};

// Never destroyed: threads and exit handlers of the program may call in until the very end.
union Immortal {
  constexpr Immortal() noexcept : process{} {}
  ~Immortal() {}  // NOLINT(modernize-use-equals-default): the member stays
  Process process;
};
constinit Immortal immortal;

std::atomic<Kernel*> kernelInUse{nullptr};
std::atomic<const char*> nodeDirectory{"/dev/mapper"};
std::atomic<dm_string_mangling_t> manglingMode{DM_STRING_MANGLING_AUTO};
std::atomic<bool> syncWished{true}, checkingWished{true};

// Read when the library is loaded, and never written again.
bool udevDisabled = false;
Timeout deadline = std::chrono::seconds{180};  // udevd's own limit for an event

__attribute__((constructor)) void readEnvironment() noexcept {
  udevDisabled = secure_getenv("DM_DISABLE_UDEV") != nullptr;
  if (const char* const mode = secure_getenv("DM_DEFAULT_NAME_MANGLING_MODE")) {
    const std::string_view word = mode;
    if (word == "none") manglingMode = DM_STRING_MANGLING_NONE;
    if (word == "hex") manglingMode = DM_STRING_MANGLING_HEX;
  }
  if (const char* const seconds = secure_getenv("DEVMAP_UDEV_TIMEOUT")) {
    char* end = nullptr;
    const long value = std::strtol(seconds, &end, 10);
    if (end != seconds && *end == '\0' && value > 0) deadline = std::chrono::seconds{value};
  }
}

UdevMode wantedMode() noexcept {
  return udevDisabled || !syncWished ? UdevMode::none : UdevMode::automatic;
}

Result<DeviceMapper> open() noexcept {
  Options options;
  options.directory = directory();
  options.udevMode = wantedMode();
  options.anyNewName = true;
  // Its messages may hold words that programs look for in errors.
  options.readKernelLog = false;
  return DeviceMapper::open(kernel(), std::move(options));
}

void reportUnopened(const Error& error) noexcept {
  const int errnum = error.errnum == 0 ? ENODEV : error.errnum;
  log(Level::debug, error.message());
  logError(std::string(directory()) + "/control: open failed: " + std::string(errnoWords(errnum)));
  logError(
      "Failure to communicate with kernel device-mapper driver. Check that device-mapper is "
      "available in the kernel.");
  errno = errnum;
}

void close() noexcept {
  std::shared_ptr<DeviceMapper> last;  // closed outside of the lock
  const std::lock_guard lock(immortal.process.mutex);
  last.swap(immortal.process.context);
}

int copyText(std::string_view text, char* buffer, std::size_t size) noexcept {
  if (buffer == nullptr || text.size() >= size) return 0;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  return 1;
}

}  // namespace

std::shared_ptr<DeviceMapper> context() noexcept {
  std::optional<Error> failure;
  {
    const std::lock_guard lock(immortal.process.mutex);
    if (immortal.process.context != nullptr) return immortal.process.context;
    if (auto opened = open()) {
      immortal.process.context = std::make_shared<DeviceMapper>(*std::move(opened));
      return immortal.process.context;
    } else {
      failure = std::move(opened).error();
    }
  }
  reportUnopened(*failure);  // the program's log may call in again
  return nullptr;
}

Kernel& kernel() noexcept {
  Kernel* const other = kernelInUse.load(std::memory_order_acquire);
  return other == nullptr ? systemKernel() : *other;
}

void replaceKernel(Kernel& kernel) noexcept {
  kernelInUse.store(&kernel, std::memory_order_release);
  close();
}

const char* directory() noexcept { return nodeDirectory.load(std::memory_order_acquire); }

NameMangling mangling() noexcept {
  switch (manglingMode.load(std::memory_order_relaxed)) {
    case DM_STRING_MANGLING_NONE: return NameMangling::none;
    case DM_STRING_MANGLING_HEX: return NameMangling::hex;
    case DM_STRING_MANGLING_AUTO: break;
  }
  return NameMangling::automatic;
}

bool udevSync() noexcept {
  if (udevDisabled || !syncWished) return false;
  const auto present = context();
  return present && present->interfaceVersion() >= cookiesSince &&
         present->udevState().mode != UdevMode::none;
}

Timeout udevDeadline() noexcept { return deadline; }

std::string uuidPrefix() {
  const std::lock_guard lock(immortal.process.mutex);
  return immortal.process.prefix.data();
}

}  // namespace devmap::libdm

using namespace devmap::libdm;

const char* dm_dir() { return directory(); }

int dm_set_dev_dir(const char* folder) {
  const Entry entry;
  if (folder == nullptr || folder[0] != '/') {
    log(Level::debug, "dm_set_dev_dir: not an absolute path");
    return 0;
  }
  std::string path = folder;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  path += path.ends_with('/') ? "mapper" : "/mapper";
  if (path != directory()) {
    // Kept for ever: a program may hold what dm_dir() returned.
    char* const copy = strdup(path.c_str());
    if (copy == nullptr) return 0;
    nodeDirectory.store(copy, std::memory_order_release);
    close();
  }
  return 1;
}

int dm_get_library_version(char* version, size_t size) {
  return copyText("1.02.214 (devmap " + devmap::toString(devmap::libraryVersion) + ')', version,
                  size);
}

int dm_driver_version(char* version, size_t size) {
  const Entry entry;
  if (size > 0 && version != nullptr) version[0] = '\0';
  const auto present = context();
  return present ? copyText(devmap::toString(present->interfaceVersion()), version, size) : 0;
}

int dm_cookie_supported() {
  const Entry entry;
  const auto present = context();
  return present && present->interfaceVersion() >= cookiesSince ? 1 : 0;
}

void dm_udev_set_sync_support(int wished) {
  const Entry entry;
  // Tasks that run in other threads keep the context that they have.
  if (syncWished.exchange(wished != 0) != (wished != 0)) close();
}

int dm_udev_get_sync_support() {
  const Entry entry;
  return udevSync() ? 1 : 0;
}

void dm_udev_set_checking(int wished) { checkingWished = wished != 0; }
int dm_udev_get_checking() { return checkingWished ? 1 : 0; }

void dm_hold_control_dev(int hold) {
  const Entry entry;
  const std::lock_guard lock(immortal.process.mutex);
  immortal.process.hold = hold != 0;
}

/// Nothing is left to be done: the first task opens what it needs.
void dm_lib_init() {}

void dm_lib_release() {
  const Entry entry;
  awaitNodes();
  bool hold = false;
  {
    const std::lock_guard lock(immortal.process.mutex);
    hold = immortal.process.hold;
  }
  if (!hold) close();
}

void dm_lib_exit() {
  const Entry entry;
  awaitNodes();
  close();
}

int dm_set_name_mangling_mode(dm_string_mangling_t mode) {
  if (mode != DM_STRING_MANGLING_NONE && mode != DM_STRING_MANGLING_AUTO &&
      mode != DM_STRING_MANGLING_HEX)
    return 0;
  manglingMode.store(mode, std::memory_order_relaxed);
  return 1;
}

dm_string_mangling_t dm_get_name_mangling_mode() {
  return manglingMode.load(std::memory_order_relaxed);
}

int dm_set_uuid_prefix(const char* prefix) {
  const Entry entry;
  if (prefix == nullptr || std::strlen(prefix) > longestPrefix) {
    logError("New uuid prefix is missing or has more than 15 bytes.");
    return 0;
  }
  const std::lock_guard lock(immortal.process.mutex);
  immortal.process.prefix.fill('\0');
  std::copy_n(prefix, std::strlen(prefix), immortal.process.prefix.begin());
  return 1;
}

const char* dm_uuid_prefix() { return immortal.process.prefix.data(); }
