/* SPDX-License-Identifier: MIT */
/*
 * The C interface of libdevmapper, provided by devmap.
 *
 * Programs that are written for libdevmapper 1.02 compile against this header and run with either
 * library: names, values and layouts are those of 1.02.214.
 *
 * Conventions, where nothing else is said:
 * - A function that returns int gives 1 for success and 0 for failure. A failure logs at least one
 *   line of level 3. After a failed dm_task_run errno is the kernel's; no other call promises it.
 * - Sizes and offsets of devices are sectors of 512 bytes.
 * - Strings that go in are copied. Strings that come out live as long as the object they come from.
 * - Different threads may use different tasks, pools and lists at the same time. One object belongs
 *   to one thread at a time. Settings of the process (directories, modes) are for its start.
 * - Functions that destroy or free something accept NULL.
 */
#ifndef LIB_DEVICE_MAPPER_H
#define LIB_DEVICE_MAPPER_H

/* Programs rely on these. Where musl is installed without the kernel's headers, one is left out. */
#include <inttypes.h>
#include <limits.h>
#if __has_include(<linux/types.h>)
#include <linux/types.h>
#endif
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dm_config_node;
struct dm_histogram;
struct dm_list;
struct dm_pool;
struct dm_stats;
struct dm_task;
struct dm_timestamp;
struct dm_tree;
struct dm_tree_node;

/*
 * The log.
 *
 * Levels: 2 fatal, 3 error, 4 warning (a warning may carry 0x80), 5 and 6 verbose, 7 debug. Without
 * a function of the program's own, lines up to level 4 go to standard error.
 */

/* Receives one line, without its newline. `errno_class` is -1 for errors. Called by any thread. */
typedef void (*dm_log_with_errno_fn)(int level, const char* file, int line, int errno_class,
                                     const char* format, ...) __attribute__((format(printf, 5, 6)));
/* The older form, without an errno class. */
typedef void (*dm_log_fn)(int level, const char* file, int line, const char* format, ...)
    __attribute__((format(printf, 4, 5)));

/* Installs the program's function. NULL restores the default. */
void dm_log_with_errno_init(dm_log_with_errno_fn function);
void dm_log_init(dm_log_fn function);
/* Lets the default log write lines above level 4 up to `level`. */
void dm_log_init_verbose(int level);
/* 1 if a function of the program is installed. */
int dm_log_is_non_default(void);

/*
 * The process: library, kernel driver, directories.
 */

/* "1.02.214 (devmap X.Y.Z)". Fails if `size` is too small. */
int dm_get_library_version(char* version, size_t size);
/* Version of the kernel's interface, such as "4.47.0". */
int dm_driver_version(char* version, size_t size);

/* Never needed: every function prepares what it uses. */
void dm_lib_init(void);
/* Closes the control device, unless it is held. Any later call opens it again. */
void dm_lib_release(void);
/* The same even if it is held; also forgets what was remembered about the system. */
void dm_lib_exit(void);
/* Non-zero keeps the control device open over dm_lib_release. */
void dm_hold_control_dev(int hold);

/* The directory of device nodes: "/dev/mapper". */
const char* dm_dir(void);
/* Sets the parent of that directory: an absolute path, to which "/mapper" is appended. */
int dm_set_dev_dir(const char* dev_dir);
/* What a uuid may begin with when a tree is searched: "LVM-" by default, at most 15 bytes. */
const char* dm_uuid_prefix(void);
int dm_set_uuid_prefix(const char* uuid_prefix);

/* Declared for linking; fails with ENOSYS: sysfs is at /sys. */
const char* dm_sysfs_dir(void);
int dm_set_sysfs_dir(const char* sysfs_dir);

#define DM_UDEV_DEV_DIR "/dev/"
#define DM_DEV_DIR_UMASK 0022
#define DM_CONTROL_NODE_UMASK 0177

/*
 * Names and uuids with bytes that udev cannot put into a link.
 *
 * Such a byte is stored as \xNN. AUTO translates both ways and refuses a name that is half
 * translated; HEX translates always; NONE passes bytes as they are.
 */

typedef enum dm_string_mangling_e {
  DM_STRING_MANGLING_NONE,
  DM_STRING_MANGLING_AUTO,
  DM_STRING_MANGLING_HEX
} dm_string_mangling_t;

/* The mode of the process. At start it is DM_DEFAULT_NAME_MANGLING_MODE of the environment (none,
 * auto, hex), else AUTO. */
int dm_set_name_mangling_mode(dm_string_mangling_t mode);
dm_string_mangling_t dm_get_name_mangling_mode(void);

/*
 * Tasks: one operation of the kernel, with its settings and its results.
 *
 * A setting that the type of the task does not use is ignored. Results belong to the task: they are
 * replaced by the next dm_task_run, and end with dm_task_destroy.
 */

enum {
  DM_DEVICE_CREATE = 0,
  DM_DEVICE_RELOAD = 1,
  DM_DEVICE_REMOVE = 2,
  DM_DEVICE_REMOVE_ALL = 3,
  DM_DEVICE_SUSPEND = 4,
  DM_DEVICE_RESUME = 5,
  DM_DEVICE_INFO = 6,
  DM_DEVICE_DEPS = 7,
  DM_DEVICE_RENAME = 8,
  DM_DEVICE_VERSION = 9,
  DM_DEVICE_STATUS = 10,
  DM_DEVICE_TABLE = 11,
  DM_DEVICE_WAITEVENT = 12,
  DM_DEVICE_LIST = 13,
  DM_DEVICE_CLEAR = 14,
  DM_DEVICE_MKNODES = 15,
  DM_DEVICE_LIST_VERSIONS = 16,
  DM_DEVICE_TARGET_MSG = 17,
  DM_DEVICE_SET_GEOMETRY = 18,
  DM_DEVICE_ARM_POLL = 19,
  DM_DEVICE_GET_TARGET_VERSION = 20
};

/* When the device node appears. */
typedef enum dm_add_node_e { DM_ADD_NODE_ON_RESUME, DM_ADD_NODE_ON_CREATE } dm_add_node_t;

/* State of a device. All zero if it does not exist. */
struct dm_info {
  int exists;
  int suspended;
  int live_table;
  int inactive_table;
  int32_t open_count;
  uint32_t event_nr;
  uint32_t major;
  uint32_t minor;
  int read_only;
  int32_t target_count;
  int deferred_remove;
  int internal_suspend;
};

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc99-extensions" /* members without a size, in C++ */
#endif

/* Devices below one device, as numbers for major() and minor(). */
struct dm_deps {
  uint32_t count;
  uint32_t filler;
  __extension__ uint64_t device[];
};

/* A list of devices. The next record begins `next` bytes after this one; 0 ends the list. An empty
 * list is one record with dev == 0. */
struct dm_names {
  uint64_t dev;
  uint32_t next;
  __extension__ char name[];
};

/* A list of target types, chained in the same way. An empty list is one record of zeros. */
struct dm_versions {
  uint32_t next;
  uint32_t version[3];
  __extension__ char name[];
};

#ifdef __clang__
#pragma clang diagnostic pop
#endif

/* NULL if the kernel has no device-mapper, or it may not be used. */
struct dm_task* dm_task_create(int type);
void dm_task_destroy(struct dm_task* task);

/* Which device: by name, uuid or number. A name with '/' is a path of a device node, except for
 * CREATE, which refuses it. At most 127 bytes. */
int dm_task_set_name(struct dm_task* task, const char* name);
int dm_task_set_uuid(struct dm_task* task, const char* uuid);
int dm_task_set_major(struct dm_task* task, int major);
int dm_task_set_minor(struct dm_task* task, int minor);
/* With the fallback, a major that is not device-mapper's is replaced by device-mapper's. */
int dm_task_set_major_minor(struct dm_task* task, int major, int minor, int fallback);

/* RENAME: the new name, or the uuid for a device that has none. */
int dm_task_set_newname(struct dm_task* task, const char* new_name);
int dm_task_set_newuuid(struct dm_task* task, const char* new_uuid);

/* One row of the table, for CREATE and RELOAD. `target_type` has at most 15 bytes. The kernel
 * checks the rows when the task is run. */
int dm_task_add_target(struct dm_task* task, uint64_t start, uint64_t size, const char* target_type,
                       const char* params);
int dm_task_set_ro(struct dm_task* task);
/* RELOAD: nothing is loaded if the live table is the same. */
int dm_task_suppress_identical_reload(struct dm_task* task);
/* CREATE, RELOAD: the kernel measures the table, if it is configured to. */
int dm_task_ima_measurement(struct dm_task* task);

/* Owner, group and permissions of the node; only where the library makes it. */
int dm_task_set_uid(struct dm_task* task, uid_t uid);
int dm_task_set_gid(struct dm_task* task, gid_t gid);
int dm_task_set_mode(struct dm_task* task, mode_t mode);
/* Fails for a value that is not of the type. */
int dm_task_set_add_node(struct dm_task* task, dm_add_node_t add_node);

#define DM_READ_AHEAD_AUTO UINT32_MAX
#define DM_READ_AHEAD_NONE 0
/* The device's own read-ahead stays if it is larger. */
#define DM_READ_AHEAD_MINIMUM_FLAG 0x1

/* Sectors, set after the device is resumed. That it cannot be set does not fail the task. */
int dm_task_set_read_ahead(struct dm_task* task, uint32_t read_ahead, uint32_t read_ahead_flags);
/* After a run: the read-ahead of the device now, in sectors, from sysfs. 0: it cannot be read. */
uint32_t dm_task_get_read_ahead(const struct dm_task* task, uint32_t* read_ahead);

