// What the two halves of the thin-pool target share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fake/mapper/device.hpp>

namespace devmap::fake {

/// 0 to 2^24 - 1, decimal.
[[nodiscard]] bool parseThinId(std::string_view word, std::uint32_t& id);

/// A message to a pool: create_thin, create_snap, delete, set_transaction_id,
/// reserve_metadata_snap, release_metadata_snap.
int poolMessage(Machine& machine, Device& device, Target& target,
                const std::vector<std::string>& words);

}  // namespace devmap::fake
