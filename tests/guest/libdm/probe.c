// Prints what a program sees of libdevmapper, a fact a line: results, errno, texts and levels of
// the log, layouts, nodes, cookies. Lines that begin with a blank belong to the title above them.
// tests/guest/libdm/probe.sh compares them with what two releases of LVM2's library print.
// Needs root, device-mapper and udevd. Its devices are named probe*.
#include <errno.h>
#include <inttypes.h>
#include <libdevmapper.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static void on_log(int level, const char* file, int line, int e, const char* f, ...) {
  va_list ap;
  char text[4096];
  va_start(ap, f);
  vsnprintf(text, sizeof text, f, ap);
  va_end(ap);
  (void)file;
  (void)line;
  if (level < 5) printf("  log level=%d errno_or_class=%d text=%s\n", level, e, text);
}

static int old_logs;
static void on_old_log(int level, const char* file, int line, const char* f, ...) {
  va_list ap;
  char text[4096];
  va_start(ap, f);
  vsnprintf(text, sizeof text, f, ap);
  va_end(ap);
  if (level < 5) {
    ++old_logs;
    printf("  oldlog level=%d fmt=%s text=%s file?%d line>0=%d\n", level, f, text, file != NULL,
           line > 0);
  }
}

static void info(struct dm_task* t) {
  struct dm_info i;
  memset(&i, 0x55, sizeof i);
  int r = dm_task_get_info(t, &i);
  printf("  get_info=%d", r);
  if (r)
    printf(
        " exists=%d susp=%d live=%d inactive=%d open=%d event=%u major?%d minor=%u ro=%d "
        "targets=%d deferred=%#x internal=%d",
        i.exists, i.suspended, i.live_table, i.inactive_table, i.open_count, i.event_nr,
        i.major != 0, i.minor, i.read_only, i.target_count, (unsigned)i.deferred_remove,
        i.internal_suspend);
  puts("");
}

static struct dm_task* make(int type, const char* name) {
  struct dm_task* t = dm_task_create(type);
  if (t && name && !dm_task_set_name(t, name)) puts("  set_name=0");
  return t;
}

static int run(struct dm_task* t) {
  errno = 0;
  int r = dm_task_run(t), e = errno;
  printf("  run=%d task_errno=%d errno=%s\n", r, dm_task_get_errno(t), r ? "-" : strerror(e));
  return r;
}

static void simple(int type, const char* name, const char* title) {
  printf("%s\n", title);
  struct dm_task* t = make(type, name);
  run(t);
  info(t);
  dm_task_destroy(t);
}

static int exists(const char* path) {
  struct stat s;
  return lstat(path, &s) == 0 ? (S_ISLNK(s.st_mode) ? 2 : 1) : 0;
}

static int create(const char* name, const char* uuid, uint64_t len, const char* type,
                  const char* params, int cookie) {
  struct dm_task* t = make(DM_DEVICE_CREATE, name);
  uint32_t c = 0;
  if (uuid) printf("  set_uuid=%d\n", dm_task_set_uuid(t, uuid));
  printf("  add_target=%d\n", dm_task_add_target(t, 0, len, type, params));
  if (cookie) {
    int set = dm_task_set_cookie(t, &c, 0);
    printf("  set_cookie=%d magic?%d\n", set, (c >> 16) == 0x0d4d);
  }
  int r = run(t);
  if (cookie) printf("  wait=%d\n", dm_udev_wait(c));
  info(t);
  printf("  name=%s uuid=%s\n", r ? dm_task_get_name(t) : "?", r ? dm_task_get_uuid(t) : "?");
  dm_task_destroy(t);
  return r;
}

static void removed(const char* name) {
  struct dm_task* t = make(DM_DEVICE_REMOVE, name);
  uint32_t c = 0;
  dm_task_set_cookie(t, &c, 0);
  run(t);
  dm_udev_wait(c);
  dm_task_destroy(t);
}

static void message_to_none(void) {
  puts("message to none");
  struct dm_task* t = make(DM_DEVICE_TARGET_MSG, "probe-none");
  printf("  %d\n", dm_task_set_message(t, "hello"));
  run(t);
  dm_task_destroy(t);
}

static void sector_without_message(void) {
  puts("sector without message");
  struct dm_task* t = make(DM_DEVICE_TARGET_MSG, "probe-none");
  dm_task_set_sector(t, 5);
  run(t);
  dm_task_destroy(t);
}

