// create, remove, rename, suspend, resume, mknodes, clear: verbs that change which devices exist
// and whether they run.

#include "cli/numbers.hpp"
#include "cli/print.hpp"
#include "cli/session.hpp"
#include "show/table_text.hpp"

namespace tool {
namespace {

bool checkCreate(const Call& call) {
  const bool file = call.operands.size() > 1;
  if (call.has(Option::noTable) && (call.has(Option::table) || file))
    return failUsage(call, "--notable and a table exclude each other");
  if (call.has(Option::table) && file)
    return failUsage(call, "'", call.operands[1], "': the table is already given by --table");
  if (call.has(Option::addNodeOnCreate) && call.has(Option::addNodeOnResume))
    return failUsage(call, "--addnodeoncreate and --addnodeonresume exclude each other");
  return checkFile(call, call.operands.subspan(1));
}

/// Reads uuid and number of a new device. Returns false after showing an error.
bool readIdentity(Session& session, CreateOptions& options) {
  const Call& call = session.call();
  if (const auto& uuid = call.value(Option::uuid)) {
    if (auto parsed = Uuid::parse(*uuid); !parsed) return session.fail(parsed.error());
    options.uuid = *uuid;
  }
  const auto major = decimal(call.value(Option::major).value_or("0"), 0xfff);
  if (!major) return failUsage(call, "'", *call.value(Option::major), "' is not a major number");
  if (!call.value(Option::minor))
    return call.has(Option::major) ? failUsage(call, "--major needs --minor") : true;
  const auto minor = decimal(*call.value(Option::minor), 0xfffff);
  if (!minor) return failUsage(call, "'", *call.value(Option::minor), "' is not a minor number");
  options.minor = static_cast<std::uint32_t>(*minor);  // the kernel chooses the major number
  return true;
}

/// Rows of the new table; none with --notable or from an empty file.
Result<SecretRows> rowsFor(const Call& call) {
  if (call.has(Option::noTable)) return SecretRows();
  return readRows(call, call.operands.subspan(1));
}

/// Changes each device that the call names, until that fails for one.
template <typename Change>  // Result<void> change(const Address&)
bool changeEach(Session& session, Change change) {
  const Call& call = session.call();
  const auto devices = session.devices(call.operands);
  if (!devices) return false;
  if (devices->empty()) return failUsage(call, "no device given");
  if (!session.open()) return false;
  bool done = true;
  for (auto device = devices->begin(); done && device != devices->end(); ++device)
    done = session.ok(change(*device));
  return session.settle() && done;
}

}  // namespace

bool runCreate(Session& session) {
  const Call& call = session.call();
  if (!checkCreate(call)) return false;
  const auto name = Name::parseForNode(call.operands[0]);
  if (!name) return session.fail(name.error());
  if (!session.open()) return false;
  CreateOptions options{
      .readOnly = call.has(Option::readOnly),
      .secure = true,
      .addNode = call.has(Option::addNodeOnCreate) ? AddNode::onCreate : AddNode::onResume,
      .waiting = session.waiting()};
  if (!readIdentity(session, options)) return false;
  const auto rows = rowsFor(call);
  if (!rows) return session.fail(rows.error());
  return session.ok(create(session.context(), name->str(), rows->rows(), options)) &&
         session.settle();
}

namespace {

/// Makes a device fail all I/O, so that processes that wait for it let go.
Result<void> replaceByErrors(Session& session, const Address& address) {
  DeviceMapper& context = session.context();
  const auto live = status(context, address.ref());  // the table may hold a key
  if (!live) return live.error();
  if (live->rows.empty()) return {};
  const Row& last = live->rows.back();
  const Row errors{Sectors{0}, Sectors{last.start.count + last.length.count}, "error", ""};
  if (auto loaded = load(context, address.ref(), std::span(&errors, 1)); !loaded)
    return std::move(loaded).error();
  auto resume = session.task(TaskType::DeviceResume, address);
  if (!resume) return std::move(resume).error();
  if (auto set = resume->noFlush(); !set) return set;
  if (auto set = resume->skipLockfs(); !set) return set;
  auto swapped = session.runInTime(*resume, address);
  if (swapped || swapped.error().code != Errc::timedOut) return swapped;
  if (!clear(context, address.ref()))
    swapped.error().detail += ", but for a table of errors in its inactive slot";
  return swapped;
}

}  // namespace

bool runRemove(Session& session) {
  const Call& call = session.call();
  std::optional<Timeout> retry;
  if (const auto& text = call.value(Option::retry)) {
    retry = text->empty() ? Timeout{5000} : seconds(*text);
    if (!retry) return failUsage(call, "'", *text, "' is not a number of seconds");
  }
  return changeEach(session, [&](const Address& address) -> Result<void> {
    if (call.has(Option::force)) {
      if (auto replaced = replaceByErrors(session, address); !replaced) return replaced;
      // udev opens the changed device, and would keep it busy.
      if (auto settled = session.waitForUdev(); !settled) return settled;
    }
    RemoveOptions options{.retryBusy = retry.has_value(),
                          .deferred = call.has(Option::deferred),
                          .waiting = session.waiting()};
    if (retry) options.waiting.timeout = retry;
    auto removed = remove(session.context(), address.ref(), options);
    return removed ? Result<void>() : std::move(removed).error();
  });
}

bool runRename(Session& session) {
  const Call& call = session.call();
  auto operands = call.operands;
  auto device = session.device(operands);
  if (!device) return false;
  if (operands.size() != 1)
    return failUsage(call, call.has(Option::setUuid) ? "give the new uuid" : "give the new name");
  if (!session.open()) return false;
  if (call.has(Option::setUuid)) {
    const auto set = setUuid(session.context(), device->ref(), operands[0], session.waiting());
    return session.ok(set) && session.settle();
  }
  const auto name = Name::parseForNode(operands[0]);
  if (!name) return session.fail(name.error());
  const auto renamed = rename(session.context(), device->ref(), name->str(), session.waiting());
  return session.ok(renamed) && session.settle();
}

bool runSuspend(Session& session) {
  return changeEach(session, [&](const Address& address) -> Result<void> {
    auto task = session.task(TaskType::DeviceSuspend, address);
    if (!task) return std::move(task).error();
    if (auto set = session.applyOptions(*task); !set) return set;
    return session.runInTime(*task, address);
  });
}

bool runResume(Session& session) {
  const Call& call = session.call();
  return changeEach(session, [&](const Address& address) {
    return resume(session.context(), address.ref(),
                  {.noFlush = call.has(Option::noFlush),
                   .skipLockfs = call.has(Option::noLockFs),
                   .waiting = session.waiting()});
  });
}

bool runClear(Session& session) {
  return changeEach(
      session, [&](const Address& address) { return clear(session.context(), address.ref()); });
}

bool runMknodes(Session& session) {
  if (session.call().operands.empty())
    return session.open() && session.ok(makeNodes(session.context()));
  return changeEach(
      session, [&](const Address& address) { return makeNodes(session.context(), address.ref()); });
}

}  // namespace tool
