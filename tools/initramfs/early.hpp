// What a first process does besides device-mapper: mounts, modules, files, and the way to the root
// file system.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace early {

/// Says why on the console and ends the first process, so that the kernel panics (`panic=` decides
/// what it does then).
[[noreturn]] void stop(std::string_view why) noexcept;

/// /proc, /sys and devtmpfs on /dev; then stdin, stdout and stderr on the console.
void mountSystem() noexcept;

/// Loads DIRECTORY/*.ko in the order of their names. A module that is already loaded is fine.
void loadModules(const char* directory) noexcept;

/// One table file: `NN-NAME`, or `NN-NAME.ro`, which makes the device read-only. Its text is a
/// table, one row a line.
struct Table {
  std::string name;
  bool readOnly = false;
  std::string text;
};

/// All of DIRECTORY, in the order of the file names.
[[nodiscard]] std::vector<Table> readTables(const char* directory);

/// Runs a program and waits for it. Does nothing if there is no such program.
void run(std::initializer_list<const char*> words) noexcept;

/// Mounts `device` read-only with the first of the kernel's file system types that accepts it,
/// makes it the root and starts its /sbin/init.
[[noreturn]] void enterRoot(const char* device) noexcept;

}  // namespace early