/* SUSPEND without waiting for queued I/O; STATUS, TABLE and INFO without a commit of metadata. */
int dm_task_no_flush(struct dm_task* task);
/* SUSPEND without freezing the file system. */
int dm_task_skip_lockfs(struct dm_task* task);
/* Results of the table that is loaded but not yet live. */
int dm_task_query_inactive_table(struct dm_task* task);
/* Ignored: no kernel of this century counts less for it. */
int dm_task_no_open_count(struct dm_task* task);
/* The rows hold keys: the kernel and the library wipe their copies. */
int dm_task_secure_data(struct dm_task* task);
/* REMOVE: a busy device is tried again, for about five seconds. */
int dm_task_retry_remove(struct dm_task* task);
/* REMOVE: a device in use goes when it is closed for the last time. */
int dm_task_deferred_remove(struct dm_task* task);
/* Accepted; the library has no such checks. */
int dm_task_enable_checks(struct dm_task* task);

/* TARGET_MSG: the message, and the sector that chooses the row. */
int dm_task_set_message(struct dm_task* task, const char* message);
int dm_task_set_sector(struct dm_task* task, uint64_t sector);
/* SET_GEOMETRY: decimal numbers. */
int dm_task_set_geometry(struct dm_task* task, const char* cylinders, const char* heads,
                         const char* sectors, const char* start);
/* WAITEVENT: returns when the device's counter is past this number. */
int dm_task_set_event_nr(struct dm_task* task, uint32_t event_nr);

/* Runs the task. It may be run again. INFO, STATUS and MKNODES succeed for a device that does not
 * exist. CREATE with rows also loads and resumes; what a failure leaves is undone. */
int dm_task_run(struct dm_task* task);
/* errno of the last ioctl of this task; 0 if the library refused it without asking the kernel. */
int dm_task_get_errno(struct dm_task* task);

/* The kernel's interface version; works after any run that succeeded. */
int dm_task_get_driver_version(struct dm_task* task, char* version, size_t size);
int dm_task_get_info(struct dm_task* task, struct dm_info* info);
/* For programs linked before 1.02.97: fills the first 44 bytes only. */
int dm_task_get_info_with_deferred_remove(struct dm_task* task, struct dm_info* info);
/* Of the device that answered; if it does not exist, as it was asked for. NULL after a failure. */
const char* dm_task_get_name(const struct dm_task* task);
const char* dm_task_get_uuid(const struct dm_task* task);
/* The same in a fixed form, to be freed by the caller. */
char* dm_task_get_name_mangled(const struct dm_task* task);
char* dm_task_get_name_unmangled(const struct dm_task* task);
char* dm_task_get_uuid_mangled(const struct dm_task* task);
char* dm_task_get_uuid_unmangled(const struct dm_task* task);

struct dm_deps* dm_task_get_deps(struct dm_task* task);
struct dm_names* dm_task_get_names(struct dm_task* task);
struct dm_versions* dm_task_get_versions(struct dm_task* task);
/* Declared for linking; fails with ENOSYS. */
int dm_task_get_device_list(struct dm_task* task, struct dm_list** devices, unsigned* features);
/* NULL if the target answered nothing. */
const char* dm_task_get_message_response(struct dm_task* task);

/* Rows of TABLE, STATUS and WAITEVENT. `next` is NULL for the first row, then the value returned.
 * NULL means that this row was the last. The texts may be changed in place. */
void* dm_get_next_target(struct dm_task* task, void* next, uint64_t* start, uint64_t* length,
                         char** target_type, char** params);

/* Makes or repairs the node of one device; of all devices for NULL. */
int dm_mknodes(const char* name);
/* Waits until nodes of finished tasks have appeared. Rarely needed: tasks make nodes themselves. */
void dm_task_update_nodes(void);

/*
 * udev.
 *
 * A cookie joins a task to the event it causes, so that dm_udev_wait returns when udev has finished
 * with the device. Flags tell the rules what to leave out.
 */

#define DM_UDEV_DISABLE_DM_RULES_FLAG 0x0001
#define DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG 0x0002
#define DM_UDEV_DISABLE_DISK_RULES_FLAG 0x0004
#define DM_UDEV_DISABLE_OTHER_RULES_FLAG 0x0008
#define DM_UDEV_LOW_PRIORITY_FLAG 0x0010
/* Nodes are left to udev even if it does not make them. */
#define DM_UDEV_DISABLE_LIBRARY_FALLBACK 0x0020
/* Set by the library on events that change a device. */
#define DM_UDEV_PRIMARY_SOURCE_FLAG 0x0040
/* For rules of a subsystem: of LVM, multipath, cryptsetup. */
#define DM_SUBSYSTEM_UDEV_FLAG0 0x0100
#define DM_SUBSYSTEM_UDEV_FLAG1 0x0200
#define DM_SUBSYSTEM_UDEV_FLAG2 0x0400
#define DM_SUBSYSTEM_UDEV_FLAG3 0x0800
#define DM_SUBSYSTEM_UDEV_FLAG4 0x1000
#define DM_SUBSYSTEM_UDEV_FLAG5 0x2000
#define DM_SUBSYSTEM_UDEV_FLAG6 0x4000
#define DM_SUBSYSTEM_UDEV_FLAG7 0x8000

/* In the kernel's word, flags are above the low half of the cookie. */
#define DM_UDEV_FLAGS_SHIFT 16
#define DM_UDEV_FLAGS_MASK 0xFFFF0000u
/* High half of every cookie. */
#define DM_COOKIE_MAGIC 0x0D4D
#define DM_COOKIE_AUTO_CREATE 0

/* Joins the task to a cookie, and sends `flags` with it. *cookie == 0 makes a new cookie; it stays
 * 0 where waiting for udev is not possible. Several tasks may share one. */
int dm_task_set_cookie(struct dm_task* task, uint32_t* cookie, uint16_t flags);
int dm_udev_create_cookie(uint32_t* cookie);
/* Waits for all tasks of the cookie, and ends it. Returns 1 at once for 0. */
int dm_udev_wait(uint32_t cookie);
/* Does not wait: *ready says whether dm_udev_wait would. A ready cookie is ended. */
int dm_udev_wait_immediate(uint32_t cookie, int* ready);
/* What udev's rules call: takes one task off the cookie. */
int dm_udev_complete(uint32_t cookie);

/* Whether cookies are used. 0 if the environment has DM_DISABLE_UDEV, or udev does not run. */
int dm_udev_get_sync_support(void);
void dm_udev_set_sync_support(int sync_with_udev);
/* Remembered only. */
int dm_udev_get_checking(void);
void dm_udev_set_checking(int checking);
/* Whether the kernel sends cookies back in events. */
int dm_cookie_supported(void);

/*
 * Devices by number.
 */

/* Room for "major:minor" with its NUL. */
#define DM_FORMAT_DEV_BUFSIZE 13

/* Writes "major:minor". Fails if it does not fit. */
int dm_format_dev(char* buffer, int size, uint32_t major, uint32_t minor);
int dm_is_dm_major(uint32_t major);
/* Name of any block device: its device-mapper name, or the kernel's ("dm-0") if it is preferred or
 * the only one. */
int dm_device_get_name(uint32_t major, uint32_t minor, int prefer_kernel_name, char* buffer,
                       size_t size);
/* 1 if another device uses it, or a file system of it is mounted; else 0. */
int dm_device_has_holders(uint32_t major, uint32_t minor);
int dm_device_has_mounted_fs(uint32_t major, uint32_t minor);

/* One line of mountinfo, with the device and the place. 0 ends the reading with a failure. */
typedef int (*dm_mountinfo_line_callback_fn)(char* line, unsigned major, unsigned minor,
                                             char* target, void* data);
/* Declared for linking; fails with ENOSYS. */
int dm_mountinfo_read(dm_mountinfo_line_callback_fn function, void* data);

/* Devices that this process has suspended and not resumed. */
int dm_get_suspended_counter(void);

/*
 * Lists: doubly linked rings. The head is an element without data, embedded elements belong to the
 * caller. No function allocates.
 */

struct dm_list {
  struct dm_list* n;
  struct dm_list* p;
};

/* An element with a string. */
struct dm_str_list {
  struct dm_list list;
  const char* str;
};

/* An empty list, as initializer and as definition. */
#define DM_LIST_HEAD_INIT(name) \
  { &(name), &(name) }
#define DM_LIST_INIT(name) struct dm_list name = DM_LIST_HEAD_INIT(name)

void dm_list_init(struct dm_list* head);
/* At the end of the list; before `head` if that is an element. */
void dm_list_add(struct dm_list* head, struct dm_list* element);
/* At the start of the list; after `head` if that is an element. */
void dm_list_add_h(struct dm_list* head, struct dm_list* element);
/* Takes the element off its list. Its own pointers stay, so that iteration can go on from it. */
void dm_list_del(struct dm_list* element);
/* From its list to the end of `head`. */
void dm_list_move(struct dm_list* head, struct dm_list* element);
/* All elements of `other` to the end of `head`; `other` is empty then. */
void dm_list_splice(struct dm_list* head, struct dm_list* other);

int dm_list_empty(const struct dm_list* head);
unsigned int dm_list_size(const struct dm_list* head);
/* Whether the element is the first, or the last. */
int dm_list_start(const struct dm_list* head, const struct dm_list* element);
int dm_list_end(const struct dm_list* head, const struct dm_list* element);
/* NULL where there is none. */
struct dm_list* dm_list_first(const struct dm_list* head);
struct dm_list* dm_list_last(const struct dm_list* head);
struct dm_list* dm_list_prev(const struct dm_list* head, const struct dm_list* element);
struct dm_list* dm_list_next(const struct dm_list* head, const struct dm_list* element);

