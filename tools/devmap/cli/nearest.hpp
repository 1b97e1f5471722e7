// The word that a misspelt one was most likely meant to be.
#pragma once

#include <string>
#include <string_view>

namespace tool {

/// The nearest of the names considered. Lifetime: the names outlive it.
class Nearest {
 public:
  /// `given`: what was written in place of `name`.
  void consider(std::string_view given, std::string_view name) noexcept;
  /// Empty if none is near.
  [[nodiscard]] std::string_view found() const noexcept { return found_; }
  /// "; did you mean 'NAME'?", or nothing.
  [[nodiscard]] std::string question() const;

 private:
  std::string_view found_;
  std::size_t best_ = 3;
};

}  // namespace tool
