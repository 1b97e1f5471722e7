// Fail-Nth: every public operation on FakeKernel, in every setup of udev and devmap. Each call of
// the seam fails in turn, with each errno, once and (storms) from then on. Whatever fails, the
// system is as before the operation or as after it, and an error says what failed. For the
// exceptions, rules.cpp says why.
//
//  fault [OPERATION...]

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "operations.hpp"
#include "rules.hpp"

namespace fault {
namespace {

using namespace devmap;

constexpr Surroundings everywhere[]{
    {"no udev", FakeUdev::off, UdevMode::automatic},
    {"cookies, at once", FakeUdev::immediate, UdevMode::automatic},
    {"cookies, later", FakeUdev::deferred, UdevMode::automatic},
    {"flags only", FakeUdev::foreign, UdevMode::automatic},
    {"monitor", FakeUdev::deferred, UdevMode::monitor},
};

constexpr int errnos[]{EINTR, EBUSY, ENOMEM, EINVAL, ENXIO, ENOSPC, EPERM, EIO, EAGAIN, E2BIG};

struct Totals {
  unsigned operations = 0;
  unsigned points = 0;
  unsigned storms = 0;
  unsigned succeeded = 0;  ///< despite the failure, by a fallback
  unsigned violations = 0;
};

/// What the operation does without a fault.
struct Reference {
  State before;
  State after;
};

Reference undisturbed(const Operation& operation, const Surroundings& surroundings) {
  Scene scene(surroundings, operation.stage);
  if (operation.prepare != nullptr) operation.prepare(scene);
  Reference reference;
  reference.before = scene.look();
  need(operation.run(scene), operation.name);
  reference.after = scene.look();
  return reference;
}

void complain(const Operation& operation, const Surroundings& surroundings, const Point& point,
              const Outcome& outcome, const std::string& what) {
  std::printf("not ok %s, %s, call %u: %s (%s)\n   %s\n   result: %s\n", operation.name,
              surroundings.name, point.nth, outcome.failed.c_str(),
              point.times == 1 ? "once" : "storm", what.c_str(),
              outcome.error ? outcome.error->message().c_str() : "success");
}

// The line of the trace that the fault left.
std::string failedCall(const std::string& trace, int errnum) {
  const std::string mark = " = " + errnoName(errnum) + "\n";
  const std::size_t end = trace.find(mark);
  if (end == std::string::npos) return {};
  const std::size_t line = trace.rfind('\n', end);
  return trace.substr(line == std::string::npos ? 0 : line + 1,
                      end + mark.size() - 1 - (line == std::string::npos ? 0 : line + 1));
}

// Returns false if the operation makes fewer calls than that.
bool failNth(const Operation& operation, const Surroundings& surroundings,
             const Reference& reference, const Point& point, Totals& totals) {
  Scene scene(surroundings, operation.stage);
  if (operation.prepare != nullptr) operation.prepare(scene);
  scene.fake.runUdev();
  scene.fake.setTracing(true);
  scene.fake.failAny(point.errnum, point.nth, point.times);
  const Result<void> result = operation.run(scene);
  if (scene.fake.faultsGiven() == 0) return false;
  Outcome outcome;
  outcome.failed = failedCall(scene.fake.trace(), point.errnum);
  if (!result) outcome.error = result.error();
  scene.fake.setTracing(false);
  outcome.state = scene.look();
  scene.cookie.reset();
  scene.context.reset();
  outcome.descriptorsAtEnd = scene.fake.usage().descriptors;
  ++(point.times == 1 ? totals.points : totals.storms);
  if (result) ++totals.succeeded;
  const std::string wrong = judge(operation, point, reference.before, reference.after, outcome);
  if (!wrong.empty()) {
    ++totals.violations;
    complain(operation, surroundings, point, outcome, wrong);
  }
  return true;
}

void exhaust(const Operation& operation, const Surroundings& surroundings, Totals& totals) {
  const Reference reference = undisturbed(operation, surroundings);
  for (const unsigned times : {1U, 64U}) {
    for (const int errnum : errnos) {
      for (unsigned nth = 1;
           failNth(operation, surroundings, reference, {errnum, nth, times}, totals); ++nth) {
      }
    }
  }
}

bool wanted(const Operation& operation, std::span<char*> names) {
  if (names.empty()) return true;
  for (const char* name : names)
    if (std::strcmp(name, operation.name) == 0) return true;
  return false;
}

}  // namespace
}  // namespace fault

int main(int count, char** words) {
  using namespace fault;
  const std::span<char*> names(words + 1, static_cast<std::size_t>(count - 1));
  Totals totals;
  for (const auto operations : {taskOperations(), verbOperations(), queryOperations(),
                                udevOperations(), thinOperations()}) {
    for (const Operation& operation : operations) {
      if (!wanted(operation, names)) continue;
      ++totals.operations;
      for (const Surroundings& surroundings : everywhere) exhaust(operation, surroundings, totals);
    }
  }
  const unsigned points = totals.points + totals.storms;
  std::printf(
      "%u operations, %zu surroundings, %zu errnos: %u points and %u storms, %u of them survived "
      "by a fall-back, %u violations\n",
      totals.operations, std::size(everywhere), std::size(errnos), totals.points, totals.storms,
      totals.succeeded, totals.violations);
  std::printf("%u passed, %u failed\n", points - totals.violations, totals.violations);
  return totals.violations == 0 && points > (names.empty() ? 1000U : 0U) ? 0 : 1;
}
