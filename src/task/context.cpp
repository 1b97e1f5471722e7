#include <task/context.hpp>

#include <atomic>
#include <span>
#include <utility>

#include <task/control.hpp>
#include <udev/udev_mode.hpp>

namespace devmap {
namespace detail {

Context::Context(Kernel& kernelOfContext, Options optionsOfContext) noexcept
    : kernel(kernelOfContext),
      options(std::move(optionsOfContext)),
      log(kernel, options.readKernelLog) {
  std::uint64_t seed = 0;
  if (kernel.random(std::as_writable_bytes(std::span(&seed, 1))) != 0)
    seed = static_cast<std::uint64_t>(kernel.now().count());
  cookieSeed.store(seed, std::memory_order_relaxed);
}

Context::~Context() {
  if (control >= 0) static_cast<void>(kernel.close(control));
}

std::uint16_t Context::nextCookieBase() noexcept {
  // splitmix64: a full-period sequence whose members are well spread (Steele, Lea, Flood 2014).
  std::uint64_t x = cookieSeed.fetch_add(0x9e3779b97f4a7c15U, std::memory_order_relaxed);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  const auto base = static_cast<std::uint16_t>((x ^ (x >> 31)) >> 48);
  return base == 0 ? std::uint16_t{1} : base;
}

const UdevState& Context::udev() noexcept {
  const UdevState* state = udevState.load(std::memory_order_acquire);
  if (state == nullptr) {
    state = &decideUdev(kernel, options.udevMode, interfaceVersion);
    udevState.store(state,
                    std::memory_order_release);  // concurrent callers get the same result
  }
  return *state;
}

namespace {

std::atomic<DeviceMapper*> systemContext{nullptr};
std::atomic<DeviceMapper*> systemReplacement{nullptr};

}  // namespace
}  // namespace detail

DeviceMapper::DeviceMapper(std::unique_ptr<detail::Context> context) noexcept
    : context_(std::move(context)) {}
DeviceMapper::DeviceMapper(DeviceMapper&& other) noexcept = default;
DeviceMapper& DeviceMapper::operator=(DeviceMapper&& other) noexcept = default;
DeviceMapper::~DeviceMapper() = default;

Result<DeviceMapper> DeviceMapper::open(Options options) noexcept {
  return open(systemKernel(), std::move(options));
}

Result<DeviceMapper> DeviceMapper::open(Kernel& kernel, Options options) noexcept {
  if (options.directory.empty() || options.directory.front() != '/')
    return Error{.code = Errc::invalidArgument,
                 .operation = "open context",
                 .detail = "Options::directory must be an absolute path"};
  auto context = std::make_unique<detail::Context>(kernel, std::move(options));
  if (auto opened = detail::openControl(*context); !opened) return std::move(opened).error();
  return DeviceMapper(std::move(context));
}

Result<DeviceMapper*> DeviceMapper::system() noexcept {
  if (DeviceMapper* replacement = detail::systemReplacement.load(std::memory_order_acquire))
    return replacement;
  if (DeviceMapper* present = detail::systemContext.load(std::memory_order_acquire)) return present;
  auto opened = open();
  if (!opened) return std::move(opened).error();
  auto fresh = std::make_unique<DeviceMapper>(*std::move(opened));
  DeviceMapper* expected = nullptr;
  if (detail::systemContext.compare_exchange_strong(expected, fresh.get(),
                                                    std::memory_order_acq_rel))
    return fresh.release();
  return expected;  // another thread was first: ours is closed
}

void DeviceMapper::replaceSystem(DeviceMapper* replacement) noexcept {
  detail::systemReplacement.store(replacement, std::memory_order_release);
}

Version DeviceMapper::interfaceVersion() const noexcept { return context_->interfaceVersion; }
UdevState DeviceMapper::udevState() const noexcept { return context_->udev(); }
const Options& DeviceMapper::options() const noexcept { return context_->options; }
int DeviceMapper::controlFd() const noexcept { return context_->control; }
Kernel& DeviceMapper::kernel() const noexcept { return context_->kernel; }

void DeviceMapper::detectUdev() noexcept {
  context_->udevState.store(nullptr, std::memory_order_release);
}

void DeviceMapper::setUdevMode(UdevMode mode) noexcept {
  context_->options.udevMode = mode;
  detectUdev();
}

}  // namespace devmap
