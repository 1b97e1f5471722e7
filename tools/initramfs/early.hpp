// What a first process does around device-mapper: mounts, modules, files, and the way to the root
// file system.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace early {

/// Says why on the console and ends the first process, at which the kernel panics (`panic=` decides
/// what it does then).
[[noreturn]] void stop(std::string_view why) noexcept;

/// /proc, /sys and devtmpfs on /dev; then stdin, stdout and stderr on the console.
void mountSystem() noexcept;

/// Loads DIRECTORY/*.ko in the order of their names; one that the kernel has already is fine.
void loadModules(const char* directory) noexcept;

/// One file of the tables: `NN-NAME` or `NN-NAME.ro`, which makes the device read-only. The text is
/// a table, one row a line.
struct Table {
  std::string name;
  bool readOnly = false;
  std::string text;
};

/// All of DIRECTORY, in the order of the file names.
[[nodiscard]] std::vector<Table> readTables(const char* directory);

/// Runs a program and waits for it; nothing happens where there is none.
void run(std::initializer_list<const char*> words) noexcept;

/// Mounts `device` read-only with the first file system type of the kernel that takes it, makes it
/// the root and starts its /sbin/init.
[[noreturn]] void enterRoot(const char* device) noexcept;

}  // namespace early
