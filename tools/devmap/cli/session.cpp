#include "cli/session.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "cli/time_limit.hpp"
#include "cli/udev_modes.hpp"

namespace tool {
namespace {

constexpr std::string_view nodeDirectory = "/dev/mapper/";

}  // namespace

DeviceRef Address::ref() const noexcept {
  if (number) return *number;
  return uuid.empty() ? DeviceRef(name) : DeviceRef::uuid(uuid);
}

std::optional<DeviceNumber> numberOfNode(const std::string& path) noexcept {
  NodeInfo node;
  if (systemKernel().nodeInfo(path.c_str(), true, node) != 0 || node.type != NodeType::blockDevice)
    return std::nullopt;
  return node.device;
}

void Session::Sink::call(std::string_view text) noexcept {
  if (toOutput)
    print(text, "\n");
  else
    complain(text);
}

bool Session::open() {
  Options options;
  const bool noUdev = std::getenv("DM_DISABLE_UDEV") != nullptr && !call_.has(Option::udevMode);
  if (noUdev) {
    options.udevMode = UdevMode::none;
  } else if (call_.has(Option::noUdevSync)) {
    options.udevMode = udevRunning() ? UdevMode::flagsOnly : UdevMode::none;
  }
  if (!readUdevMode(options.udevMode)) return false;
  if (call_.has(Option::noUdevRules))
    flags_ = UdevFlag::disableDmRules | UdevFlag::disableSubsystemRules;
  std::uint32_t cookie = 0;
  if (!readDeadline() || !readCookie(cookie)) return false;
  options.udevTimeout = deadline_;
  sink_.toOutput = call_.has(Option::dryRun);
  if (sink_.toOutput || call_.has(Option::trace))
    tracing_.emplace(kernel_, sink_, sink_.toOutput ? Tracing::dry : Tracing::done);
  auto opened = DeviceMapper::open(tracing_ ? static_cast<Kernel&>(*tracing_) : kernel_, options);
  if (!opened) return fail(opened.error());
  context_.emplace(*std::move(opened));
  start_ = context_->kernel().now();
  if (cookie == 0 || context_->udevState().mode != UdevMode::cookies) return true;
  auto borrowed = UdevCookie::borrow(cookie, context_->kernel());
  if (!borrowed) return fail(borrowed.error());
  cookie_ = *std::move(borrowed);
  borrowed_ = true;
  return true;
}

bool Session::readDeadline() {
  const auto& text = call_.value(Option::deadline);
  if (!text) return true;
  const auto given = seconds(*text);
  if (!given) return failUsage(call_, "'", *text, "' is not a number of seconds");
  deadline_ = *given;
  return true;
}

bool Session::readUdevMode(UdevMode& mode) {
  const auto& text = call_.value(Option::udevMode);
  if (!text) return true;
  const auto given = udevModeNamed(*text);
  if (!given) return failUsage(call_, "'", *text, "' is not a mode: ", udevModeNames);
  if (call_.has(Option::noUdevSync))
    return failUsage(call_, "--udevmode and --noudevsync exclude each other");
  const bool cookies = *given == UdevMode::cookies || *given == UdevMode::automatic;
  if (!cookies && call_.has(Option::udevCookie))
    return failUsage(call_, "a cookie is of no use in mode ", *text);
  mode = *given;
  return true;
}

bool Session::readCookie(std::uint32_t& cookie) {
  if ((call_.verb.options & optionSet(Option::udevCookie)) == 0) return true;
  std::optional<std::string_view> text = call_.value(Option::udevCookie);
  if (const char* const inherited = std::getenv("DM_UDEV_COOKIE"); !text && inherited != nullptr)
    text = inherited;
  if (!text || call_.has(Option::noUdevSync)) return true;
  const auto value = cookieValue(*text);
  if (!value) return failUsage(call_, "'", *text, "' is not a udev cookie");
  cookie = *value;
  return true;
}

Result<Task> Session::task(TaskType type, const Address& address) {
  auto task = createTask(*context_, type, address.name);
  if (!task) return task;
  Result<void> done;
  if (!address.uuid.empty()) done = task->setUuid(address.uuid);
  if (done && address.number) done = task->setDevice(*address.number);
  if (!done) return std::move(done).error();
  return task;
}

Result<void> Session::applyOptions(Task& task) const {
  struct Knob {
    Option option;
    Result<void> (Task::*set)(bool) noexcept;
  };
  constexpr auto knobs = std::to_array<Knob>({
      {Option::noFlush, &Task::noFlush},
      {Option::noLockFs, &Task::skipLockfs},
      {Option::inactive, &Task::queryInactiveTable},
      {Option::readOnly, &Task::setReadOnly},
      {Option::deferred, &Task::deferredRemove},
  });
  for (const Knob& knob : knobs) {
    if (!call_.has(knob.option)) continue;
    if (auto set = (task.*knob.set)(true); !set) return set;
  }
  return {};
}

Result<void> Session::runInTime(Task& task, const Address& address) {
  const bool swaps = task.type() == TaskType::DeviceResume;
  if (swaps)
    if (auto taken = task.setCookie(cookie_, flags_); !taken) return taken;
  if (!call_.has(Option::deadline) || sink_.toOutput) return task.run();
  return tool::runInTime(*context_, task, address.ref(), timeLeft(),
                         !swaps && !call_.has(Option::noLockFs));
}

// Says how it is about to wait for udev, if asked to. Also says so if semaphores ran out, which an
// administrator should look into.
void Session::reportUdev() const {
  const UdevState state = context_->udevState();
  if (state.mode == UdevMode::cookies && cookie_.mode() == UdevMode::flagsOnly) {
    complain(
        "devmap: warning: no semaphore could be had; mode flags-only is used instead: the nodes "
        "are looked at until they are right. See "
        "'devmap udev cookies' and /proc/sys/kernel/sem");
  } else if (call_.has(Option::verbose)) {
    complain("devmap: udev mode ", udevModeName(state.mode), ": ", state.reason);
  }
}

Result<void> Session::waitForUdev() {
  reportUdev();
  if (sink_.toOutput && context_->udevState().mode != UdevMode::cookies)
    return {};  // nothing will happen to wait for
  if (borrowed_ || call_.has(Option::noUdevSync)) return {};
  return udevWait(cookie_, timeLeft());
}

Timeout Session::timeLeft() const {
  const auto passed = std::chrono::duration_cast<Timeout>(context_->kernel().now() - start_);
  return std::max(deadline_ - passed, Timeout{0});
}

std::optional<Address> Session::fromOperand(std::string_view operand) {
  Address address;
  if (operand.find('/') == std::string_view::npos) {
    auto name = Name::parse(operand);
    if (!name) {
      fail(name.error());
      return std::nullopt;
    }
    address.name = name->str();
    return address;
  }
  address.number = numberOfNode(std::string(operand));
  if (!address.number && !operand.starts_with('/'))
    address.number = numberOfNode(join("/dev/", operand));
  if (address.number) return address;
  if (operand.starts_with(nodeDirectory)) return fromOperand(operand.substr(nodeDirectory.size()));
  tool::fail("'", operand, "' is not a block device");
  return std::nullopt;
}

bool Session::fromOptions(std::optional<Address>& address) {
  const auto& uuid = call_.value(Option::uuid);
  const auto& major = call_.value(Option::major);
  const auto& minor = call_.value(Option::minor);
  if (!uuid && !major && !minor) return true;
  if (uuid && (major || minor))
    return failUsage(call_, "a device has one address: --uuid, or --major and --minor");
  address.emplace();
  if (uuid) {
    auto parsed = Uuid::parse(*uuid);
    if (!parsed) return fail(parsed.error());
    address->uuid = parsed->str();
    return true;
  }
  if (!major || !minor) return failUsage(call_, "--major and --minor go together");
  const auto majorNumber = decimal(*major, 0xfff);
  const auto minorNumber = decimal(*minor, 0xfffff);
  if (!majorNumber || !minorNumber)
    return failUsage(call_, "'", *major, ":", *minor, "' is not a device number");
  address->number = DeviceNumber{static_cast<std::uint32_t>(*majorNumber),
                                 static_cast<std::uint32_t>(*minorNumber)};
  return true;
}

std::optional<std::vector<Address>> Session::devices(std::span<const std::string_view> operands) {
  std::optional<Address> given;
  if (!fromOptions(given)) return std::nullopt;
  std::vector<Address> list;
  if (given) {
    if (!operands.empty()) {
      failUsage(call_, "'", operands.front(),
                "': the device is already given by --uuid, or --major and --minor");
      return std::nullopt;
    }
    list.push_back(*std::move(given));
    return list;
  }
  for (const std::string_view operand : operands) {
    auto address = fromOperand(operand);
    if (!address) return std::nullopt;
    list.push_back(*std::move(address));
  }
  return list;
}

std::optional<Address> Session::device(std::span<const std::string_view>& operands) {
  std::optional<Address> given;
  if (!fromOptions(given)) return std::nullopt;
  if (given) return given;
  if (operands.empty()) {
    failUsage(call_, "no device given");
    return std::nullopt;
  }
  given = fromOperand(operands.front());
  operands = operands.subspan(1);
  return given;
}

Result<std::vector<std::string>> Session::allNames() {
  auto list = task(TaskType::DeviceList);
  if (!list) return std::move(list).error();
  if (auto ran = list->run(); !ran) return std::move(ran).error();
  std::vector<std::string> names;
  for (const ListedDevice& device : list->names()) names.emplace_back(device.name);
  return names;
}

bool Session::fail(const Error& error) {
  tool::fail(error.message());
  const std::string hint = hintFor(error, call_, context_ ? &*context_ : nullptr);
  if (!hint.empty()) complain("devmap: hint: ", hint);
  return false;
}

bool Session::failMissing(const Address& address) {
  Error error{.code = Errc::notFound,
              .operation = "look at device",
              .device = address.name.empty() ? address.uuid : address.name,
              .detail = "there is no such device"};
  if (address.number) error.device = toString(*address.number);
  return fail(error);
}

bool failUsageParts(const Call& call, Parts parts) {
  fail(call.verb.name, ": ", joinParts(parts));
  return complain("Try 'devmap help ", call.verb.name, "'.");
}

}  // namespace tool
