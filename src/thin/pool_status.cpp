#include <devmap/thin/pool.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::join;

std::string_view toString(PoolHealth health) noexcept {
  switch (health) {
    case PoolHealth::ok: return "ok";
    case PoolHealth::readOnly: return "read-only";
    case PoolHealth::outOfDataSpace: return "out of data space";
    case PoolHealth::needsCheck: return "needs check";
    case PoolHealth::failed: return "failed";
    case PoolHealth::error: return "error";
  }
  return "";
}

std::string PoolStatus::advice() const {
  const std::string device = "/dev/block/" + devmap::toString(metadata);
  switch (health) {
    case PoolHealth::ok: return {};
    case PoolHealth::readOnly:
      return "the pool takes no writes; if it was not made read-only, metadata could not be "
             "written: see the kernel log, grow the metadata "
             "device if it is full, then deactivate the pool and run: thin_check " +
             device;
    case PoolHealth::outOfDataSpace:
      return "no data block is free: enlarge the data device, then grow the pool";
    case PoolHealth::needsCheck:
    case PoolHealth::failed:
    case PoolHealth::error: break;
  }
  return join(
      {"deactivate all volumes and the pool, then run: thin_check --clear-needs-check-flag ",
       device, "; if it finds damage: thin_repair -i ", device,
       " -o SPARE, with a spare device of at least that size, which then takes its place"});
}

}  // namespace devmap
