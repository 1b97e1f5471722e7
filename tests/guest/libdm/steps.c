/* The life of a device, each change under its own cookie: create, reload, resume, rename, remove.
 * tests/fault/kill kills it. Exit status 1, and the step on stderr, if one fails.
 *   steps NAME NEWNAME */
#include <stdio.h>

#include <libdevmapper.h>

static int step(const char* what, int type, const char* name, uint64_t sectors,
                const char* new_name) {
  uint32_t cookie = 0;
  struct dm_task* task = dm_task_create(type);
  int done = task && dm_task_set_name(task, name);
  if (sectors) done = done && dm_task_add_target(task, 0, sectors, "zero", "");
  if (new_name) done = done && dm_task_set_newname(task, new_name);
  if (type != DM_DEVICE_RELOAD) done = done && dm_task_set_cookie(task, &cookie, 0);
  done = done && dm_task_run(task);
  if (!dm_udev_wait(cookie)) done = 0;
  if (task) dm_task_destroy(task);
  if (!done) fprintf(stderr, "steps: %s %s failed\n", what, name);
  return done;
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return step("create", DM_DEVICE_CREATE, argv[1], 16, NULL) &&
                 step("reload", DM_DEVICE_RELOAD, argv[1], 32, NULL) &&
                 step("resume", DM_DEVICE_RESUME, argv[1], 0, NULL) &&
                 step("rename", DM_DEVICE_RENAME, argv[1], 0, argv[2]) &&
                 step("remove", DM_DEVICE_REMOVE, argv[2], 0, NULL)
             ? 0
             : 1;
}
