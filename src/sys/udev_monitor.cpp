#include <sys/udev_monitor.hpp>

#include <cerrno>

#ifdef DEVMAP_LIBUDEV

#include <libudev.h>
#include <poll.h>
#include <sys/sysmacros.h>

#include <cstring>
#include <string_view>

#include <base/text.hpp>

namespace devmap::udev {
namespace {

// A handle of the seam is the address of libudev's object.
udev_monitor* objectOf(std::uintptr_t monitor) noexcept {
  return reinterpret_cast<udev_monitor*>(monitor);  // NOLINT(performance-no-int-to-ptr)
}

int waitFor(int fd, const timespec& timeout) noexcept {
  pollfd entry{fd, POLLIN, 0};
  const int ready = ::ppoll(&entry, 1, &timeout, nullptr);
  if (ready < 0) return errno;
  return ready == 0 ? ETIMEDOUT : 0;
}

// 0, no cookie, if it is not a number of 32 bits.
std::uint32_t cookieIn(std::string_view text) noexcept {
  std::uint64_t cookie = 0;
  base::takeNumber(text, cookie, UINT32_MAX);
  return static_cast<std::uint32_t>(cookie);
}

void fill(udev_device* device, UdevEvent& event) noexcept {
  event = {};
  const char* const action = udev_device_get_action(device);
  event.removed = action != nullptr && std::string_view(action) == "remove";
  const dev_t number = udev_device_get_devnum(device);
  event.device = {static_cast<std::uint32_t>(major(number)),
                  static_cast<std::uint32_t>(minor(number))};
  if (const char* const cookie = udev_device_get_property_value(device, "DM_COOKIE"))
    event.dmCookie = cookieIn(cookie);
  if (const char* const name = udev_device_get_property_value(device, "DM_NAME"))
    std::strncpy(event.name.data(), name, event.name.size() - 1);
}

}  // namespace

int openMonitor(std::uintptr_t& monitor) noexcept {
  ::udev* const library = udev_new();
  if (library == nullptr) return ENOMEM;
  udev_monitor* const object = udev_monitor_new_from_netlink(library, "udev");
  udev_unref(library);  // the monitor keeps its own reference
  if (object == nullptr) return ENOMEM;
  int error = udev_monitor_filter_add_match_subsystem_devtype(object, "block", "disk");
  if (error >= 0) error = udev_monitor_enable_receiving(object);
  if (error < 0) {
    udev_monitor_unref(object);
    return -error;
  }
  monitor = reinterpret_cast<std::uintptr_t>(object);
  return 0;
}

int readEvent(std::uintptr_t monitor, const timespec& timeout, UdevEvent& event) noexcept {
  udev_monitor* const object = objectOf(monitor);
  if (const int error = waitFor(udev_monitor_get_fd(object), timeout)) return error;
  errno = 0;
  udev_device* const device = udev_monitor_receive_device(object);
  if (device == nullptr)
    return errno == 0 ? EAGAIN : errno;  // EAGAIN: another subsystem's event, filtered out late
  fill(device, event);
  udev_device_unref(device);
  return 0;
}

int closeMonitor(std::uintptr_t monitor) noexcept {
  udev_monitor_unref(objectOf(monitor));
  return 0;
}

}  // namespace devmap::udev

#else

namespace devmap::udev {

int openMonitor(std::uintptr_t& /*monitor*/) noexcept { return ENOSYS; }
int readEvent(std::uintptr_t /*monitor*/, const timespec& /*timeout*/,
              UdevEvent& /*event*/) noexcept {
  return ENOSYS;
}
int closeMonitor(std::uintptr_t /*monitor*/) noexcept { return ENOSYS; }

}  // namespace devmap::udev

#endif
