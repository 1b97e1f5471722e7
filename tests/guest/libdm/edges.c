/* What a program may do to the library: export the library's own names, fork, cancel a thread that
 * waits, run out of memory, call in from an exit handler and from the log. Ends with `N passed, N
 * failed`. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libdevmapper.h>

static int passed, failed, interposed;

static void check(const char* name, int good) {
  printf("%s - %s\n", good ? "ok" : "not ok", name);
  if (good)
    ++passed;
  else
    ++failed;
}

/* The library must not call these. */
int dm_task_set_newname(struct dm_task* task, const char* name) {
  (void)task, (void)name;
  ++interposed;
  return 0;
}
int dm_format_dev(char* text, int size, uint32_t major, uint32_t minor) {
  (void)text, (void)size, (void)major, (void)minor;
  ++interposed;
  return 0;
}
void* dm_malloc_wrapper(size_t size, const char* file, int line) {
  (void)size, (void)file, (void)line;
  ++interposed;
  return NULL;
}
void dm_list_add(struct dm_list* head, struct dm_list* element) {
  (void)head, (void)element;
  ++interposed;
}

static int run(int type, const char* name, uint32_t* cookie) {
  struct dm_task* task = dm_task_create(type);
  int done = task && dm_task_set_name(task, name);
  if (done && type == DM_DEVICE_CREATE) done = dm_task_add_target(task, 0, 8, "zero", "");
  if (done && cookie) done = dm_task_set_cookie(task, cookie, 0);
  done = done && dm_task_run(task);
  dm_task_destroy(task);
  return done;
}

static int cycle(const char* name) {
  uint32_t cookie = 0;
  int done = run(DM_DEVICE_CREATE, name, &cookie) && dm_udev_wait(cookie);
  cookie = 0;
  return run(DM_DEVICE_REMOVE, name, &cookie) && dm_udev_wait(cookie) && done;
}

static int nodes_below(uint32_t major, uint32_t minor) {
  struct dm_tree* tree = dm_tree_create();
  int done = tree && dm_tree_add_dev(tree, major, minor) &&
             dm_tree_deactivate_children(dm_tree_find_node(tree, 0, 0), "NONE-", 5);
  if (tree) dm_tree_free(tree);
  return done;
}

static pthread_barrier_t started;

/* An event that never comes: the wait goes on until its deadline, DEVMAP_UDEV_TIMEOUT. */
static int take(uint32_t cookie) {
  struct sembuf one = {0, 1, 0};
  return semop(semget((key_t)cookie, 1, 0), &one, 1) == 0;
}

static void* wait_long(void* cookie) {
  pthread_barrier_wait(&started);
  dm_udev_wait(*(uint32_t*)cookie);
  pthread_testcancel();
  return "not cancelled";
}

static void cancelled(void) {
  uint32_t cookie = 0;
  void* result = NULL;
  pthread_t thread;
  check("a cookie for a wait", dm_udev_create_cookie(&cookie) && take(cookie));
  pthread_barrier_init(&started, NULL, 2);
  check("a thread", pthread_create(&thread, NULL, wait_long, &cookie) == 0);
  pthread_barrier_wait(&started);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  check("a thread that waits can be cancelled", result == PTHREAD_CANCELED);
  check("and the library goes on", cycle("edges"));
}

static void forked(void) {
  int status = -1;
  pid_t child;
  check("before a fork", cycle("edges"));
  fflush(stdout); /* or the child writes it again */
  child = fork();
  if (child == 0) _exit(cycle("edges-child") ? 0 : 1);
  check("a child works", child > 0 && waitpid(child, &status, 0) == child && status == 0);
  check("and so does its parent", cycle("edges"));
}

static int logged;
static void calls_back(int level, const char* file, int line, int class, const char* format, ...) {
  (void)file, (void)line, (void)class, (void)format;
  if ((level & 7) <= 3 && !logged++) check("the log calls the library", cycle("edges-log"));
}

static void no_memory(void) {
  const size_t size = 64 << 20;
  const struct rlimit none = {1, RLIM_INFINITY};
  struct rlimit before;
  struct dm_task* task = dm_task_create(DM_DEVICE_RELOAD);
  char* params = malloc(size);
  int done, error;
  if (!task || !params || getrlimit(RLIMIT_AS, &before)) exit(1);
  memset(params, 'x', size - 1);
  params[size - 1] = '\0';
  setrlimit(RLIMIT_AS, &none);
  errno = 0;
  done = dm_task_add_target(task, 0, 8, "linear", params);
  error = errno;
  setrlimit(RLIMIT_AS, &before);
  check("no memory for a row", !done && error == ENOMEM);
  check("the task goes on without it", dm_task_add_target(task, 0, 8, "zero", ""));
  dm_task_destroy(task);
  free(params);
}

static void at_exit(void) {
  int good = cycle("edges");
  printf("%s - an exit handler works\n%d passed, %d failed\n", good ? "ok" : "not ok",
         passed + good, failed + !good);
  fflush(stdout);
  if (!good) _exit(1);
}

int main(void) {
  struct dm_info info = {0};
  struct dm_task* task;
  char text[64];
  setvbuf(stdout, NULL, _IOLBF, 0);
  atexit(at_exit);
  check("a program that exports names of the library", cycle("edges"));
  check("a device", run(DM_DEVICE_CREATE, "edges", NULL));
  task = dm_task_create(DM_DEVICE_INFO);
  check("its state",
        dm_task_set_name(task, "edges") && dm_task_run(task) && dm_task_get_info(task, &info));
  dm_task_destroy(task);
  check("a tree", nodes_below(info.major, info.minor));
  check("its nodes", dm_mknodes(NULL));
  check("its name", dm_device_get_name(info.major, info.minor, 0, text, sizeof text));
  check("gone", run(DM_DEVICE_REMOVE, "edges", NULL));
  check("none of the program's own functions was called", interposed == 0);
  dm_log_with_errno_init(calls_back);
  check("a failure that is logged", !run(DM_DEVICE_TABLE, "edges-none", NULL) && logged);
  dm_log_with_errno_init(NULL);
  no_memory();
  cancelled();
  forked();
  return failed != 0;
}
