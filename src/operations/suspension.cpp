#include <devmap/suspension.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <base/text.hpp>
#include <base/text_files.hpp>
#include <operations/operation.hpp>

namespace devmap {

namespace {

// The sequence number of a disk: no two disks have the same one while the system runs
// (block/genhd.c: inc_diskseq, Linux 5.15). 0: not known. Retried once, as the resume depends on
// it. Does not allocate.
std::uint64_t readSequence(Kernel& kernel, const std::string& file) noexcept {
  std::array<char, 24> text{};
  std::size_t size = 0;
  if (kernel.readText(file.c_str(), text, size) != 0 &&
      kernel.readText(file.c_str(), text, size) != 0)
    return 0;
  std::string_view digits(text.data(), std::min(size, text.size()));
  std::uint64_t sequence = 0;
  return base::takeNumber(digits, sequence) ? sequence : 0;
}

}  // namespace

Suspension::Suspension(Identity identity, Task look, Task resume, Kernel& kernel,
                       Timeout timeout) noexcept
    : identity_(std::move(identity)),
      look_(std::move(look)),
      resume_(std::move(resume)),
      kernel_(&kernel),
      timeout_(timeout) {}

Suspension::Suspension(Suspension&& other) noexcept
    : identity_(std::move(other.identity_)),
      look_(std::move(other.look_)),
      resume_(std::move(other.resume_)),
      cookie_(std::move(other.cookie_)),
      kernel_(other.kernel_),
      timeout_(other.timeout_),
      active_(std::exchange(other.active_, false)) {}

Suspension::~Suspension() {
  if (active_) static_cast<void>(resume());
}

Result<void> Suspension::checkIdentity() noexcept {
  // Looks twice before the device counts as gone: a device that is not resumed stays suspended.
  auto looked = look_.run();
  if (!looked || !look_.info().exists) looked = look_.run();
  if (!looked) return looked;
  const DeviceInfo& present = look_.info();
  Error gone{.code = Errc::notFound,
             .operation = "resume device",
             .errnum = ENXIO,
             .device = identity_.name,
             .detail = "no such device"};
  if (!present.exists) return gone;
  const std::uint64_t sequence =
      identity_.sequence == 0 ? 0 : readSequence(*kernel_, identity_.sequenceFile);
  // A device without a uuid may have been given one meanwhile.
  const bool sameUuid = identity_.uuid.empty() || identity_.uuid == present.uuid;
  const bool same = sequence != 0 ? sequence == identity_.sequence
                                  : !identity_.uuid.empty() || identity_.name == present.name;
  if (sameUuid && same) return {};
  gone.detail =
      "it is gone, and its number belongs to '" + present.name + "' now, which was left alone";
  return gone;
}

Result<void> Suspension::resume() noexcept {
  if (!active_) return {};
  if (auto same = checkIdentity(); !same) {
    same.error().device = identity_.name;
    release();
    return same;
  }
  active_ = false;
  auto done = resume_.run();
  if (done) return udevWait(cookie_, timeout_);  // empty if the caller passed a cookie
  done.error().device = identity_.name;
  cookie_ = UdevCookie();
  const bool runs = resume_.run().has_value();
  if (!runs && done.error().code == Errc::notFound) return done;
  done.error().detail +=
      runs ? "; it was resumed without its inactive table" : "; it is still suspended";
  return done;
}

void Suspension::release() noexcept {
  active_ = false;
  const Task dropped = std::move(resume_);  // releases its share of the cookie
  cookie_ = UdevCookie();
}

Result<Suspension> suspend(DeviceMapper& context, const DeviceRef& device,
                           const SuspendOptions& options) noexcept {
  auto present = info(context, device);
  if (!present) return std::move(present).error();
  if (!present->exists) return detail::noSuchDevice("suspend device", device);
  // By number from here on, as a rename does not change it.
  auto resume = detail::taskFor(context, TaskType::DeviceResume, present->device);
  if (!resume) return std::move(resume).error();
  auto look = detail::taskFor(context, TaskType::DeviceInfo, present->device);
  if (!look) return std::move(look).error();
  Suspension::Identity identity{present->name, present->uuid,
                                detail::sysPath(present->device, "diskseq"), 0};
  identity.sequence = readSequence(context.kernel(), identity.sequenceFile);
  Suspension suspension(std::move(identity), *std::move(look), *std::move(resume), context.kernel(),
                        detail::timeoutOf(context, options.waiting));
  if (present->suspended || !present->liveTable) return suspension;
  auto task = detail::taskFor(context, TaskType::DeviceSuspend, present->device);
  if (!task) return std::move(task).error();
  if (auto set = task->noFlush(options.noFlush); !set) return std::move(set).error();
  if (auto set = task->skipLockfs(options.skipLockfs); !set) return std::move(set).error();
  UdevCookie& cookie =
      options.waiting.cookie != nullptr ? *options.waiting.cookie : suspension.cookie_;
  if (auto set = suspension.resume_.setCookie(cookie, options.waiting.udevFlags); !set)
    return std::move(set).error();
  if (auto done = task->run(); !done) {
    done.error().device = present->name;
    return std::move(done).error();
  }
  suspension.active_ = true;
  return suspension;
}

}  // namespace devmap
