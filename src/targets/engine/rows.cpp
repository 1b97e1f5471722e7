#include <devmap/targets.hpp>

namespace devmap::targets {

Result<std::vector<TargetRow>> parseTable(std::string_view text) noexcept {
  auto rows = devmap::parseTable(text);
  if (!rows) return std::move(rows).error();
  return typedRows(*rows);
}

}  // namespace devmap::targets