static void rows_with_a_gap(void) {
  puts("rows with a gap");
  struct dm_task* t = make(DM_DEVICE_CREATE, "probe4");
  int a = dm_task_add_target(t, 0, 8, "zero", ""), b = dm_task_add_target(t, 16, 8, "zero", "");
  printf("  add %d %d\n", a, b);
  run(t);
  dm_task_destroy(t);
}

static void rows_not_from_0(void) {
  puts("rows: first not at 0");
  struct dm_task* t = make(DM_DEVICE_CREATE, "probe4");
  printf("  add %d\n", dm_task_add_target(t, 8, 8, "zero", ""));
  run(t);
  dm_task_destroy(t);
}

static void long_type(void) {
  puts("type of 16 bytes");
  struct dm_task* t = make(DM_DEVICE_CREATE, "probe4");
  printf("  add %d\n", dm_task_add_target(t, 0, 8, "sixteenbytesname", ""));
  dm_task_destroy(t);
}

static void reload_without_rows(void) {
  puts("reload without rows");
  struct dm_task* t = make(DM_DEVICE_RELOAD, "probe1");
  run(t);
  dm_task_destroy(t);
}

static void two_rows(void) {
  puts("two rows");
  struct dm_task* t = make(DM_DEVICE_CREATE, "probe5");
  dm_task_add_target(t, 0, 8, "zero", "");
  dm_task_add_target(t, 8, 16, "error", "");
  run(t);
  dm_task_destroy(t);
  dm_task_update_nodes();
  printf("  node after update_nodes %d\n", exists("/dev/mapper/probe5"));
  t = make(DM_DEVICE_TABLE, "probe5");
  run(t);
  void* n = NULL;
  uint64_t s, l;
  char *ty, *pa;
  int k = 0;
  do {
    n = dm_get_next_target(t, n, &s, &l, &ty, &pa);
    printf("  row %d: %" PRIu64 " %" PRIu64 " '%s' '%s'\n", k++, s, l, ty, pa);
  } while (n);
  dm_task_destroy(t);
  t = make(DM_DEVICE_INFO, "probe5");
  run(t);
  n = dm_get_next_target(t, NULL, &s, &l, &ty, &pa);
  printf("  rows of info: %d %" PRIu64 " type?%d\n", n != NULL, l, ty != NULL);
  dm_task_destroy(t);
}

static void names(void) {
  puts("names");
  struct dm_task* t = make(DM_DEVICE_LIST, NULL);
  run(t);
  struct dm_names* n = dm_task_get_names(t);
  unsigned next = 0;
  int k = 0;
  do {
    n = (void*)((char*)n + next);
    uint32_t* p = (uint32_t*)(((uintptr_t)(strchr(n->name, 0) + 1) + 7) & ~(uintptr_t)7);
    printf("  '%s' minor?%d event=%u flags=%u aligned?%d uuid='%s'\n", n->name, minor(n->dev) < 64,
           p[0], p[1], ((uintptr_t)n & 7) == 0, p[1] & 1 ? (char*)(p + 2) : "-");
    next = n->next;
  } while (next && ++k < 20);
  info(t);
  dm_task_destroy(t);
}

static void versions(void) {
  puts("versions");
  struct dm_task* t = make(DM_DEVICE_LIST_VERSIONS, NULL);
  run(t);
  struct dm_versions *n = dm_task_get_versions(t), *last;
  int z = 0, k = 0;
  do {
    last = n;
    z |= !strcmp(n->name, "zero") && n->version[0] == 1;
    n = (void*)((char*)n + n->next);
    ++k;
  } while (last != n);
  printf("  zero 1.x found %d, several %d\n", z, k > 3);
  dm_task_destroy(t);
}

static void target_version(void) {
  puts("target version");
  struct dm_task* t = make(DM_DEVICE_GET_TARGET_VERSION, "zero");
  run(t);
  struct dm_versions* n = dm_task_get_versions(t);
  printf("  %s %u next %u\n", n->name, n->version[0], n->next);
  dm_task_destroy(t);
}

