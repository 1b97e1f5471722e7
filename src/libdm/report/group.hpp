// Groups of reports: one report that is printed when the program is done.
#pragma once

struct dm_report;

namespace devmap::libdm {

/// For a report that is freed: its group forgets it.
void leaveGroup(dm_report& report) noexcept;

}  // namespace devmap::libdm
