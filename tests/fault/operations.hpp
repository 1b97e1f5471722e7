// Every public operation that makes a call to Linux, as a function on a scene.
#pragma once

#include <span>

#include "scene.hpp"

namespace fault {

struct Operation {
  const char* name;
  Stage stage;
  devmap::Result<void> (*run)(Scene&);
  void (*prepare)(Scene&) = nullptr;  ///< makes what the stage lacks
};

[[nodiscard]] std::span<const Operation> taskOperations();
[[nodiscard]] std::span<const Operation> verbOperations();
[[nodiscard]] std::span<const Operation> queryOperations();
[[nodiscard]] std::span<const Operation> udevOperations();
[[nodiscard]] std::span<const Operation> thinOperations();

}  // namespace fault
