// Threads that create, read and remove devices with the C interface at the same time. Each
// operation has its own task and cookie.
//   threads THREADS ROUNDS     ends with `N passed, N failed`; a round of one thread is one
// Needs root, device-mapper and udevd. Its devices are named threadN.
#include <libdevmapper.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { most = 64 };
static int rounds, bad;

static void quiet(int level, const char* file, int line, int e, const char* format, ...) {
  (void)level, (void)file, (void)line, (void)e, (void)format;
}

static int operation(int type, const char* name) {
  struct dm_task* t = dm_task_create(type);
  if (!t) return 0;
  uint32_t cookie = 0;
  int good = dm_task_set_name(t, name);
  if (type == DM_DEVICE_CREATE) good = good && dm_task_add_target(t, 0, 8, "zero", "");
  if (type == DM_DEVICE_REMOVE) good = good && dm_task_retry_remove(t);
  if (type != DM_DEVICE_STATUS) good = good && dm_task_set_cookie(t, &cookie, 0);
  good = good && dm_task_run(t);
  if (type == DM_DEVICE_STATUS && good) {
    uint64_t start, length;
    char *target, *parameters;
    dm_get_next_target(t, NULL, &start, &length, &target, &parameters);
    good = length == 8;
  }
  if (cookie && !dm_udev_wait(cookie)) good = 0;
  dm_task_destroy(t);
  return good;
}

static void* work(void* number) {
  char name[32];
  snprintf(name, sizeof name, "thread%ld", (long)number);
  for (int i = 0; i < rounds; ++i)
    if (!operation(DM_DEVICE_CREATE, name) || !operation(DM_DEVICE_STATUS, name) ||
        !operation(DM_DEVICE_REMOVE, name))
      __atomic_add_fetch(&bad, 1, __ATOMIC_RELAXED);
  return NULL;
}

int main(int argc, char** argv) {
  const int threads = argc == 3 ? atoi(argv[1]) : 0;
  if (threads < 1 || threads > most) {
    fprintf(stderr, "usage: threads THREADS ROUNDS, at most %d threads\n", most);
    return 2;
  }
  rounds = atoi(argv[2]);
  pthread_t all[most];
  dm_log_with_errno_init(quiet);
  for (long i = 0; i < threads; ++i)
    if (pthread_create(&all[i], NULL, work, (void*)i) != 0) return 1;
  for (int i = 0; i < threads; ++i) pthread_join(all[i], NULL);
  printf("%d passed, %d failed\n", threads * rounds - bad, bad);
  return bad != 0;
}