static void deps(void) {
  puts("deps");
  struct dm_task* t = make(DM_DEVICE_CREATE, "probe6");
  dm_task_add_target(t, 0, 8, "linear", "/dev/mapper/probe1 0");
  run(t);
  dm_task_destroy(t);
  dm_task_update_nodes();
  t = make(DM_DEVICE_DEPS, "probe6");
  run(t);
  struct dm_deps* d = dm_task_get_deps(t);
  printf("  count %u dm?%d name %s\n", d->count, dm_is_dm_major(major(d->device[0])),
         dm_task_get_name(t));
  struct dm_info i;
  dm_task_get_info(t, &i);
  char b[256];
  printf("  kernel name %d", dm_device_get_name(i.major, i.minor, 1, b, sizeof b));
  printf(" dm-?%d", !strncmp(b, "dm-", 3));
  printf(" dm name %d", dm_device_get_name(i.major, i.minor, 0, b, sizeof b));
  printf(" %s", b);
  printf(" small %d\n", dm_device_get_name(i.major, i.minor, 0, b, 3));
  printf("  holders: of probe1 %d of probe6 %d; mounted %d\n",
         dm_device_has_holders(major(d->device[0]), minor(d->device[0])),
         dm_device_has_holders(i.major, i.minor), dm_device_has_mounted_fs(i.major, i.minor));
  struct dm_tree* tree = dm_tree_create();
  printf("  tree add %d", dm_tree_add_dev(tree, i.major, i.minor));
  struct dm_tree_node* node = dm_tree_find_node(tree, i.major, i.minor);
  void* h = NULL;
  struct dm_tree_node* c = dm_tree_next_child(&h, node, 0);
  printf(" name %s child %s uuid %s more %d", dm_tree_node_get_name(node), dm_tree_node_get_name(c),
         dm_tree_node_get_uuid(c), dm_tree_next_child(&h, node, 0) != NULL);
  h = NULL;
  struct dm_tree_node* gc = dm_tree_next_child(&h, c, 0);
  printf(" leaf's child is the root %d kids %d/%d inverted %d\n",
         gc == dm_tree_find_node(tree, 0, 0), dm_tree_node_num_children(node, 0),
         dm_tree_node_num_children(c, 0), dm_tree_node_num_children(c, 1));
  dm_tree_free(tree);
  dm_task_destroy(t);
}

static void deferred(void) {
  puts("busy, deferred");
  struct dm_task* t = make(DM_DEVICE_REMOVE, "probe1");
  uint32_t c = 0;
  dm_task_deferred_remove(t);
  dm_task_set_cookie(t, &c, DM_UDEV_DISABLE_LIBRARY_FALLBACK);
  run(t);
  int w = dm_udev_wait(c);
  printf("  wait %d node %d\n", w, exists("/dev/mapper/probe1"));
  dm_task_destroy(t);
  simple(DM_DEVICE_INFO, "probe1", "info of deferred");
  t = make(DM_DEVICE_TARGET_MSG, "probe1");
  dm_task_set_sector(t, 0);
  dm_task_set_message(t, "@cancel_deferred_remove");
  run(t);
  dm_task_destroy(t);
}

static void setters(void) {
  puts("setters that do not belong to the type");
  struct dm_task* t = make(DM_DEVICE_INFO, "probe1");
  printf("  %d%d%d%d%d%d%d%d%d%d%d%d\n", dm_task_set_ro(t), dm_task_no_flush(t),
         dm_task_skip_lockfs(t), dm_task_retry_remove(t), dm_task_deferred_remove(t),
         dm_task_secure_data(t), dm_task_no_open_count(t), dm_task_query_inactive_table(t),
         dm_task_set_read_ahead(t, 8, 0), dm_task_set_add_node(t, DM_ADD_NODE_ON_CREATE),
         dm_task_set_mode(t, 0600), dm_task_enable_checks(t));
  run(t);
  dm_task_destroy(t);
}

static void add_node(void) {
  puts("set_add_node 7");
  struct dm_task* t = make(DM_DEVICE_CREATE, "probe9");
  printf("  %d\n", dm_task_set_add_node(t, 7));
  dm_task_destroy(t);
}

static void addresses(void) {
  puts("by path, uuid, number");
  struct dm_task* t = make(DM_DEVICE_INFO, "/dev/mapper/probe1");
  run(t);
  printf("  %s\n", dm_task_get_name(t));
  struct dm_info i;
  dm_task_get_info(t, &i);
  dm_task_destroy(t);
  t = dm_task_create(DM_DEVICE_INFO);
  dm_task_set_uuid(t, "PROBE-1");
  run(t);
  printf("  %s\n", dm_task_get_name(t));
  dm_task_destroy(t);
  t = dm_task_create(DM_DEVICE_INFO);
  dm_task_set_major(t, i.major);
  dm_task_set_minor(t, i.minor);
  run(t);
  printf("  %s\n", dm_task_get_name(t));
  dm_task_destroy(t);
  t = dm_task_create(DM_DEVICE_INFO);
  dm_task_set_major_minor(t, 3, i.minor, 1);
  run(t);
  printf("  fallback %s\n", dm_task_get_name(t));
  dm_task_destroy(t);
  t = make(DM_DEVICE_INFO, "/dev/mapper/probe-none");
  puts("  (path to nothing)");
  dm_task_destroy(t);
  t = make(DM_DEVICE_CREATE, "a/b");
  puts("  (create a/b)");
  dm_task_destroy(t);
}

