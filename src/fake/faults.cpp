#include <fake/faults.hpp>

#include <algorithm>

#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr std::size_t maxLines = 20000;

bool canFail(FakeCall call) { return call != FakeCall::now && call != FakeCall::wallClock; }

}  // namespace

int Faults::enter(FakeCall call, std::optional<DmCommand> command) {
  ++calls_[static_cast<std::size_t>(call)];
  if (command) ++commands_[static_cast<std::size_t>(*command)];
  if (!canFail(call)) return 0;
  int error = 0;
  for (Fault& fault : faults_) {
    if (fault.times == 0 || (fault.call && *fault.call != call) ||
        (fault.command && fault.command != command))
      continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    --fault.times;
    if (error == 0) error = fault.error;
  }
  if (error != 0) ++given_;
  return error;
}

bool Faults::pending() const {
  return std::ranges::any_of(faults_, [](const Fault& fault) { return fault.times != 0; });
}

int Trace::add(std::string what, int error) {
  if (!on) return error;
  if (lines_.size() == maxLines) lines_.pop_front();
  lines_.push_back(std::move(what) + " = " +
                   (error == 0 ? "0" : errorPointerName(error).substr(1)));
  return error;
}

std::string Trace::text() const {
  std::string text;
  for (const std::string& line : lines_) text += line + '\n';
  return text;
}

}  // namespace devmap::fake
