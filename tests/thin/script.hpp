// The work that is interrupted in every way, and what must hold afterwards. Shared by thin-sweep
// and thin-power.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/devmap.hpp>

namespace script {

inline constexpr std::string_view poolName = "devmap-sweep";
extern int passed, failed;
extern std::string where;  ///< for what check prints

bool check(bool good, const std::string& what);
template <typename T>
bool check(const devmap::Result<T>& result, const std::string& what) {
  return check(result.has_value(), result ? what : what + ": " + result.error().message());
}

/// Where a run takes place.
struct Place {
  devmap::Kernel& kernel;
  devmap::Storage& storage;
  std::string data;
  std::string log;
};

/// What the process reports: `?WORDS` before a step, `=WORDS` after it. +a b: made; -a b: deleted;
/// ~a b: renamed.
using Say = std::function<void(const std::string& line)>;

/// A pool with one volume, `base`, active.
bool prepare(const Place& place, const std::string& metadata);
/// Create, snapshot, a batch, activate, rename, resize, grow, delete. Returns false if it was
/// interrupted.
bool work(const Place& place, const Say& say);
/// Opens the pool afterwards, compares it with what was reported, and restores the initial state.
/// Returns true if the recovery had something to do.
bool recover(const Place& place, const std::vector<std::string>& said, bool real);
/// At the very end: no cookie is left.
void noCookies(devmap::Kernel& kernel);
/// Discards stderr: errors of interrupted work are of no interest.
void quiet();

}  // namespace script