static void mangling(void) {
  puts("mangling");
  create("probe a b", NULL, 8, "zero", "", 1);
  struct dm_task* t = make(DM_DEVICE_INFO, "probe a b");
  run(t);
  char *m = dm_task_get_name_mangled(t), *u = dm_task_get_name_unmangled(t);
  printf("  '%s' '%s' '%s' node %d\n", dm_task_get_name(t), m, u,
         exists("/dev/mapper/probe\\x20a\\x20b"));
  free(m);
  free(u);
  dm_task_destroy(t);
  t = make(DM_DEVICE_INFO, "probe\\x20a\\x20b");
  run(t);
  info(t);
  dm_task_destroy(t);
  t = make(DM_DEVICE_INFO, "probe\\x20a b");
  puts("  (mixed)");
  dm_task_destroy(t);
  removed("probe a b");
}

static void renaming(void) {
  puts("rename");
  struct dm_task* t = make(DM_DEVICE_RENAME, "probe5");
  uint32_t c = 0;
  int a = dm_task_set_newname(t, "probe55"), b = dm_task_set_cookie(t, &c, 0);
  printf("  newname %d cookie %d\n", a, b);
  run(t);
  a = dm_udev_wait(c);
  printf("  wait %d nodes %d %d\n", a, exists("/dev/mapper/probe5"), exists("/dev/mapper/probe55"));
  dm_task_destroy(t);
  t = make(DM_DEVICE_RENAME, "probe55");
  a = dm_task_set_newname(t, "");
  b = dm_task_set_newname(t, "a/b");
  printf("  empty %d slash %d\n", a, b);
  dm_task_destroy(t);
}

static void one_cookie_for_two(void) {
  puts("suspend, resume, one cookie for two");
  struct dm_task* t = make(DM_DEVICE_SUSPEND, "probe55");
  run(t);
  info(t);
  dm_task_destroy(t);
  uint32_t c = 0;
  t = make(DM_DEVICE_RESUME, "probe55");
  dm_task_set_cookie(t, &c, 0);
  run(t);
  info(t);
  dm_task_destroy(t);
  uint32_t before = c;
  t = make(DM_DEVICE_REMOVE, "probe55");
  dm_task_set_cookie(t, &c, 0);
  printf("  same cookie %d\n", c == before);
  run(t);
  int w1 = dm_udev_wait(c), w2 = dm_udev_wait(c);
  printf("  wait %d again %d\n", w1, w2);
  dm_task_destroy(t);
  printf("  node %d\n", exists("/dev/mapper/probe55"));
}

static void cookies(void) {
  puts("cookies");
  uint32_t c = 0;
  printf("  create %d", dm_udev_create_cookie(&c));
  int ready = 7;
  printf(" immediate %d", dm_udev_wait_immediate(c, &ready));
  printf(" ready %d", ready);
  printf(" complete of none %d", dm_udev_complete(0x0d4d0001));
  int w1 = dm_udev_wait(0), w2 = dm_udev_wait(0x12345678);
  printf(" wait 0: %d wrong magic: %d\n", w1, w2);
}

static void event(void) {
  puts("event");
  struct dm_task* t = make(DM_DEVICE_WAITEVENT, "probe6");
  dm_task_set_event_nr(t, 99);
  run(t);
  info(t);
  uint64_t s, l;
  char *ty, *pa;
  dm_get_next_target(t, NULL, &s, &l, &ty, &pa);
  printf("  %" PRIu64 " %s '%s'\n", l, ty, pa);
  dm_task_destroy(t);
}

static void sync_off(void) {
  puts("sync off");
  dm_udev_set_sync_support(0);
  printf("  sync %d\n", dm_udev_get_sync_support());
  struct dm_task* t = make(DM_DEVICE_REMOVE, "probe6");
  uint32_t c = 0;
  printf("  cookie %d", dm_task_set_cookie(t, &c, 0));
  printf(" value %u\n", c);
  run(t);
  printf("  wait %d node %d\n", dm_udev_wait(c), 0);
  dm_task_destroy(t);
  dm_udev_set_sync_support(1);
}

static void reused(void) {
  puts("reused after a failure");
  struct dm_task* t = make(DM_DEVICE_TABLE, "probe1");
  run(t);
  dm_task_set_name(t, "probe-none");
  run(t);
  info(t);
  dm_task_destroy(t);
}

