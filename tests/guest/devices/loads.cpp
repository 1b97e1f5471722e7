// Wraps ioctl(2) (LD_PRELOAD) and keeps the last table that a program loaded into a device, as
// text, in the file $DEVICES_LOADS/NAME.
#include <dlfcn.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using Ioctl = int (*)(int, unsigned long, void*);

/// The rows of a request. The traced program is trusted to have built it correctly.
std::string rowsOf(const dm_ioctl* request) {
  std::string text;
  const char* at = reinterpret_cast<const char*>(request) + request->data_start;
  for (unsigned i = 0; i < request->target_count; ++i) {
    dm_target_spec row;
    std::memcpy(&row, at, sizeof row);
    text += std::to_string(row.sector_start) + ' ' + std::to_string(row.length) + ' ' +
            row.target_type + ' ' + (at + sizeof row) + '\n';
    at += row.next;
  }
  return text;
}

void keep(const char* folder, const char* name, const std::string& rows) {
  const std::string path = std::string(folder) + '/' + name;
  if (std::FILE* const file = std::fopen(path.c_str(), "we")) {
    std::fputs(rows.c_str(), file);
    std::fclose(file);
  }
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int ioctl(int fd, unsigned long number,
                                                            ...) noexcept {
  std::va_list list;
  va_start(list, number);
  void* const argument = va_arg(list, void*);
  va_end(list);
  static const auto real = reinterpret_cast<Ioctl>(dlsym(RTLD_NEXT, "ioctl"));
  const char* const folder = std::getenv("DEVICES_LOADS");
  if (number != DM_TABLE_LOAD || folder == nullptr) return real(fd, number, argument);
  const auto* const request = static_cast<const dm_ioctl*>(argument);
  const std::string rows = rowsOf(request);  // the reply overwrites it
  const int result = real(fd, number, argument);
  if (result == 0 && request->name[0] != '\0') keep(folder, request->name, rows);
  return result;
}