/* The structure of type `t` whose member `head` is at `v`; for a member called `list`. */
#define dm_list_struct_base(v, t, head) ((t*)(void*)((char*)(v)-offsetof(t, head)))
#define dm_list_item(v, t) dm_list_struct_base(v, t, list)
/* Member `f` of the structure of type `t` whose member `e` is at `v`; for `f` called `list`. */
#define dm_struct_field(v, t, e, f) (dm_list_struct_base(v, t, e)->f)
#define dm_list_head(v, t, e) dm_struct_field(v, t, e, list)

/* Loops over elements. `v` must stay on the list, except in the loops called safe, where `t` holds
 * the next element. */
#define dm_list_iterate(v, head) for ((v) = (head)->n; (v) != (head); (v) = (v)->n)
#define dm_list_uniterate(v, head, start) for ((v) = (start)->p; (v) != (head); (v) = (v)->p)
#define dm_list_iterate_safe(v, t, head) \
  for ((v) = (head)->n, (t) = (v)->n; (v) != (head); (v) = (t), (t) = (v)->n)

/* Loops over the structures that hold the elements, as their member `field` or `list`. */
#define dm_list_typed_(v, element, field) dm_list_struct_base(element, __typeof__(*(v)), field)
#define dm_list_iterate_items_gen(v, head, field)                        \
  for ((v) = dm_list_typed_(v, (head)->n, field); &(v)->field != (head); \
       (v) = dm_list_typed_(v, (v)->field.n, field))
#define dm_list_iterate_items_gen_safe(v, t, head, field)                                       \
  for ((v) = dm_list_typed_(v, (head)->n, field), (t) = dm_list_typed_(v, (v)->field.n, field); \
       &(v)->field != (head); (v) = (t), (t) = dm_list_typed_(v, (v)->field.n, field))
#define dm_list_iterate_back_items_gen(v, head, field)                   \
  for ((v) = dm_list_typed_(v, (head)->p, field); &(v)->field != (head); \
       (v) = dm_list_typed_(v, (v)->field.p, field))
#define dm_list_iterate_items(v, head) dm_list_iterate_items_gen(v, head, list)
#define dm_list_iterate_items_safe(v, t, head) dm_list_iterate_items_gen_safe(v, t, head, list)
#define dm_list_iterate_back_items(v, head) dm_list_iterate_back_items_gen(v, head, list)

/*
 * Memory from malloc: free() releases it too. NULL when memory runs out. `file` and `line` are
 * ignored.
 */

void* dm_malloc_wrapper(size_t size, const char* file, int line) __attribute__((malloc));
/* `alignment` is a power of two; 0 for that of malloc. */
void* dm_malloc_aligned_wrapper(size_t size, size_t alignment, const char* file, int line)
    __attribute__((malloc));
/* Zeroed. */
void* dm_zalloc_wrapper(size_t size, const char* file, int line) __attribute__((malloc));
void* dm_realloc_wrapper(void* memory, unsigned int size, const char* file, int line);
void dm_free_wrapper(void* memory);
/* NULL for NULL. */
char* dm_strdup_wrapper(const char* text, const char* file, int line) __attribute__((malloc));
/* Nothing is recorded: 1, and no effect. */
int dm_dump_memory_wrapper(void);
void dm_bounds_check_wrapper(void);

#define dm_malloc(s) dm_malloc_wrapper((s), __FILE__, __LINE__)
#define dm_malloc_aligned(s, a) dm_malloc_aligned_wrapper((s), (a), __FILE__, __LINE__)
#define dm_zalloc(s) dm_zalloc_wrapper((s), __FILE__, __LINE__)
#define dm_realloc(p, s) dm_realloc_wrapper((p), (s), __FILE__, __LINE__)
#define dm_strdup(s) dm_strdup_wrapper((s), __FILE__, __LINE__)
#define dm_free(p) dm_free_wrapper(p)
#define dm_dump_memory() dm_dump_memory_wrapper()
#define dm_bounds_check() dm_bounds_check_wrapper()

/* The same by the names that programs linked before 1.02.103 use. */
void* dm_malloc_aux(size_t size, const char* file, int line) __attribute__((malloc));
void* dm_malloc_aux_debug(size_t size, const char* file, int line) __attribute__((malloc));
void* dm_zalloc_aux(size_t size, const char* file, int line) __attribute__((malloc));
void* dm_zalloc_aux_debug(size_t size, const char* file, int line) __attribute__((malloc));
void* dm_realloc_aux(void* memory, unsigned int size, const char* file, int line);
void dm_free_aux(void* memory);
char* dm_strdup_aux(const char* text, const char* file, int line) __attribute__((malloc));
int dm_dump_memory_debug(void);
void dm_bounds_check_debug(void);

/*
 * Pools: memory that is given back all at once, or back to an earlier object.
 *
 * NULL when memory runs out. One object at a time may be built piece by piece; nothing else is
 * allocated meanwhile.
 */

/* `name` is not used. `chunk_hint` is the number of bytes to fetch at once. */
struct dm_pool* dm_pool_create(const char* name, size_t chunk_hint);
/* Frees all its objects. */
void dm_pool_destroy(struct dm_pool* pool);

/* Aligned to 8, or to `alignment`, a power of two; 0 is 8. */
void* dm_pool_alloc(struct dm_pool* pool, size_t size);
void* dm_pool_alloc_aligned(struct dm_pool* pool, size_t size, unsigned int alignment);
void* dm_pool_zalloc(struct dm_pool* pool, size_t size);
char* dm_pool_strdup(struct dm_pool* pool, const char* text);
/* At most `size` bytes of the text, and a NUL. */
char* dm_pool_strndup(struct dm_pool* pool, const char* text, size_t size);
/* Frees the object and all that were allocated after it. */
void dm_pool_free(struct dm_pool* pool, void* object);
void dm_pool_empty(struct dm_pool* pool);

/* Building: begin, grow as often as needed, then end, which returns the object, or abandon. A size
 * of 0 grows by the string's length, without its NUL. */
int dm_pool_begin_object(struct dm_pool* pool, size_t size_hint);
int dm_pool_grow_object(struct dm_pool* pool, const void* data, size_t size);
void* dm_pool_end_object(struct dm_pool* pool);
void dm_pool_abandon_object(struct dm_pool* pool);

/* A mark only: a locked pool still allocates. With `crc` set in both calls, unlock fails if
 * anything in the pool has changed since. Locking twice and unlocking twice fail. */
int dm_pool_lock(struct dm_pool* pool, int crc);
int dm_pool_unlock(struct dm_pool* pool, int crc);
int dm_pool_locked(struct dm_pool* pool);

/*
 * Bit sets: the number of bits, then the bits, the lowest of a word first.
 */

typedef uint32_t* dm_bitset_t;

#define DM_BITS_PER_INT ((unsigned)sizeof(int) * CHAR_BIT)

/* All bits are 0. From malloc if `pool` is NULL; only such a set is destroyed. */
dm_bitset_t dm_bitset_create(struct dm_pool* pool, unsigned int bit_count);
void dm_bitset_destroy(dm_bitset_t bits);
/* Of sets of one size. */
int dm_bitset_equal(dm_bitset_t left, dm_bitset_t right);
void dm_bit_and(dm_bitset_t out, dm_bitset_t left, dm_bitset_t right);
void dm_bit_union(dm_bitset_t out, dm_bitset_t left, dm_bitset_t right);
/* Number of a bit that is set; -1 if there is none. */
int dm_bit_get_first(dm_bitset_t bits);
int dm_bit_get_next(dm_bitset_t bits, int after);
int dm_bit_get_last(dm_bitset_t bits);
int dm_bit_get_prev(dm_bitset_t bits, int before);
/* The set of a list such as "1,3-5". It has at least `min_bit_count` bits. NULL if the text is no
 * such list. */
dm_bitset_t dm_bitset_parse_list(const char* text, struct dm_pool* pool, size_t min_bit_count);

#define dm_bit_word_(bs, i) ((bs)[(unsigned)(i) / DM_BITS_PER_INT + 1])
#define dm_bit_mask_(i) (UINT32_C(1) << ((unsigned)(i) % DM_BITS_PER_INT))
#define dm_bit_bytes_(bs) (((size_t) * (bs) / DM_BITS_PER_INT + 1) * sizeof(int))
#define dm_bit(bs, i) (dm_bit_word_(bs, i) & dm_bit_mask_(i))
#define dm_bit_set(bs, i) (dm_bit_word_(bs, i) |= dm_bit_mask_(i))
#define dm_bit_clear(bs, i) (dm_bit_word_(bs, i) &= ~dm_bit_mask_(i))
#define dm_bit_set_all(bs) memset((bs) + 1, -1, dm_bit_bytes_(bs))
#define dm_bit_clear_all(bs) memset((bs) + 1, 0, dm_bit_bytes_(bs))
/* The sets have one size. */
#define dm_bit_copy(bs1, bs2) memcpy((bs1) + 1, (bs2) + 1, dm_bit_bytes_(bs1))

/*
 * Hash tables: from text or bytes to a pointer, which stays the caller's. Keys are copied.
 */

struct dm_hash_table;
struct dm_hash_node;

typedef void (*dm_hash_iterate_fn)(void* data);

struct dm_hash_table* dm_hash_create(unsigned int size_hint);
void dm_hash_destroy(struct dm_hash_table* table);
/* Removes all entries. */
void dm_hash_wipe(struct dm_hash_table* table);

/* An entry with the same key is replaced. */
int dm_hash_insert(struct dm_hash_table* table, const char* key, void* data);
/* NULL if there is none. */
void* dm_hash_lookup(struct dm_hash_table* table, const char* key);
void dm_hash_remove(struct dm_hash_table* table, const char* key);
/* The same with keys of `size` bytes. A key of text is one whose last byte is its NUL. */
int dm_hash_insert_binary(struct dm_hash_table* table, const void* key, uint32_t size, void* data);
void* dm_hash_lookup_binary(struct dm_hash_table* table, const void* key, uint32_t size);
void dm_hash_remove_binary(struct dm_hash_table* table, const void* key, uint32_t size);

