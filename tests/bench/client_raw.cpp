// The same operations as a hand-written loop of ioctls: the floor. It knows the size of replies in
// advance, as the kernel copies all of a buffer.

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "client.hpp"

namespace {

int control = -1;
std::vector<char> buffer(16UL << 20);
dm_ioctl* const header = reinterpret_cast<dm_ioctl*>(buffer.data());

void need(int status, const char* what) {
  if (status == 0) return;
  std::fprintf(stderr, "raw: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

void begin(const char* name, std::uint32_t size = 16384, std::uint32_t flags = 0) {
  std::memset(header, 0, sizeof *header);
  header->version[0] = DM_VERSION_MAJOR;
  header->data_size = size;
  header->data_start = sizeof *header;
  header->flags = flags;
  if (name != nullptr) std::strcpy(header->name, name);
}
void call(unsigned long command, const char* what) {
  need(::ioctl(control, command, header), what);
}

// Writes one row. Returns where the next begins.
std::uint32_t row(std::uint32_t at, std::uint64_t start, std::uint64_t length, const char* type,
                  const char* params, std::size_t size) {
  dm_target_spec spec{};
  spec.sector_start = start;
  spec.length = length;
  std::strcpy(spec.target_type, type);
  const auto all = static_cast<std::uint32_t>((sizeof spec + size + 1 + 7) / 8 * 8);
  spec.next = all;
  std::memcpy(buffer.data() + at, &spec, sizeof spec);
  std::memcpy(buffer.data() + at + sizeof spec, params, size + 1);
  return at + all;
}

std::uint64_t createRemove() {
  begin(benchName);
  call(DM_DEV_CREATE, "DM_DEV_CREATE");
  const std::uint64_t device = header->dev;
  begin(benchName);
  header->target_count = 1;
  row(sizeof *header, 0, 8, "zero", "", 0);
  call(DM_TABLE_LOAD, "DM_TABLE_LOAD");
  begin(benchName);
  call(DM_DEV_SUSPEND, "DM_DEV_SUSPEND");
  const char* const node = "/dev/mapper/bench";
  need(::mknod(node, S_IFBLK | 0600, makedev((device >> 8) & 0xfff, device & 0xff)), "mknod");
  begin(benchName);
  call(DM_DEV_REMOVE, "DM_DEV_REMOVE");
  need(::unlink(node), "unlink");
  return device;
}

// Room for a reply of `count` rows or devices.
std::uint32_t room(unsigned count) { return 16384 + count * 80; }

std::uint64_t rows(unsigned count, std::uint32_t flags) {
  begin(benchName, room(count), flags | DM_NOFLUSH_FLAG);
  call(DM_TABLE_STATUS, "DM_TABLE_STATUS");
  std::uint64_t sum = 0;
  const char* at = buffer.data() + header->data_start;
  const char* const first = at;
  for (std::uint32_t i = 0; i < header->target_count; ++i) {
    dm_target_spec spec;
    std::memcpy(&spec, at, sizeof spec);
    sum += spec.sector_start + spec.length + std::strlen(spec.target_type) +
           std::strlen(at + sizeof spec);
    at = first + spec.next;
  }
  return sum;
}

std::uint64_t load(unsigned count) {
  std::uint32_t at = sizeof *header;
  begin(benchName);
  header->target_count = count;
  for (unsigned i = 0; i < count; ++i) {
    char params[32];
    const std::size_t length = benchParams(params, i);
    at = row(at, i * 8ULL, 8, "linear", params, length);
  }
  header->data_size = at;
  call(DM_TABLE_LOAD, "DM_TABLE_LOAD");
  return count;
}

std::uint64_t list(unsigned count) {
  begin(nullptr, room(count), DM_UUID_FLAG);
  call(DM_LIST_DEVICES, "DM_LIST_DEVICES");
  std::uint64_t sum = 0;
  const char* at = buffer.data() + header->data_start;
  for (;;) {
    const auto* const names = reinterpret_cast<const dm_name_list*>(at);
    if (names->dev == 0) break;
    const std::size_t length = std::strlen(names->name);
    const char* const after = at + (offsetof(dm_name_list, name) + length + 1 + 7) / 8 * 8;
    std::uint32_t event[2];
    std::memcpy(event, after, sizeof event);
    sum += length + event[0];
    if ((event[1] & DM_NAME_LIST_FLAG_HAS_UUID) != 0) sum += std::strlen(after + sizeof event);
    if (names->next == 0) break;
    at += names->next;
  }
  return sum;
}

std::uint64_t once(const char* operation, unsigned size) {
  if (std::strcmp(operation, "create-remove") == 0) return createRemove();
  if (std::strcmp(operation, "status") == 0) return rows(size, 0);
  if (std::strcmp(operation, "table") == 0) return rows(size, DM_STATUS_TABLE_FLAG);
  if (std::strcmp(operation, "load") == 0) return load(size);
  if (std::strncmp(operation, "list", 4) == 0) return list(size);
  begin(benchName);
  if (std::strcmp(operation, "info") == 0) {
    call(DM_DEV_STATUS, "DM_DEV_STATUS");
  } else {
    dm_target_msg message{};
    std::memcpy(buffer.data() + sizeof *header, &message, sizeof message);
    std::strcpy(buffer.data() + sizeof *header + sizeof message, "@stats_list");
    call(DM_TARGET_MSG, "DM_TARGET_MSG");
  }
  return header->dev;
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments(count, words);
  control = ::open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
  if (control < 0) need(-1, "/dev/mapper/control");
  std::uint64_t sum = 0;
  arguments.repeat([&] { sum += once(arguments.operation, arguments.size); });
  arguments.report(sum);
}
