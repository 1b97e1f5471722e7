// Table rows: what a device maps where. One row is one target.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <devmap/error.hpp>
#include <devmap/types.hpp>

namespace devmap {

/// One row of a table or status reply, pointing into the reply it was read from.
/// Lifetime: the text belongs to the Task that read it. It is valid until that Task runs again,
/// moves or is destroyed.
struct TableRow {
  Sectors start;            ///< First sector of the mapped device that this row serves.
  Sectors length;           ///< in sectors
  std::string_view type;    ///< target type, 1 to 15 bytes, e.g. "thin-pool"
  std::string_view params;  ///< parameter or status text, exactly as the kernel wrote it, trailing
                            ///< blanks included
};

/// One row that owns its text.
struct Row {
  Sectors start;
  Sectors length;
  std::string type;
  std::string params;

  [[nodiscard]] TableRow view() const noexcept { return {start, length, type, params}; }
};

/// Reads table text, one row per line: `START LENGTH TYPE [PARAMS]`, numbers in decimal, in
/// sectors. Empty lines and lines that start with `#` are skipped. Blanks before the first word and
/// after the last are dropped. Errors: Errc::invalidTable with the row, and line and column of the
/// text in `detail`. Whether the rows are contiguous is checked when they are added to a task.
[[nodiscard]] DEVMAP_API Result<std::vector<Row>> parseTable(std::string_view text) noexcept;

/// The words of a parameter or status text, separated by runs of blanks; nothing is unescaped. The
/// views point into `text`.
[[nodiscard]] DEVMAP_API std::vector<std::string_view> words(std::string_view text);

}  // namespace devmap
