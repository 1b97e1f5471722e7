// A table of one row as words: TYPE FIELD=VALUE... Not in the static tool for an initramfs.
#pragma once

#include <span>
#include <string_view>

#include "show/table_text.hpp"

namespace tool {

/// Whether all words after the type are FIELD=VALUE.
[[nodiscard]] bool isRowWords(std::span<const std::string_view> words) noexcept;

/// The row. `length=` is its length, in sectors or with a unit. Without it, the length is what the
/// row's device has after `start`, all of a thin pool's data device, or all of verity's blocks.
[[nodiscard]] Result<SecretRows> rowOfWords(std::span<const std::string_view> words);

}  // namespace tool
