#include "cli/nearest.hpp"

#include <algorithm>
#include <array>

#include "cli/print.hpp"

namespace tool {
namespace {

/// Number of letters to change, insert, drop or swap with a neighbour (optimal string alignment).
/// Words longer than 31 letters count as far apart.
std::size_t distance(std::string_view a, std::string_view b) noexcept {
  constexpr std::size_t limit = 32;
  if (a.size() >= limit || b.size() >= limit) return limit;
  std::array<std::array<std::size_t, limit>, limit> d{};
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

void Nearest::consider(std::string_view given, std::string_view name) noexcept {
  const std::size_t far = distance(given, name);
  if (far >= best_ || far >= name.size() / 2 + 1) return;
  best_ = far;
  found_ = name;
}

std::string Nearest::question() const {
  return found_.empty() ? std::string() : join("; did you mean '", found_, "'?");
}

}  // namespace tool
