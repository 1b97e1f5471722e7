// Counts, fails and traces the calls of the seam.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <devmap/fake/kernel.hpp>

namespace devmap::fake {

inline constexpr std::size_t commandCount =
    static_cast<std::size_t>(DmCommand::getTargetVersion) + 1;

class Faults {
 public:
  /// Counts the call. Returns the errno to fail it with, or 0.
  int enter(FakeCall call, std::optional<DmCommand> command = std::nullopt);

  struct Fault {
    std::optional<FakeCall> call;  ///< none: any call that can fail
    std::optional<DmCommand> command;
    int error = 0;
    unsigned skip = 0;   ///< calls to let through first
    unsigned times = 1;  ///< calls to fail after that
  };
  void add(Fault fault) { faults_.push_back(fault); }
  void clear() { faults_.clear(); }
  [[nodiscard]] bool pending() const;
  [[nodiscard]] std::size_t given() const { return given_; }  ///< calls failed so far
  [[nodiscard]] std::size_t calls(FakeCall call) const {
    return calls_[static_cast<std::size_t>(call)];
  }
  [[nodiscard]] std::size_t calls(DmCommand command) const {
    return commands_[static_cast<std::size_t>(command)];
  }

 private:
  std::vector<Fault> faults_;
  std::size_t given_ = 0;
  std::array<std::size_t, fakeCallCount> calls_{};
  std::array<std::size_t, commandCount> commands_{};
};

/// The last calls as lines of text.
class Trace {
 public:
  bool on = true;
  /// `what`: function and operands. Returns `error`, for use in a return statement.
  int add(std::string what, int error);
  [[nodiscard]] std::string text() const;
  void clear() { lines_.clear(); }

 private:
  std::deque<std::string> lines_;
};

}  // namespace devmap::fake