/* Several entries of one key, told apart by the bytes that they point to. */
int dm_hash_insert_allow_multiple(struct dm_hash_table* table, const char* key, const void* data,
                                  uint32_t size);
void* dm_hash_lookup_with_val(struct dm_hash_table* table, const char* key, const void* data,
                              uint32_t size);
void dm_hash_remove_with_val(struct dm_hash_table* table, const char* key, const void* data,
                             uint32_t size);
/* One of the entries, and how many there are. */
void* dm_hash_lookup_with_count(struct dm_hash_table* table, const char* key, int* count);

unsigned int dm_hash_get_num_entries(struct dm_hash_table* table);
/* Entries in no particular order. NULL after the last. A loop may remove the entry it is at only
 * after it has asked for the next. */
struct dm_hash_node* dm_hash_get_first(struct dm_hash_table* table);
struct dm_hash_node* dm_hash_get_next(struct dm_hash_table* table, struct dm_hash_node* node);
char* dm_hash_get_key(struct dm_hash_table* table, struct dm_hash_node* node);
void* dm_hash_get_data(struct dm_hash_table* table, struct dm_hash_node* node);
/* Calls the function with the data of each entry. It may remove that entry. */
void dm_hash_iter(struct dm_hash_table* table, dm_hash_iterate_fn function);

#define dm_hash_iterate(v, h) \
  for ((v) = dm_hash_get_first(h); (v); (v) = dm_hash_get_next((h), (v)))

/*
 * Text.
 */

#define DM_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define DM_TO_STRING_EXP(A) #A
#define DM_TO_STRING(A) DM_TO_STRING_EXP(A)

/* Number of bytes written without the NUL; -1 if the text was cut off. */
int dm_snprintf(char* buffer, size_t size, const char* format, ...)
    __attribute__((format(printf, 3, 4)));
