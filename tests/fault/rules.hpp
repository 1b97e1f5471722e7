// What is right when a call fails.
#pragma once

#include <optional>
#include <string>

#include "operations.hpp"

namespace fault {

struct Point {
  int errnum;
  unsigned nth;    ///< call that fails first
  unsigned times;  ///< consecutive calls that fail; more than one: a storm
};

struct Outcome {
  std::string failed;  ///< the call that failed first, as FakeKernel traces it
  std::optional<devmap::Error> error;
  State state;
  std::size_t descriptorsAtEnd = 0;  ///< after context and cookie are gone
};

/// Returns what is wrong, or nothing.
[[nodiscard]] std::string judge(const Operation& operation, const Point& point, const State& before,
                                const State& after, const Outcome& outcome);

}  // namespace fault
