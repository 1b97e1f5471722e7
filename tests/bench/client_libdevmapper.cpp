// The same operations through libdevmapper, as a careful C program writes them.

#include <libdevmapper.h>

#include <cstring>

#include "client.hpp"

namespace {

void need(int good, const char* what) {
  if (good != 0) return;
  std::fprintf(stderr, "libdevmapper: %s failed\n", what);
  std::exit(1);
}

dm_task* task(int type, const char* name) {
  dm_task* const made = dm_task_create(type);
  need(made != nullptr, "dm_task_create");
  if (name != nullptr) need(dm_task_set_name(made, name), "dm_task_set_name");
  return made;
}

std::uint64_t finish(dm_task* task, bool wait) {
  std::uint32_t cookie = 0;
  if (wait) need(dm_task_set_cookie(task, &cookie, 0), "dm_task_set_cookie");
  const int done = dm_task_run(task);
  if (wait) need(dm_udev_wait(cookie), "dm_udev_wait");
  need(done, "dm_task_run");
  dm_info info;
  need(dm_task_get_info(task, &info), "dm_task_get_info");
  dm_task_destroy(task);
  return info.minor;
}

std::uint64_t createRemove(bool wait) {
  dm_task* const create = task(DM_DEVICE_CREATE, benchName);
  need(dm_task_add_target(create, 0, 8, "zero", ""), "dm_task_add_target");
  const std::uint64_t minor = finish(create, wait);
  finish(task(DM_DEVICE_REMOVE, benchName), wait);
  return minor;
}

std::uint64_t rows(int type) {
  dm_task* const read = task(type, benchName);
  need(dm_task_no_flush(read), "dm_task_no_flush");
  need(dm_task_run(read), "dm_task_run");
  std::uint64_t sum = 0;
  void* next = nullptr;
  do {
    std::uint64_t start = 0, length = 0;
    char* target = nullptr;
    char* params = nullptr;
    next = dm_get_next_target(read, next, &start, &length, &target, &params);
    if (target != nullptr) sum += start + length + std::strlen(params) + std::strlen(target);
  } while (next != nullptr);
  dm_task_destroy(read);
  return sum;
}

std::uint64_t load(unsigned count) {
  dm_task* const load = task(DM_DEVICE_RELOAD, benchName);
  for (unsigned i = 0; i < count; ++i) {
    char params[32];
    benchParams(params, i);
    need(dm_task_add_target(load, i * 8ULL, 8, "linear", params), "dm_task_add_target");
  }
  need(dm_task_run(load), "dm_task_run");
  dm_task_destroy(load);
  return count;
}

// Names alone, as the kernel returned them.
std::uint64_t listNames() {
  dm_task* const list = task(DM_DEVICE_LIST, nullptr);
  need(dm_task_run(list), "dm_task_run");
  std::uint64_t sum = 0;
  const dm_names* names = dm_task_get_names(list);
  for (std::uint32_t next = 0; names->dev != 0;
       names = reinterpret_cast<const dm_names*>(reinterpret_cast<const char*>(names) + next)) {
    next = names->next;
    sum += std::strlen(names->name);
    if (next == 0) break;
  }
  dm_task_destroy(list);
  return sum;
}

// Names and uuids. The library does not return the uuids of a list, so each device is asked, as in
// dmsetup.
std::uint64_t listUuids() {
  dm_task* const list = task(DM_DEVICE_LIST, nullptr);
  need(dm_task_run(list), "dm_task_run");
  std::uint64_t sum = 0;
  const dm_names* names = dm_task_get_names(list);
  for (std::uint32_t next = 0; names->dev != 0;
       names = reinterpret_cast<const dm_names*>(reinterpret_cast<const char*>(names) + next)) {
    next = names->next;
    dm_task* const info = task(DM_DEVICE_INFO, names->name);
    need(dm_task_run(info), "dm_task_run");
    sum += std::strlen(names->name) + std::strlen(dm_task_get_uuid(info));
    dm_task_destroy(info);
    if (next == 0) break;
  }
  dm_task_destroy(list);
  return sum;
}

std::uint64_t once(const char* operation, unsigned size) {
  if (std::strcmp(operation, "create-remove") == 0) return createRemove(false);
  if (std::strcmp(operation, "create-remove-cookie") == 0) return createRemove(true);
  if (std::strcmp(operation, "status") == 0) return rows(DM_DEVICE_STATUS);
  if (std::strcmp(operation, "table") == 0) return rows(DM_DEVICE_TABLE);
  if (std::strcmp(operation, "load") == 0) return load(size);
  if (std::strcmp(operation, "list") == 0) return listUuids();
  if (std::strcmp(operation, "list-names") == 0) return listNames();
  if (std::strcmp(operation, "info") == 0) return finish(task(DM_DEVICE_INFO, benchName), false);
  dm_task* const message = task(DM_DEVICE_TARGET_MSG, benchName);
  need(dm_task_set_message(message, "@stats_list") && dm_task_set_sector(message, 0),
       "dm_task_set_message");
  return finish(message, false);
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments(count, words);
  dm_udev_set_sync_support(1);
  std::uint64_t sum = 0;
  arguments.repeat([&] { sum += once(arguments.operation, arguments.size); });
  arguments.report(sum);
}
