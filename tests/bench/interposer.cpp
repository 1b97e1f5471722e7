// A kernel's answers for a bench without one. Preloaded, it answers what a client of the
// device-mapper asks through the C library: the control node, its ioctls, semaphores, and nodes
// under /dev/mapper. Every answer makes one cheap real system call, so that strace counts what the
// client asked for. It does little else, so that what callgrind counts outside this object is the
// client's work.
//
//  BENCH_ROWS=N      rows of the one device
//  BENCH_DEVICES=N   number of devices
//
// Answers as Linux does (dm-ioctl.c): BUFFER_FULL if a reply does not fit, UEVENT_GENERATED, and a
// udev that counts cookies down before the ioctl returns.

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/ioctl.h>
#include <stdarg.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t headerSize = sizeof(dm_ioctl);
constexpr std::size_t maxReply = 64u << 20;

struct Reply {
  unsigned char* bytes = nullptr;
  std::size_t size = 0;
};

struct World {
  int control = -1;
  int semaphore = 0;
  bool node = false;  ///< /dev/mapper/bench
  std::uint32_t rows = 1;
  Reply status, table, list;
};
constinit World world;

void realCall() { static_cast<void>(::syscall(SYS_getppid)); }

template <typename F>
F* next(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

std::size_t align8(std::size_t size) { return (size + 7) / 8 * 8; }

// Not memcpy: its call would count as the client's.
void copy(unsigned char* to, const unsigned char* from, std::size_t size) {
  __asm__ __volatile__("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

Reply rowsReply(std::uint32_t rows, bool table) {
  Reply reply{static_cast<unsigned char*>(std::calloc(1, maxReply)), 0};
  for (std::uint32_t row = 0; row < rows; ++row) {
    unsigned char* const at = reply.bytes + reply.size;
    char* const text = reinterpret_cast<char*>(at) + sizeof(dm_target_spec);
    const int length = table ? std::sprintf(text, "7:0 %u", row * 8)
                             : std::sprintf(text, "%u 128/1024 rw - 0 of 7:0", row);
    dm_target_spec spec{};
    spec.sector_start = row * 8ull;
    spec.length = 8;
    std::strcpy(spec.target_type, "linear");
    reply.size += align8(sizeof spec + static_cast<std::size_t>(length) + 1);
    spec.next = static_cast<std::uint32_t>(reply.size);  // counted from the first row
    std::memcpy(at, &spec, sizeof spec);
  }
  return reply;
}

Reply listReply(std::uint32_t devices) {
  Reply reply{static_cast<unsigned char*>(std::calloc(1, maxReply)), 0};
  for (std::uint32_t i = 0; i < devices; ++i) {
    unsigned char* const at = reply.bytes + reply.size;
    dm_name_list record{};
    record.dev = 254u << 8 | (i & 0xff) | (i & ~0xffu) << 12;
    const std::size_t nameAt = offsetof(dm_name_list, name);
    const int name = std::sprintf(reinterpret_cast<char*>(at) + nameAt, "vg-volume%u", i);
    const std::size_t tail = align8(nameAt + static_cast<std::size_t>(name) + 1);
    const std::uint32_t eventAndFlags[2] = {i, DM_NAME_LIST_FLAG_HAS_UUID};
    std::memcpy(at + tail, eventAndFlags, sizeof eventAndFlags);
    const int uuid = std::sprintf(reinterpret_cast<char*>(at) + tail + 8,
                                  "LVM-0123456789abcdef0123456789abcdef%028u", i);
    const std::size_t size = align8(tail + 8 + static_cast<std::size_t>(uuid) + 1);
    record.next = i + 1 == devices ? 0 : static_cast<std::uint32_t>(size);
    std::memcpy(at, &record, nameAt);
    reply.size += size;
  }
  if (devices == 0) reply.size = sizeof(dm_name_list);
  return reply;
}

std::uint32_t setting(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? 1 : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

__attribute__((constructor)) void begin() {
  world.rows = setting("BENCH_ROWS");
  world.status = rowsReply(world.rows, false);
  world.table = rowsReply(world.rows, true);
  world.list = listReply(setting("BENCH_DEVICES"));
}

void give(dm_ioctl& packet, std::size_t room, const Reply& reply) {
  packet.data_start = headerSize;
  if (room < headerSize + reply.size) {
    packet.flags |= DM_BUFFER_FULL_FLAG;
    packet.data_size = static_cast<std::uint32_t>(room);
    return;
  }
  copy(reinterpret_cast<unsigned char*>(&packet) + headerSize, reply.bytes, reply.size);
  packet.data_size = static_cast<std::uint32_t>(headerSize + reply.size);
}

void answer(dm_ioctl& packet, unsigned command) {
  const std::size_t room = packet.data_size;
  const std::uint32_t asked = packet.flags;
  const bool event = (packet.event_nr & 0xffff) != 0;
  packet.version[1] = 48;
  packet.data_size = headerSize;
  packet.flags |= DM_ACTIVE_PRESENT_FLAG;  // the request's flags stay, as in Linux
  packet.dev = 254u << 8;
  packet.target_count = world.rows;
  packet.open_count = 0;
  switch (command) {
    case DM_TABLE_STATUS_CMD:
      give(packet, room, (asked & DM_STATUS_TABLE_FLAG) != 0 ? world.table : world.status);
      break;
    case DM_LIST_DEVICES_CMD: give(packet, room, world.list); break;
    case DM_DEV_SUSPEND_CMD:
    case DM_DEV_REMOVE_CMD:
      packet.flags |= DM_UEVENT_GENERATED_FLAG;
      if (event) {
        --world.semaphore;
        world.node = command == DM_DEV_SUSPEND_CMD;
      }
      break;
    default: break;
  }
  packet.event_nr = 0;
}

bool isControl(const char* path) { return std::strcmp(path, "/dev/mapper/control") == 0; }
bool isNode(const char* path) { return std::strcmp(path, "/dev/mapper/bench") == 0; }
bool isScratch(const char* path) { return std::strncmp(path, "/dev/mapper/.devmap-", 20) == 0; }

// Returns -1 for a path that is not ours.
int look(const char* path, mode_t& mode, dev_t& device) {
  if (isControl(path)) {
    mode = S_IFCHR | 0600;
    device = makedev(10, 236);
  } else if (isNode(path)) {
    mode = S_IFBLK | 0600;
    device = makedev(254, 0);
    if (!world.node) {
      errno = ENOENT;
      return 2;
    }
  } else {
    return -1;
  }
  return 0;
}

template <typename Stat>
int lookAt(const char* function, const char* path, Stat* out) {
  mode_t mode = 0;
  dev_t device = 0;
  const int found = look(path, mode, device);
  if (found < 0) return next<int(const char*, Stat*)>(function)(path, out);
  realCall();
  if (found != 0) return -1;
  *out = {};
  out->st_mode = mode;
  out->st_rdev = device;
  return 0;
}

int openAt(const char* function, const char* path, int flags, mode_t mode) {
  auto* const real = next<int(const char*, int, ...)>(function);
  if (!isControl(path)) return real(path, flags, mode);
  return world.control = real("/dev/null", flags & ~O_EXCL);
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  return openAt("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = va_arg(list, mode_t);
  va_end(list);
  return openAt("open64", path, flags, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  static char devices[] = "Block devices:\n254 device-mapper\n";
  if (std::strcmp(path, "/proc/devices") == 0) return ::fmemopen(devices, sizeof devices - 1, "r");
  return next<FILE*(const char*, const char*)>("fopen64")(path, mode);
}

int stat(const char* path, struct stat* out) noexcept { return lookAt("stat", path, out); }
int lstat(const char* path, struct stat* out) noexcept { return lookAt("lstat", path, out); }
int stat64(const char* path, struct stat64* out) noexcept { return lookAt("stat64", path, out); }
int lstat64(const char* path, struct stat64* out) noexcept { return lookAt("lstat64", path, out); }

int mknod(const char* path, mode_t mode, dev_t device) noexcept {
  if (!isNode(path) && !isScratch(path))
    return next<int(const char*, mode_t, dev_t)>("mknod")(path, mode, device);
  realCall();
  if (isNode(path)) world.node = true;
  return 0;
}
int chown(const char* path, uid_t owner, gid_t group) noexcept {
  if (!isNode(path)) return next<int(const char*, uid_t, gid_t)>("chown")(path, owner, group);
  realCall();
  return 0;
}
int rename(const char* from, const char* to) noexcept {
  if (!isScratch(from)) return next<int(const char*, const char*)>("rename")(from, to);
  realCall();
  world.node = true;
  return 0;
}
int unlink(const char* path) noexcept {
  if (!isNode(path) && !isScratch(path)) return next<int(const char*)>("unlink")(path);
  realCall();
  if (isScratch(path)) return errno = ENOENT, -1;
  world.node = false;
  return 0;
}
int access(const char* path, int mode) noexcept {
  if (std::strcmp(path, "/run/udev/control") != 0)
    return next<int(const char*, int)>("access")(path, mode);
  realCall();
  return 0;
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list list;
  va_start(list, request);
  void* const argument = va_arg(list, void*);
  va_end(list);
  if (fd != world.control || _IOC_TYPE(request) != DM_IOCTL)
    return next<int(int, unsigned long, ...)>("ioctl")(fd, request, argument);
  realCall();
  answer(*static_cast<dm_ioctl*>(argument), static_cast<unsigned>(_IOC_NR(request)));
  return 0;
}

int semget(key_t, int, int) noexcept {
  realCall();
  world.semaphore = 0;
  return 7;
}
int semctl(int, int, int command, ...) noexcept {
  va_list list;
  va_start(list, command);
  union {
    int value;
    unsigned short* values;
  } argument;
  argument.values = va_arg(list, unsigned short*);
  va_end(list);
  realCall();
  if (command == SETVAL) world.semaphore = argument.value;
  if (command == SETALL) world.semaphore = argument.values[0];
  return command == GETVAL ? world.semaphore : 0;
}
int semop(int, sembuf* operations, size_t count) noexcept {
  realCall();
  for (size_t i = 0; i < count; ++i) world.semaphore += operations[i].sem_op;
  return 0;
}
int semtimedop(int id, sembuf* operations, size_t count, const timespec*) noexcept {
  return semop(id, operations, count);
}

}  // extern "C"
