#include "report/group.hpp"

#include <cerrno>
#include <new>

#include "entry.hpp"
#include "log.hpp"
#include "report/report.hpp"

using namespace devmap::libdm;

/// A stack of reports, of which one is not null. Its first item is the group itself.
struct dm_report_group {
  std::vector<dm_report*> items{nullptr};

  void pop() noexcept {
    if (items.back() != nullptr) {
      items.back()->group = nullptr;
      // As in 1.02.185, the report goes on where it was when it was pushed.
      items.back()->headed = items.back()->headedBefore;
      items.back()->sized = items.back()->sizedBefore;
    }
    items.pop_back();
  }
  void outputAll() noexcept {
    while (items.size() > 1) {
      if (items.back() != nullptr) items.back()->output();
      pop();
    }
  }
};

void devmap::libdm::leaveGroup(dm_report& report) noexcept {
  if (report.group != nullptr) std::ranges::replace(report.group->items, &report, nullptr);
}

dm_report_group* dm_report_group_create(dm_report_group_type_t type, void*) {
  const Entry entry;
  if (type == DM_REPORT_GROUP_SINGLE) return new (std::nothrow) dm_report_group;
  logError("libdevmapper: a group of many reports is not provided by devmap");
  errno = ENOSYS;
  return nullptr;
}

int dm_report_group_push(dm_report_group* group, dm_report* report, void*) {
  const Entry entry;
  if (report != nullptr) {
    if (report->group != nullptr ||
        std::ranges::any_of(group->items, [](const dm_report* item) { return item != nullptr; })) {
      logError("dm_report: unable to add more than one report to current report group");
      return 0;
    }
    report->group = group;
    report->headedBefore = report->headed;
    report->sizedBefore = report->sized;
  }
  group->items.push_back(report);
  return 1;
}

int dm_report_group_pop(dm_report_group* group) {
  const Entry entry;
  if (group->items.empty()) {
    logError("dm_report: dm_report_group_pop: group has no items");
    return 0;
  }
  group->pop();
  return 1;
}

int dm_report_group_output_and_pop_all(dm_report_group* group) {
  const Entry entry;
  group->outputAll();
  return 1;
}

int dm_report_group_destroy(dm_report_group* group) {
  const Entry entry;
  if (group == nullptr) return 1;
  group->outputAll();
  delete group;
  return 1;
}