static void dev_dir(void) {
  puts("dev dir");
  printf("  %d %s", dm_set_dev_dir("relative"), dm_dir());
  printf(" %d", dm_set_dev_dir("/tmp/d"));
  printf(" %s\n", dm_dir());
  dm_set_dev_dir("/dev");
}

static void library(void) {
  char v[128];
  printf("dir %s\n", dm_dir());
  int got = dm_get_library_version(v, sizeof v);
  printf("version %d has ' (' %d starts 1.02. %d\n", got, strstr(v, " (") != NULL,
         strncmp(v, "1.02.", 5) == 0);
  printf("version size 4: %d\n", dm_get_library_version(v, 4));
  printf("non default log: %d\n", dm_log_is_non_default());
  dm_log_with_errno_init(on_log);
  printf("non default log: %d\n", dm_log_is_non_default());
  got = dm_driver_version(v, sizeof v);
  printf("driver %d %s\n", got, v);
  printf("cookie supported %d sync %d checking %d\n", dm_cookie_supported(),
         dm_udev_get_sync_support(), dm_udev_get_checking());
}

static void none(void) {
  simple(DM_DEVICE_INFO, "probe-none", "info of none");
  simple(DM_DEVICE_STATUS, "probe-none", "status of none");
  simple(DM_DEVICE_TABLE, "probe-none", "table of none");
  simple(DM_DEVICE_DEPS, "probe-none", "deps of none");
  simple(DM_DEVICE_REMOVE, "probe-none", "remove of none");
  simple(DM_DEVICE_SUSPEND, "probe-none", "suspend of none");
  simple(DM_DEVICE_RESUME, "probe-none", "resume of none");
  simple(DM_DEVICE_CLEAR, "probe-none", "clear of none");
  simple(DM_DEVICE_INFO, NULL, "info without a device");
  simple(99, NULL, "type 99");
}

static void create_all(void) {
  puts("create with table");
  create("probe1", "PROBE-1", 2048, "zero", "", 1);
  printf("  node %d\n", exists("/dev/mapper/probe1"));
  puts("create again");
  create("probe1", "PROBE-2", 2048, "zero", "", 1);
  puts("create with a taken uuid");
  create("probe2", "PROBE-1", 2048, "zero", "", 1);
  puts("create with an unknown target");
  create("probe3", NULL, 2048, "nosuch", "", 1);
  puts("create with bad parameters");
  create("probe3", NULL, 2048, "linear", "nonsense", 1);
  simple(DM_DEVICE_INFO, "probe3", "info of what failed");
}

static void status_and_table(void) {
  puts("status and table");
  for (int i = 0; i < 2; ++i) {
    struct dm_task* t = make(i ? DM_DEVICE_TABLE : DM_DEVICE_STATUS, "probe1");
    run(t);
    info(t);
    uint64_t s = 7, l = 7;
    char *ty = NULL, *pa = NULL;
    void* next = dm_get_next_target(t, NULL, &s, &l, &ty, &pa);
    printf("  next?%d %" PRIu64 " %" PRIu64 " '%s' '%s'\n", next != NULL, s, l, ty ? ty : "(null)",
           pa ? pa : "(null)");
    dm_task_destroy(t);
  }
}

static void old_log_function(void) {
  puts("old log function");
  dm_log_init(on_old_log);
  simple(DM_DEVICE_TABLE, "probe-none", "table of none");
  printf("  calls?%d\n", old_logs > 0);
  dm_log_init(NULL);
  dm_log_with_errno_init(on_log);
}

static void release_and_exit(void) {
  removed("probe1");
  dm_hold_control_dev(1);
  dm_lib_release();
  dm_hold_control_dev(0);
  dm_lib_release();
  simple(DM_DEVICE_VERSION, NULL, "version after release");
  dm_lib_exit();
  dm_lib_exit();
  simple(DM_DEVICE_VERSION, NULL, "version after exit");
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  library();
  none();
  message_to_none();
  sector_without_message();
  create_all();
  rows_with_a_gap();
  rows_not_from_0();
  long_type();
  reload_without_rows();
  status_and_table();
  two_rows();
  names();
  versions();
  target_version();
  deps();
  puts("busy");
  removed("probe1");
  deferred();
  setters();
  add_node();
  addresses();
  mangling();
  renaming();
  one_cookie_for_two();
  cookies();
  event();
  sync_off();
  old_log_function();
  reused();
  dev_dir();
  release_and_exit();
  return 0;
}
