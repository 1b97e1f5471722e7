#include <devmap/suspension.hpp>

#include <utility>

#include <core/verbs.hpp>

namespace devmap {

Suspension::Suspension(std::string name, Task resume, Timeout timeout) noexcept
    : name_(std::move(name)), resume_(std::move(resume)), timeout_(timeout) {}

Suspension::Suspension(Suspension&& other) noexcept
    : name_(std::move(other.name_)),
      resume_(std::move(other.resume_)),
      cookie_(std::move(other.cookie_)),
      timeout_(other.timeout_),
      active_(std::exchange(other.active_, false)) {}

Suspension::~Suspension() {
  if (active_) static_cast<void>(resume());
}

Result<void> Suspension::resume() noexcept {
  if (!active_) return {};
  active_ = false;
  auto done = resume_.run();
  if (done) return udevWait(cookie_, timeout_);  // empty, and nothing to wait for, where the caller has a cookie of its own
  done.error().device = name_;
  cookie_ = UdevCookie();
  const bool runs = resume_.run().has_value();
  if (!runs && done.error().code == Errc::notFound) return done;
  done.error().detail += runs ? "; it was resumed without its inactive table" : "; it is still suspended";
  return done;
}

void Suspension::release() noexcept {
  active_ = false;
  const Task dropped = std::move(resume_);  // gives its share of the cookie back
  cookie_ = UdevCookie();
}

Result<Suspension> suspend(DeviceMapper& context, const DeviceRef& device, const SuspendOptions& options) noexcept {
  auto present = info(context, device);
  if (!present) return std::move(present).failure();
  if (!present->exists) return detail::noSuchDevice("suspend device", device);
  // By number from here on: it stays the same device when it is renamed meanwhile.
  auto resume = detail::taskFor(context, TaskType::DeviceResume, present->device);
  if (!resume) return std::move(resume).failure();
  Suspension suspension(present->name, *std::move(resume), detail::timeoutOf(context, options.waiting));
  if (present->suspended || !present->liveTable) return suspension;
  auto task = detail::taskFor(context, TaskType::DeviceSuspend, present->device);
  if (!task) return std::move(task).failure();
  if (auto set = task->noFlush(options.noFlush); !set) return std::move(set).failure();
  if (auto set = task->skipLockfs(options.skipLockfs); !set) return std::move(set).failure();
  UdevCookie& cookie = options.waiting.cookie != nullptr ? *options.waiting.cookie : suspension.cookie_;
  if (auto set = suspension.resume_.setCookie(cookie, options.waiting.udevFlags); !set) return std::move(set).failure();
  if (auto done = task->run(); !done) {
    done.error().device = present->name;
    return std::move(done).failure();
  }
  suspension.active_ = true;
  return suspension;
}

}  // namespace devmap
