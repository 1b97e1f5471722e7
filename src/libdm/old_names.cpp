// Functions as they were in older versions of libdevmapper. Programs that were linked with such a
// version, or with a library without versions, are bound to these.

#include <cstddef>
#include <cstring>

#include "support/bitset.hpp"
#include "task.hpp"

// Only the linker knows these names.
extern "C" {
__attribute__((visibility("default"))) dm_bitset_t dm_bitset_parse_list_129(const char* text,
                                                                            dm_pool* pool);
__attribute__((visibility("default"))) int dm_task_run_Base(dm_task* task);
__attribute__((visibility("default"))) int dm_task_get_info_Base(dm_task* task, void* info);
}
__asm__(".symver dm_bitset_parse_list_129, dm_bitset_parse_list@DM_1_02_129");
__asm__(".symver dm_task_run_Base, dm_task_run@Base");
__asm__(".symver dm_task_get_info_Base, dm_task_get_info@Base");

/// Without the least number of bits.
dm_bitset_t dm_bitset_parse_list_129(const char* text, dm_pool* pool) {
  return text == nullptr ? nullptr : devmap::libdm::bitsetFromList(text, pool, 0);
}

int dm_task_run_Base(dm_task* task) { return devmap::libdm::runForC(task); }

/// The struct of then ends before deferred_remove.
int dm_task_get_info_Base(dm_task* task, void* info) {
  if (task == nullptr || info == nullptr || !task->results.present) return 0;
  std::memcpy(info, &task->results.info, offsetof(dm_info, deferred_remove));
  return 1;
}