/* Number of bytes with the NUL; -1 on failure. The caller frees the text. */
int dm_asprintf(char** text, const char* format, ...) __attribute__((format(printf, 2, 3)));
int dm_vasprintf(char** text, const char* format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* Copies, always with a NUL. 0 if the text was cut off. */
int dm_strncpy(char* buffer, const char* text, size_t size);
/* What follows the last '/'. Part of the path. */
const char* dm_basename(const char* path);

/* Splits in place at blanks, up to `max` words. Returns their number. `ignore_comments` is without
 * effect: a '#' at the start of a word ends the text. */
int dm_split_words(char* text, unsigned int max, unsigned int ignore_comments, char** words);
/* Splits "vg-lv-layer" and undoubles each '-' of a part. Parts that are not there are empty.
 * Without a pool, *vg is what is split, in place; else it becomes a copy of `name`. */
int dm_split_lvm_name(struct dm_pool* pool, const char* name, char** vg, char** lv, char** layer);
/* "vg-lv-layer", each '-' of a part doubled. `layer` may be NULL or empty. From `pool`. */
char* dm_build_dm_name(struct dm_pool* pool, const char* vg, const char* lv, const char* layer);
/* Prefix, id and "-layer". From `pool`. */
char* dm_build_dm_uuid(struct dm_pool* pool, const char* prefix, const char* id, const char* layer);

/* How often `c` is among the first `size` bytes of the text. */
unsigned int dm_count_chars(const char* text, size_t size, const int c);
/* Size of the text with '\' before each '"' and '\', and a NUL. */
size_t dm_escaped_len(const char* text);
/* Writes that to `buffer`, and returns it. */
char* dm_escape_double_quotes(char* buffer, const char* text);
/* Undoes it in place. */
void dm_unescape_double_quotes(char* text);
/* Finds the first ':' and '@' that have no '\' before them, and takes the '\' off the others. A
 * pointer may be NULL. */
void dm_unescape_colons_and_at_signs(char* text, char** colon, char** at);

/* Bytes of a unit such as "k", or of a multiple of it such as "1.5k". Letters: b, s, k, m, g, t, p,
 * e; capitals count in thousands; "h" and "r" are 1 and stand for the unit that fits best. *unit
 * gets the letter, or U for a multiple. With `strict` nothing may follow the letter, else *end says
 * what does; `end` may be NULL. 0 on failure. */
uint64_t dm_units_to_factor(const char* units, char* unit, int strict, const char** end);

typedef enum dm_size_suffix_e {
  DM_SIZE_LONG,  /* " Kilobyte" */
  DM_SIZE_SHORT, /* " KB" */
  DM_SIZE_UNIT   /* "k" */
} dm_size_suffix_t;

/* A size for people, from `pool`, such as "1.50 KiB". `unit_type` and `unit_factor` come from
 * dm_units_to_factor. With `use_si` multiples of 1024 are called kibi and so on. "r" puts '<'
 * before a number that was rounded up. */
const char* dm_size_to_string(struct dm_pool* pool, uint64_t sectors, char unit_type, int use_si,
                              uint64_t unit_factor, int include_suffix,
                              dm_size_suffix_t suffix_type);

/*
 * Percentages: millionths of a percent, or a negative value for none.
 */

#define DM_PERCENT_CHAR '%'

typedef enum dm_percent_range_e {
  DM_PERCENT_0 = 0,
  DM_PERCENT_1 = 1000000,
  DM_PERCENT_100 = 100 * DM_PERCENT_1,
  DM_PERCENT_INVALID = -1,
  DM_PERCENT_FAILED = -2
} dm_percent_range_t;

typedef int32_t dm_percent_t;

/* 0 and 100 only if it is exactly so. 100 for a denominator of 0. */
dm_percent_t dm_make_percent(uint64_t numerator, uint64_t denominator);
float dm_percent_to_float(dm_percent_t percent);
/* To be printed with `digits` decimals: does not round to 0 or 100 then. */
float dm_percent_to_round_float(dm_percent_t percent, unsigned int digits);

/*
 * Files.
 */

/* Makes a directory and those above it. */
int dm_create_dir(const char* path);
/* 0 also if it cannot be read. */
int dm_is_empty_dir(const char* path);
/* fclose that also reports what an earlier write met: 0, or EOF and errno, which is 0 if the cause
 * is no longer known. */
int dm_fclose(FILE* stream);
/* Locks the file for the life of the process, and writes the process number to it. Fails if another
 * process has the lock. */
int dm_create_lockfile(const char* path);
/* 1 if a process has that lock. */
int dm_daemon_is_running(const char* path);
/* SELinux is left to udev: 1, and no effect. */
int dm_prepare_selinux_context(const char* path, mode_t mode);
int dm_set_selinux_context(const char* path, mode_t mode);

/*
 * Status lines of target types. `params` is the text of dm_get_next_target; what is returned
 * belongs to the pool. Fails if the text is not of the type.
 */

/* Letters of the kernel's health word. */
typedef enum dm_status_mirror_health_e {
  DM_STATUS_MIRROR_ALIVE = 'A',
  DM_STATUS_MIRROR_FLUSH_FAILED = 'F',
  DM_STATUS_MIRROR_WRITE_FAILED = 'D',
  DM_STATUS_MIRROR_SYNC_FAILED = 'S',
  DM_STATUS_MIRROR_READ_FAILED = 'R',
  DM_STATUS_MIRROR_UNCLASSIFIED = 'U'
} dm_status_mirror_health_t;

struct dm_status_mirror {
  uint64_t total_regions;
  uint64_t insync_regions;
  uint32_t dev_count; /* of devs */
  struct dm_dev_leg_health_s {
    dm_status_mirror_health_t health;
    uint32_t major;
    uint32_t minor;
  } * devs;
  const char* log_type;
  uint32_t log_count; /* of logs */
  struct dm_dev_log_health_s {
    dm_status_mirror_health_t health;
    uint32_t major;
    uint32_t minor;
  } * logs;
};

struct dm_status_raid {
  uint64_t reserved;
  uint64_t total_regions;
  uint64_t insync_regions;
  uint64_t mismatch_count;
  uint32_t dev_count;
  char* raid_type;
  char* dev_health; /* one letter a device: A in sync, a not yet, D dead */
  char* sync_action;
  uint64_t data_offset; /* sectors */
};

struct dm_status_snapshot {
  uint64_t used_sectors;
  uint64_t total_sectors;
  uint64_t metadata_sectors;
  unsigned has_metadata_sectors : 1; /* metadata_sectors is known */
  unsigned invalid : 1;
  unsigned merge_failed : 1;
  unsigned overflow : 1;
};

#define DM_CACHE_FEATURE_WRITEBACK 0x01
#define DM_CACHE_FEATURE_WRITETHROUGH 0x02
#define DM_CACHE_FEATURE_PASSTHROUGH 0x04
#define DM_CACHE_FEATURE_METADATA2 0x08
#define DM_CACHE_FEATURE_NO_DISCARD_PASSDOWN 0x10

struct dm_status_cache {
  uint64_t version;             /* always 0 */
  uint32_t metadata_block_size; /* sectors */
  uint32_t block_size;          /* sectors */
  uint64_t metadata_used_blocks;
  uint64_t metadata_total_blocks;
  uint64_t used_blocks;
  uint64_t dirty_blocks;
  uint64_t total_blocks;
  uint64_t read_hits;
  uint64_t read_misses;
  uint64_t write_hits;
  uint64_t write_misses;
  uint64_t demotions;
  uint64_t promotions;
  uint64_t feature_flags; /* DM_CACHE_FEATURE_* */
  int core_argc;
  char** core_argv;
  char* policy_name;
  int policy_argc;
  char** policy_argv;
  unsigned error : 1;
  unsigned fail : 1;
  unsigned needs_check : 1;
  unsigned read_only : 1;
  uint32_t reserved : 28;
};

typedef enum dm_thin_discards_e {
  DM_THIN_DISCARDS_IGNORE,
  DM_THIN_DISCARDS_NO_PASSDOWN,
  DM_THIN_DISCARDS_PASSDOWN
} dm_thin_discards_t;

struct dm_status_thin_pool {
  uint64_t transaction_id;
  uint64_t used_metadata_blocks;
  uint64_t total_metadata_blocks;
  uint64_t used_data_blocks;
  uint64_t total_data_blocks;
  uint64_t held_metadata_root; /* a block; 0 for none */
  uint32_t read_only;
  dm_thin_discards_t discards;
  uint32_t fail : 1;
  uint32_t error_if_no_space : 1;
  uint32_t out_of_data_space : 1;
  uint32_t needs_check : 1;
  uint32_t error : 1;
  uint32_t reserved : 27;
};

struct dm_status_thin {
  uint64_t mapped_sectors;
  uint64_t highest_mapped_sector;
  uint32_t fail : 1;
  uint32_t reserved : 31;
};

int dm_get_status_mirror(struct dm_pool* pool, const char* params,
                         struct dm_status_mirror** status);
int dm_get_status_raid(struct dm_pool* pool, const char* params, struct dm_status_raid** status);
int dm_get_status_snapshot(struct dm_pool* pool, const char* params,
                           struct dm_status_snapshot** status);
int dm_get_status_cache(struct dm_pool* pool, const char* params, struct dm_status_cache** status);
int dm_get_status_thin_pool(struct dm_pool* pool, const char* params,
                            struct dm_status_thin_pool** status);
int dm_get_status_thin(struct dm_pool* pool, const char* params, struct dm_status_thin** status);

/*
 * Trees: devices and what they depend on.
 *
 * The root has the devices that depend on nothing as children when it is read inverted, and the
 * devices that nothing depends on otherwise. Devices that are not of device-mapper are nodes too,
 * with a number and exists == 0.
 */

struct dm_tree* dm_tree_create(void);
void dm_tree_free(struct dm_tree* tree);
/* Adds an existing device and all below it. */
int dm_tree_add_dev(struct dm_tree* tree, uint32_t major, uint32_t minor);
int dm_tree_add_dev_with_udev_flags(struct dm_tree* tree, uint32_t major, uint32_t minor,
                                    uint16_t udev_flags);
/* 0:0 and "" are the root. A uuid is also found without the prefix of dm_set_uuid_prefix. */
struct dm_tree_node* dm_tree_find_node(struct dm_tree* tree, uint32_t major, uint32_t minor);
struct dm_tree_node* dm_tree_find_node_by_uuid(struct dm_tree* tree, const char* uuid);
/* Walks the children: *handle is NULL at the start. NULL after the last. */
struct dm_tree_node* dm_tree_next_child(void** handle, const struct dm_tree_node* parent,
                                        uint32_t inverted);
int dm_tree_node_num_children(const struct dm_tree_node* node, uint32_t inverted);
/* "" if the device does not exist; never NULL. */
const char* dm_tree_node_get_name(const struct dm_tree_node* node);
const char* dm_tree_node_get_uuid(const struct dm_tree_node* node);
const struct dm_info* dm_tree_node_get_info(const struct dm_tree_node* node);
/* Removes the devices below whose uuid begins with the prefix, and what is below them. An open one
 * fails the call; the others are removed nevertheless. */
int dm_tree_deactivate_children(struct dm_tree_node* node, const char* uuid_prefix, size_t size);
/* One cookie for all that is done with the tree. */
void dm_tree_set_cookie(struct dm_tree_node* node, uint32_t cookie);
uint32_t dm_tree_get_cookie(struct dm_tree_node* node);
/* For removals: as dm_task_retry_remove. */
void dm_tree_retry_remove(struct dm_tree_node* node);
/* 1 if a device below has a uuid that begins with the prefix. */
int dm_tree_children_use_uuid(struct dm_tree_node* node, const char* uuid_prefix, size_t size);
/* Flags of the node's events. */
void dm_tree_node_set_udev_flags(struct dm_tree_node* node, uint16_t udev_flags);
/* What a uuid may end with when the tree is searched: ended by NULL, kept by the caller. */
void dm_tree_set_optional_uuid_suffixes(struct dm_tree* tree, const char** suffixes);
/* NULL: existing devices have none. */
void* dm_tree_node_get_context(const struct dm_tree_node* node);
/* Without effect: nothing is suspended here. */
void dm_tree_skip_lockfs(struct dm_tree_node* node);
void dm_tree_use_no_flush_suspend(struct dm_tree_node* node);

/*
 * Trees that are to be built: the activation code of LVM.
 * Declared for linking; fails with ENOSYS.
 */

/* Limits and flags of tables. Sizes are sectors. */
#define DM_THIN_MIN_DATA_BLOCK_SIZE UINT32_C(128)
#define DM_THIN_MAX_DATA_BLOCK_SIZE UINT32_C(2097152)
#define DM_THIN_MAX_DEVICE_ID UINT32_C(0xFFFFFF)
/* 16192 MiB: what the kernel can use. */
#define DM_THIN_MAX_METADATA_SIZE UINT64_C(33161216)
#define DM_CACHE_MIN_DATA_BLOCK_SIZE UINT32_C(64)
#define DM_CACHE_MAX_DATA_BLOCK_SIZE UINT32_C(2097152)
#define DM_CRYPT_IV_DEFAULT UINT64_C(-1)
/* Of a mirror's log. */
#define DM_NOSYNC 0x1
#define DM_FORCESYNC 0x2
#define DM_BLOCK_ON_ERROR 0x4
#define DM_CORELOG 0x8

typedef enum dm_replicator_mode_e {
  DM_REPLICATOR_SYNC,
  DM_REPLICATOR_ASYNC_WARN,
  DM_REPLICATOR_ASYNC_STALL,
  DM_REPLICATOR_ASYNC_DROP,
  DM_REPLICATOR_ASYNC_FAIL,
  NUM_DM_REPLICATOR_MODES
} dm_replicator_mode_t;

typedef enum dm_thin_message_e {
  DM_THIN_MESSAGE_CREATE_SNAP,
  DM_THIN_MESSAGE_CREATE_THIN,
  DM_THIN_MESSAGE_DELETE,
  DM_THIN_MESSAGE_SET_TRANSACTION_ID,
  DM_THIN_MESSAGE_RESERVE_METADATA_SNAP,
  DM_THIN_MESSAGE_RELEASE_METADATA_SNAP
} dm_thin_message_t;

typedef enum dm_node_callback_e {
  DM_NODE_CALLBACK_PRELOADED,
  DM_NODE_CALLBACK_DEACTIVATED
} dm_node_callback_t;

typedef int (*dm_node_callback_fn)(struct dm_tree_node* node, dm_node_callback_t type, void* data);

struct dm_tree_node_raid_params {
  const char* raid_type;
  uint32_t stripes;
  uint32_t mirrors;
  uint32_t region_size;
  uint32_t stripe_size;
  uint64_t rebuilds; /* one bit a device */
  uint64_t writemostly;
  uint32_t writebehind;
  uint32_t sync_daemon_sleep; /* ms */
  uint32_t max_recovery_rate; /* KiB per second and device */
  uint32_t min_recovery_rate;
  uint32_t stripe_cache;
  uint64_t flags;
  uint32_t reserved2;
};

/* Words of the bit masks: for 253 devices. */
#define RAID_BITMAP_SIZE 4

struct dm_tree_node_raid_params_v2 {
  const char* raid_type;
  uint32_t stripes;
  uint32_t mirrors;
  uint32_t region_size;
  uint32_t stripe_size;
  int delta_disks;
  int data_offset;
  uint64_t rebuilds[RAID_BITMAP_SIZE];
  uint64_t writemostly[RAID_BITMAP_SIZE];
  uint32_t writebehind;
  uint32_t data_copies;
  uint32_t sync_daemon_sleep;
  uint32_t max_recovery_rate;
  uint32_t min_recovery_rate;
  uint32_t stripe_cache;
  uint64_t flags;
};

int dm_tree_activate_children(struct dm_tree_node*, const char*, size_t);
struct dm_tree_node* dm_tree_add_new_dev(struct dm_tree*, const char*, const char*, uint32_t,
                                         uint32_t, int, int, void*);
struct dm_tree_node* dm_tree_add_new_dev_with_udev_flags(struct dm_tree*, const char*, const char*,
                                                         uint32_t, uint32_t, int, int, void*,
                                                         uint16_t);
int dm_tree_node_add_cache_target(struct dm_tree_node*, uint64_t, uint64_t, const char*,
                                  const char*, const char*, const char*,
                                  const struct dm_config_node*, uint32_t);
int dm_tree_node_add_crypt_target(struct dm_tree_node*, uint64_t, const char*, const char*,
                                  const char*, uint64_t, const char*);
int dm_tree_node_add_error_target(struct dm_tree_node*, uint64_t);
int dm_tree_node_add_linear_target(struct dm_tree_node*, uint64_t);
int dm_tree_node_add_mirror_target(struct dm_tree_node*, uint64_t);
int dm_tree_node_add_mirror_target_log(struct dm_tree_node*, uint32_t, unsigned int, const char*,
                                       unsigned int, uint32_t);
int dm_tree_node_add_null_area(struct dm_tree_node*, uint64_t);
int dm_tree_node_add_raid_target(struct dm_tree_node*, uint64_t, const char*, uint32_t, uint32_t,
                                 uint64_t, uint64_t);
int dm_tree_node_add_raid_target_with_params(struct dm_tree_node*, uint64_t,
                                             const struct dm_tree_node_raid_params*);
int dm_tree_node_add_raid_target_with_params_v2(struct dm_tree_node*, uint64_t,
                                                const struct dm_tree_node_raid_params_v2*);
int dm_tree_node_add_replicator_dev_target(struct dm_tree_node*, uint64_t, const char*, uint64_t,
                                           const char*, unsigned int, const char*, uint32_t,
                                           uint32_t);
int dm_tree_node_add_replicator_target(struct dm_tree_node*, uint64_t, const char*, const char*,
                                       unsigned int, dm_replicator_mode_t, uint32_t, uint64_t,
                                       uint32_t);
int dm_tree_node_add_snapshot_merge_target(struct dm_tree_node*, uint64_t, const char*, const char*,
                                           const char*, uint32_t);
int dm_tree_node_add_snapshot_origin_target(struct dm_tree_node*, uint64_t, const char*);
int dm_tree_node_add_snapshot_target(struct dm_tree_node*, uint64_t, const char*, const char*, int,
                                     uint32_t);
int dm_tree_node_add_striped_target(struct dm_tree_node*, uint64_t, uint32_t);
int dm_tree_node_add_target_area(struct dm_tree_node*, const char*, const char*, uint64_t);
int dm_tree_node_add_thin_pool_message(struct dm_tree_node*, dm_thin_message_t, uint64_t, uint64_t);
int dm_tree_node_add_thin_pool_target(struct dm_tree_node*, uint64_t, uint64_t, const char*,
                                      const char*, uint32_t, uint64_t, unsigned int);
int dm_tree_node_add_thin_pool_target_v1(struct dm_tree_node*, uint64_t, uint64_t, const char*,
                                         const char*, uint32_t, uint64_t, unsigned int,
                                         unsigned int);
int dm_tree_node_add_thin_target(struct dm_tree_node*, uint64_t, const char*, uint32_t);
int dm_tree_node_add_zero_target(struct dm_tree_node*, uint64_t);
void dm_tree_node_set_callback(struct dm_tree_node*, dm_node_callback_fn, void*);
void dm_tree_node_set_presuspend_node(struct dm_tree_node*, struct dm_tree_node*);
void dm_tree_node_set_read_ahead(struct dm_tree_node*, uint32_t, uint32_t);
int dm_tree_node_set_thin_external_origin(struct dm_tree_node*, const char*);
int dm_tree_node_set_thin_pool_discard(struct dm_tree_node*, unsigned int, unsigned int);
int dm_tree_node_set_thin_pool_error_if_no_space(struct dm_tree_node*, unsigned int);
int dm_tree_node_set_thin_pool_read_only(struct dm_tree_node*, unsigned int);
int dm_tree_node_size_changed(const struct dm_tree_node*);
int dm_tree_preload_children(struct dm_tree_node*, const char*, size_t);
int dm_tree_suspend_children(struct dm_tree_node*, const char*, size_t);
/*
 * Configuration files of LVM.
 * Declared for linking; fails with ENOSYS.
 */

typedef enum dm_config_value_type_e {
  DM_CFG_INT,
  DM_CFG_FLOAT,
  DM_CFG_STRING,
  DM_CFG_EMPTY_ARRAY
} dm_config_value_type_t;

/* How a value is written. The high half depends on the type. */
#define DM_CONFIG_VALUE_FMT_COMMON_ARRAY 0x00000001
#define DM_CONFIG_VALUE_FMT_COMMON_EXTRA_SPACES 0x00000002
#define DM_CONFIG_VALUE_FMT_INT_OCTAL 0x00010000
#define DM_CONFIG_VALUE_FMT_STRING_NO_QUOTES 0x00010000

struct dm_config_value {
  dm_config_value_type_t type;
  union dm_config_value_u {
    int64_t i;
    float f;
    double d;
    const char* str;
  } v;
  struct dm_config_value* next; /* of an array */
  uint32_t format_flags;
};

struct dm_config_node {
  const char* key;
  struct dm_config_node* parent;
  struct dm_config_node* sib;
  struct dm_config_node* child;
  struct dm_config_value* v;
  int id;
};

struct dm_config_tree {
  struct dm_config_node* root;
  struct dm_config_tree* cascade;
  struct dm_pool* mem;
  void* custom;
};

typedef int (*dm_putline_fn)(const char* line, void* data);
typedef int (*dm_config_node_out_fn)(const struct dm_config_node* node, const char* line,
                                     void* data);

struct dm_config_node_out_spec {
  dm_config_node_out_fn prefix_fn;
  dm_config_node_out_fn line_fn;
  dm_config_node_out_fn suffix_fn;
};

struct dm_config_node* dm_config_clone_node(struct dm_config_tree*, const struct dm_config_node*,
                                            int);
struct dm_config_node* dm_config_clone_node_with_mem(struct dm_pool*, const struct dm_config_node*,
                                                     int);
struct dm_config_tree* dm_config_create(void);
struct dm_config_node* dm_config_create_node(struct dm_config_tree*, const char*);
struct dm_config_value* dm_config_create_value(struct dm_config_tree*);
void dm_config_destroy(struct dm_config_tree*);
int dm_config_find_bool(const struct dm_config_node*, const char*, int);
float dm_config_find_float(const struct dm_config_node*, const char*, float);
int dm_config_find_int(const struct dm_config_node*, const char*, int);
int64_t dm_config_find_int64(const struct dm_config_node*, const char*, int64_t);
struct dm_config_node* dm_config_find_node(const struct dm_config_node*, const char*);
const char* dm_config_find_str(const struct dm_config_node*, const char*, const char*);
const char* dm_config_find_str_allow_empty(const struct dm_config_node*, const char*, const char*);
struct dm_config_tree* dm_config_flatten(struct dm_config_tree*);
struct dm_config_tree* dm_config_from_string(const char*);
void* dm_config_get_custom(struct dm_config_tree*);
int dm_config_get_list(const struct dm_config_node*, const char*, const struct dm_config_value**);
int dm_config_get_section(const struct dm_config_node*, const char*, const struct dm_config_node**);
int dm_config_get_str(const struct dm_config_node*, const char*, const char**);
int dm_config_get_uint32(const struct dm_config_node*, const char*, uint32_t*);
int dm_config_get_uint64(const struct dm_config_node*, const char*, uint64_t*);
int dm_config_has_node(const struct dm_config_node*, const char*);
struct dm_config_tree* dm_config_insert_cascaded_tree(struct dm_config_tree*,
                                                      struct dm_config_tree*);
unsigned int dm_config_maybe_section(const char*, unsigned int);
struct dm_pool* dm_config_memory(struct dm_config_tree*);
const char* dm_config_parent_name(const struct dm_config_node*);
int dm_config_parse(struct dm_config_tree*, const char*, const char*);
int dm_config_parse_without_dup_node_check(struct dm_config_tree*, const char*, const char*);
struct dm_config_tree* dm_config_remove_cascaded_tree(struct dm_config_tree*);
int dm_config_remove_node(struct dm_config_node*, struct dm_config_node*);
void dm_config_set_custom(struct dm_config_tree*, void*);
int dm_config_tree_find_bool(const struct dm_config_tree*, const char*, int);
float dm_config_tree_find_float(const struct dm_config_tree*, const char*, float);
int dm_config_tree_find_int(const struct dm_config_tree*, const char*, int);
int64_t dm_config_tree_find_int64(const struct dm_config_tree*, const char*, int64_t);
const struct dm_config_node* dm_config_tree_find_node(const struct dm_config_tree*, const char*);
const char* dm_config_tree_find_str(const struct dm_config_tree*, const char*, const char*);
const char* dm_config_tree_find_str_allow_empty(const struct dm_config_tree*, const char*,
                                                const char*);
uint32_t dm_config_value_get_format_flags(struct dm_config_value*);
int dm_config_value_is_bool(const struct dm_config_value*);
void dm_config_value_set_format_flags(struct dm_config_value*, uint32_t);
int dm_config_write_node(const struct dm_config_node*, dm_putline_fn, void*);
int dm_config_write_node_out(const struct dm_config_node*, const struct dm_config_node_out_spec*,
                             void*);
int dm_config_write_one_node(const struct dm_config_node*, dm_putline_fn, void*);
int dm_config_write_one_node_out(const struct dm_config_node*,
                                 const struct dm_config_node_out_spec*, void*);

/*
 * Regular expressions.
 * Declared for linking; fails with ENOSYS.
 */

struct dm_regex;

struct dm_regex* dm_regex_create(struct dm_pool*, const char* const*, unsigned int);
uint32_t dm_regex_fingerprint(struct dm_regex*);
int dm_regex_match(struct dm_regex*, const char*);

/*
 * Reports: tables of fields, as dmsetup and LVM's commands print them.
 * A selection must be null, empty or "all"; one with criteria fails. A group is of one report:
 * dm_report_group_create of another type fails with ENOSYS, as dm_report_value_cache_get and
 * dm_report_value_cache_set do.
 */

struct dm_report;
struct dm_report_field;
struct dm_report_group;

/* Of dm_report_field_type.flags: alignment, then type. */
#define DM_REPORT_FIELD_MASK 0x00000FFF
#define DM_REPORT_FIELD_ALIGN_MASK 0x0000000F
#define DM_REPORT_FIELD_ALIGN_LEFT 0x00000001
#define DM_REPORT_FIELD_ALIGN_RIGHT 0x00000002
#define DM_REPORT_FIELD_TYPE_MASK 0x00000FF0
#define DM_REPORT_FIELD_TYPE_NONE 0x00000000
#define DM_REPORT_FIELD_TYPE_STRING 0x00000010
#define DM_REPORT_FIELD_TYPE_NUMBER 0x00000020
#define DM_REPORT_FIELD_TYPE_SIZE 0x00000040
#define DM_REPORT_FIELD_TYPE_PERCENT 0x00000080
#define DM_REPORT_FIELD_TYPE_STRING_LIST 0x00000100
#define DM_REPORT_FIELD_TYPE_TIME 0x00000200

#define DM_REPORT_FIELD_TYPE_ID_LEN 32
#define DM_REPORT_FIELD_TYPE_HEADING_LEN 32

/* Of dm_report_reserved_value.type. */
#define DM_REPORT_FIELD_RESERVED_VALUE_MASK 0x0000000F
#define DM_REPORT_FIELD_RESERVED_VALUE_NAMED 0x00000001
#define DM_REPORT_FIELD_RESERVED_VALUE_RANGE 0x00000002
#define DM_REPORT_FIELD_RESERVED_VALUE_DYNAMIC_VALUE 0x00000004
#define DM_REPORT_FIELD_RESERVED_VALUE_FUZZY_NAMES 0x00000008

/* Of the output as a whole. */
#define DM_REPORT_OUTPUT_MASK 0x000000FF
#define DM_REPORT_OUTPUT_ALIGNED 0x00000001
#define DM_REPORT_OUTPUT_BUFFERED 0x00000002
#define DM_REPORT_OUTPUT_HEADINGS 0x00000004
#define DM_REPORT_OUTPUT_FIELD_NAME_PREFIX 0x00000008
#define DM_REPORT_OUTPUT_FIELD_UNQUOTED 0x00000010
#define DM_REPORT_OUTPUT_COLUMNS_AS_ROWS 0x00000020
#define DM_REPORT_OUTPUT_MULTIPLE_TIMES 0x00000040

struct dm_report_object_type {
  uint32_t id;
  const char* desc;
  const char* prefix;
  void* (*data_fn)(void* object);
};

struct dm_report_field_type {
  uint32_t type;
  uint32_t flags;
  uint32_t offset; /* of the data in the object */
  int32_t width;
  const char id[DM_REPORT_FIELD_TYPE_ID_LEN];
  const char heading[DM_REPORT_FIELD_TYPE_HEADING_LEN];
  int (*report_fn)(struct dm_report* report, struct dm_pool* pool, struct dm_report_field* field,
                   const void* data, void* private_data);
  const char* desc;
};

struct dm_report_reserved_value {
  const uint32_t type;
  const void* value;
  const char** names;
  const char* description;
};

struct dm_report_field_reserved_value {
  uint32_t field_num;
  const void* value;
};

typedef enum dm_report_reserved_action_e {
  DM_REPORT_RESERVED_PARSE_FUZZY_NAME,
  DM_REPORT_RESERVED_GET_DYNAMIC_VALUE
} dm_report_reserved_action_t;

typedef int (*dm_report_reserved_handler)(struct dm_report* report, struct dm_pool* pool,
                                          uint32_t field_num, dm_report_reserved_action_t action,
                                          const void* data_in, const void** data_out);

typedef enum dm_report_group_type_e {
  DM_REPORT_GROUP_SINGLE,
  DM_REPORT_GROUP_BASIC,
  DM_REPORT_GROUP_JSON
} dm_report_group_type_t;

int dm_report_column_headings(struct dm_report*);
int dm_report_compact_fields(struct dm_report*);
int dm_report_compact_given_fields(struct dm_report*, const char*);
void dm_report_destroy_rows(struct dm_report*);
int dm_report_field_int(struct dm_report*, struct dm_report_field*, const int*);
int dm_report_field_int32(struct dm_report*, struct dm_report_field*, const int32_t*);
int dm_report_field_percent(struct dm_report*, struct dm_report_field*, const dm_percent_t*);
void dm_report_field_set_value(struct dm_report_field*, const void*, const void*);
int dm_report_field_string(struct dm_report*, struct dm_report_field*, const char* const*);
int dm_report_field_string_list(struct dm_report*, struct dm_report_field*, const struct dm_list*,
                                const char*);
int dm_report_field_string_list_unsorted(struct dm_report*, struct dm_report_field*,
                                         const struct dm_list*, const char*);
int dm_report_field_uint32(struct dm_report*, struct dm_report_field*, const uint32_t*);
int dm_report_field_uint64(struct dm_report*, struct dm_report_field*, const uint64_t*);
void dm_report_free(struct dm_report*);
struct dm_report_group* dm_report_group_create(dm_report_group_type_t, void*);
int dm_report_group_destroy(struct dm_report_group*);
int dm_report_group_output_and_pop_all(struct dm_report_group*);
int dm_report_group_pop(struct dm_report_group*);
int dm_report_group_push(struct dm_report_group*, struct dm_report*, void*);
struct dm_report* dm_report_init(uint32_t*, const struct dm_report_object_type*,
                                 const struct dm_report_field_type*, const char*, const char*,
                                 uint32_t, const char*, void*);
struct dm_report* dm_report_init_with_selection(uint32_t*, const struct dm_report_object_type*,
                                                const struct dm_report_field_type*, const char*,
                                                const char*, uint32_t, const char*, const char*,
                                                const struct dm_report_reserved_value*, void*);
int dm_report_is_empty(struct dm_report*);
int dm_report_object(struct dm_report*, void*);
int dm_report_object_is_selected(struct dm_report*, void*, int, int*);
int dm_report_output(struct dm_report*);
int dm_report_set_output_field_name_prefix(struct dm_report*, const char*);
int dm_report_set_selection(struct dm_report*, const char*);
const void* dm_report_value_cache_get(struct dm_report*, const char*);
int dm_report_value_cache_set(struct dm_report*, const char*, const void*);

/*
 * Times, and the time of a task's ioctl.
 * Declared for linking; fails with ENOSYS. dm_task_set_record_timestamp succeeds.
 */

int dm_task_set_record_timestamp(struct dm_task* task);
struct dm_timestamp* dm_task_get_ioctl_timestamp(struct dm_task* task);
struct dm_timestamp* dm_timestamp_alloc(void);
int dm_timestamp_compare(struct dm_timestamp*, struct dm_timestamp*);
void dm_timestamp_copy(struct dm_timestamp*, struct dm_timestamp*);
uint64_t dm_timestamp_delta(struct dm_timestamp*, struct dm_timestamp*);
void dm_timestamp_destroy(struct dm_timestamp*);
int dm_timestamp_get(struct dm_timestamp*);

/*
 * I/O statistics of devices: regions, their areas, and groups of regions.
 * Declared for linking; fails with ENOSYS.
 */

typedef enum dm_stats_obj_type_e {
  DM_STATS_OBJECT_TYPE_NONE,
  DM_STATS_OBJECT_TYPE_AREA,
  DM_STATS_OBJECT_TYPE_REGION,
  DM_STATS_OBJECT_TYPE_GROUP
} dm_stats_obj_type_t;

typedef enum dm_stats_counter_e {
  DM_STATS_READS_COUNT,
  DM_STATS_READS_MERGED_COUNT,
  DM_STATS_READ_SECTORS_COUNT,
  DM_STATS_READ_NSECS,
  DM_STATS_WRITES_COUNT,
  DM_STATS_WRITES_MERGED_COUNT,
  DM_STATS_WRITE_SECTORS_COUNT,
  DM_STATS_WRITE_NSECS,
  DM_STATS_IO_IN_PROGRESS_COUNT,
  DM_STATS_IO_NSECS,
  DM_STATS_WEIGHTED_IO_NSECS,
  DM_STATS_TOTAL_READ_NSECS,
  DM_STATS_TOTAL_WRITE_NSECS,
  DM_STATS_NR_COUNTERS
} dm_stats_counter_t;

typedef enum dm_stats_metric_e {
  DM_STATS_RD_MERGES_PER_SEC,
  DM_STATS_WR_MERGES_PER_SEC,
  DM_STATS_READS_PER_SEC,
  DM_STATS_WRITES_PER_SEC,
  DM_STATS_READ_SECTORS_PER_SEC,
  DM_STATS_WRITE_SECTORS_PER_SEC,
  DM_STATS_AVERAGE_REQUEST_SIZE,
  DM_STATS_AVERAGE_QUEUE_SIZE,
  DM_STATS_AVERAGE_WAIT_TIME,
  DM_STATS_AVERAGE_RD_WAIT_TIME,
  DM_STATS_AVERAGE_WR_WAIT_TIME,
  DM_STATS_SERVICE_TIME,
  DM_STATS_THROUGHPUT,
  DM_STATS_UTILIZATION,
  DM_STATS_NR_METRICS
} dm_stats_metric_t;

typedef enum dm_filemapd_mode_e {
  DM_FILEMAPD_FOLLOW_INODE,
  DM_FILEMAPD_FOLLOW_PATH,
  DM_FILEMAPD_FOLLOW_NONE
} dm_filemapd_mode_t;

/* Ids that stand for the current object, for all, or for none. */
#define DM_STATS_REGION_CURRENT UINT64_MAX
#define DM_STATS_AREA_CURRENT UINT64_MAX
#define DM_STATS_REGIONS_ALL UINT64_MAX
#define DM_STATS_GROUP_NONE UINT64_MAX
#define DM_STATS_ALL_PROGRAMS ""

/* What a walk visits. */
#define DM_STATS_WALK_AREA 0x0001000000000000ULL
#define DM_STATS_WALK_REGION 0x0002000000000000ULL
#define DM_STATS_WALK_GROUP 0x0004000000000000ULL
#define DM_STATS_WALK_SKIP_SINGLE_AREA 0x0008000000000000ULL
#define DM_STATS_WALK_ALL (DM_STATS_WALK_AREA | DM_STATS_WALK_REGION | DM_STATS_WALK_GROUP)
#define DM_STATS_WALK_DEFAULT (DM_STATS_WALK_AREA | DM_STATS_WALK_REGION)

/* Of dm_histogram_to_string. */
#define DM_HISTOGRAM_SUFFIX 0x01
#define DM_HISTOGRAM_VALUES 0x02
#define DM_HISTOGRAM_PERCENT 0x04
#define DM_HISTOGRAM_BOUNDS_LOWER 0x10
#define DM_HISTOGRAM_BOUNDS_UPPER 0x20
#define DM_HISTOGRAM_BOUNDS_RANGE 0x30

int dm_message_supports_precise_timestamps(void);
int dm_stats_bind_devno(struct dm_stats*, int, int);
int dm_stats_bind_from_fd(struct dm_stats*, int);
int dm_stats_bind_name(struct dm_stats*, const char*);
int dm_stats_bind_uuid(struct dm_stats*, const char*);
void dm_stats_buffer_destroy(struct dm_stats*, char*);
int dm_stats_clear_region(struct dm_stats*, uint64_t);
struct dm_stats* dm_stats_create(const char*);
int dm_stats_create_group(struct dm_stats*, const char*, const char*, uint64_t*);
int dm_stats_create_region(struct dm_stats*, uint64_t*, uint64_t, uint64_t, int64_t, int,
                           struct dm_histogram*, const char*, const char*);
uint64_t* dm_stats_create_regions_from_fd(struct dm_stats*, int, int, int, struct dm_histogram*,
                                          const char*);
dm_stats_obj_type_t dm_stats_current_object_type(const struct dm_stats*);
int dm_stats_delete_group(struct dm_stats*, uint64_t, int);
int dm_stats_delete_region(struct dm_stats*, uint64_t);
void dm_stats_destroy(struct dm_stats*);
int dm_stats_driver_supports_histogram(void);
int dm_stats_driver_supports_precise(void);
const char* dm_stats_get_alias(const struct dm_stats*, uint64_t);
int dm_stats_get_area_offset(const struct dm_stats*, uint64_t*, uint64_t, uint64_t);
int dm_stats_get_area_start(const struct dm_stats*, uint64_t*, uint64_t, uint64_t);
int dm_stats_get_average_queue_size(const struct dm_stats*, double*, uint64_t, uint64_t);
int dm_stats_get_average_rd_wait_time(const struct dm_stats*, double*, uint64_t, uint64_t);
int dm_stats_get_average_request_size(const struct dm_stats*, double*, uint64_t, uint64_t);
int dm_stats_get_average_wait_time(const struct dm_stats*, double*, uint64_t, uint64_t);
int dm_stats_get_average_wr_wait_time(const struct dm_stats*, double*, uint64_t, uint64_t);
uint64_t dm_stats_get_counter(const struct dm_stats*, dm_stats_counter_t, uint64_t, uint64_t);
uint64_t dm_stats_get_current_area(const struct dm_stats*);
int dm_stats_get_current_area_len(const struct dm_stats*, uint64_t*);
int dm_stats_get_current_area_offset(const struct dm_stats*, uint64_t*);
int dm_stats_get_current_area_start(const struct dm_stats*, uint64_t*);
uint64_t dm_stats_get_current_nr_areas(const struct dm_stats*);
uint64_t dm_stats_get_current_region(const struct dm_stats*);
int dm_stats_get_current_region_area_len(const struct dm_stats*, uint64_t*);
const char* dm_stats_get_current_region_aux_data(const struct dm_stats*);
int dm_stats_get_current_region_len(const struct dm_stats*, uint64_t*);
int dm_stats_get_current_region_precise_timestamps(const struct dm_stats*);
const char* dm_stats_get_current_region_program_id(const struct dm_stats*);
int dm_stats_get_current_region_start(const struct dm_stats*, uint64_t*);
int dm_stats_get_group_descriptor(const struct dm_stats*, uint64_t, char**);
uint64_t dm_stats_get_group_id(const struct dm_stats*, uint64_t);
struct dm_histogram* dm_stats_get_histogram(const struct dm_stats*, uint64_t, uint64_t);
uint64_t dm_stats_get_io_in_progress(const struct dm_stats*, uint64_t, uint64_t);
uint64_t dm_stats_get_io_nsecs(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_get_metric(const struct dm_stats*, int, uint64_t, uint64_t, double*);
uint64_t dm_stats_get_nr_areas(const struct dm_stats*);
uint64_t dm_stats_get_nr_groups(const struct dm_stats*);
uint64_t dm_stats_get_nr_regions(const struct dm_stats*);
int dm_stats_get_rd_merges_per_sec(const struct dm_stats*, double*, uint64_t, uint64_t);
uint64_t dm_stats_get_read_nsecs(const struct dm_stats*, uint64_t, uint64_t);
uint64_t dm_stats_get_read_sectors(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_get_read_sectors_per_sec(const struct dm_stats*, double*, uint64_t, uint64_t);
uint64_t dm_stats_get_reads(const struct dm_stats*, uint64_t, uint64_t);
uint64_t dm_stats_get_reads_merged(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_get_reads_per_sec(const struct dm_stats*, double*, uint64_t, uint64_t);
int dm_stats_get_region_area_len(const struct dm_stats*, uint64_t*, uint64_t);
const char* dm_stats_get_region_aux_data(const struct dm_stats*, uint64_t);
int dm_stats_get_region_len(const struct dm_stats*, uint64_t*, uint64_t);
uint64_t dm_stats_get_region_nr_areas(const struct dm_stats*, uint64_t);
int dm_stats_get_region_nr_histogram_bins(const struct dm_stats*, uint64_t);
int dm_stats_get_region_precise_timestamps(const struct dm_stats*, uint64_t);
const char* dm_stats_get_region_program_id(const struct dm_stats*, uint64_t);
int dm_stats_get_region_start(const struct dm_stats*, uint64_t*, uint64_t);
uint64_t dm_stats_get_sampling_interval_ms(const struct dm_stats*);
uint64_t dm_stats_get_sampling_interval_ns(const struct dm_stats*);
int dm_stats_get_service_time(const struct dm_stats*, double*, uint64_t, uint64_t);
int dm_stats_get_throughput(const struct dm_stats*, double*, uint64_t, uint64_t);
uint64_t dm_stats_get_total_read_nsecs(const struct dm_stats*, uint64_t, uint64_t);
uint64_t dm_stats_get_total_write_nsecs(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_get_utilization(const struct dm_stats*, dm_percent_t*, uint64_t, uint64_t);
uint64_t dm_stats_get_weighted_io_nsecs(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_get_wr_merges_per_sec(const struct dm_stats*, double*, uint64_t, uint64_t);
uint64_t dm_stats_get_write_nsecs(const struct dm_stats*, uint64_t, uint64_t);
uint64_t dm_stats_get_write_sectors(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_get_write_sectors_per_sec(const struct dm_stats*, double*, uint64_t, uint64_t);
uint64_t dm_stats_get_writes(const struct dm_stats*, uint64_t, uint64_t);
uint64_t dm_stats_get_writes_merged(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_get_writes_per_sec(const struct dm_stats*, double*, uint64_t, uint64_t);
int dm_stats_group_present(const struct dm_stats*, uint64_t);
int dm_stats_list(struct dm_stats*, const char*);
dm_stats_obj_type_t dm_stats_object_type(const struct dm_stats*, uint64_t, uint64_t);
int dm_stats_populate(struct dm_stats*, const char*, uint64_t);
char* dm_stats_print_region(struct dm_stats*, uint64_t, unsigned int, unsigned int, unsigned int);
int dm_stats_region_present(const struct dm_stats*, uint64_t);
int dm_stats_set_alias(struct dm_stats*, uint64_t, const char*);
int dm_stats_set_program_id(struct dm_stats*, int, const char*);
void dm_stats_set_sampling_interval_ms(struct dm_stats*, uint64_t);
void dm_stats_set_sampling_interval_ns(struct dm_stats*, uint64_t);
int dm_stats_start_filemapd(int, uint64_t, const char*, dm_filemapd_mode_t, unsigned int,
                            unsigned int);
uint64_t* dm_stats_update_regions_from_fd(struct dm_stats*, int, uint64_t);
int dm_stats_walk_end(struct dm_stats*);
int dm_stats_walk_init(struct dm_stats*, uint64_t);
void dm_stats_walk_next(struct dm_stats*);
void dm_stats_walk_next_region(struct dm_stats*);
void dm_stats_walk_start(struct dm_stats*);

#define dm_stats_walk_while(dms) while (!dm_stats_walk_end(dms))
#define dm_stats_foreach_from_(dms, kind)                                                    \
  for (dm_stats_walk_init((dms), (kind)), dm_stats_walk_start(dms); !dm_stats_walk_end(dms); \
       dm_stats_walk_next(dms))
#define dm_stats_foreach_area(dms) dm_stats_foreach_from_(dms, DM_STATS_WALK_AREA)
#define dm_stats_foreach_region(dms) dm_stats_foreach_from_(dms, DM_STATS_WALK_REGION)
#define dm_stats_foreach_group(dms) dm_stats_foreach_from_(dms, DM_STATS_WALK_GROUP)

void dm_histogram_bounds_destroy(struct dm_histogram*);
struct dm_histogram* dm_histogram_bounds_from_string(const char*);
struct dm_histogram* dm_histogram_bounds_from_uint64(const uint64_t*);
uint64_t dm_histogram_get_bin_count(const struct dm_histogram*, int);
uint64_t dm_histogram_get_bin_lower(const struct dm_histogram*, int);
dm_percent_t dm_histogram_get_bin_percent(const struct dm_histogram*, int);
uint64_t dm_histogram_get_bin_upper(const struct dm_histogram*, int);
uint64_t dm_histogram_get_bin_width(const struct dm_histogram*, int);
int dm_histogram_get_nr_bins(const struct dm_histogram*);
uint64_t dm_histogram_get_sum(const struct dm_histogram*);
const char* dm_histogram_to_string(const struct dm_histogram*, int, int, int);

dm_filemapd_mode_t dm_filemapd_mode_from_string(const char*);

#ifdef __cplusplus
}
#endif

#endif
