// The operations that change something, and those that read.

#include "operations.hpp"

namespace fault {
namespace {

using namespace devmap;
using namespace std::chrono_literals;

void holdBase(Scene& scene) { scene.fake.openDevice("base"); }
void askedToGo(Scene& scene) {
  holdBase(scene);
  need(plain(remove(scene.mapper(), "base", {.deferred = true})), "deferred remove");
}

constexpr Operation verbs[]{
    {"create", Stage::devices,
     [](Scene& s) { return plain(create(s.mapper(), "new", rows("0 64 linear 8:0 64"))); }},
    {"create with uuid and minor", Stage::devices,
     [](Scene& s) {
       CreateOptions options;
       options.uuid = "TEST-new";
       options.minor = 77;
       options.readOnly = true;
       return plain(create(s.mapper(), "new", rows("0 64 linear 8:0 64"), options));
     }},
    {"create empty", Stage::devices, [](Scene& s) { return plain(create(s.mapper(), "new", {})); }},
    {"create with a secret", Stage::devices,
     [](Scene& s) {
       CreateOptions options;
       options.secure = true;
       return plain(create(
           s.mapper(), "new",
           rows("0 64 crypt aes-xts-plain64 0123456789abcdef0123456789abcdef 0 8:0 0"), options));
     }},
    {"create two under one cookie", Stage::devices,
     [](Scene& s) -> Result<void> {
       UdevCookie cookie;
       CreateOptions options;
       options.waiting.cookie = &cookie;
       auto first = create(s.mapper(), "new", rows("0 64 linear 8:0 64"), options);
       if (!first) return first.error();
       auto second = create(s.mapper(), "newer", rows("0 64 linear 8:0 64"), options);
       auto waited = udevWait(cookie, 30s);
       if (second) return waited;
       s.fake.clearFaults();  // the caller undoes what is done
       need(plain(remove(s.mapper(), "new", {.retryBusy = true})), "remove the first");
       return second.error();
     }},
    {"rename", Stage::devices, [](Scene& s) { return rename(s.mapper(), "base", "other"); }},
    {"rename by uuid", Stage::devices,
     [](Scene& s) { return rename(s.mapper(), DeviceRef::uuid("TEST-base"), "other"); }},
    {"setUuid", Stage::devices, [](Scene& s) { return setUuid(s.mapper(), "swap", "TEST-swap"); }},
    {"remove", Stage::devices, [](Scene& s) { return plain(remove(s.mapper(), "base")); }},
    {"remove, retried", Stage::devices,
     [](Scene& s) { return plain(remove(s.mapper(), "base", {.retryBusy = true})); }},
    {"remove, deferred", Stage::devices,
     [](Scene& s) { return plain(remove(s.mapper(), "base", {.deferred = true})); }, holdBase},
    {"cancelRemove", Stage::devices, [](Scene& s) { return cancelRemove(s.mapper(), "base"); },
     askedToGo},
    {"removeAll", Stage::devices, [](Scene& s) { return removeAll(s.mapper()); }},
    {"setGeometry", Stage::devices,
     [](Scene& s) {
       return setGeometry(s.mapper(), "base", {1, 2, 3, Sectors{4}});
     }},
    {"sendMessage", Stage::devices,
     [](Scene& s) { return plain(sendMessage(s.mapper(), "base", "ask")); },
     [](Scene& s) { s.fake.answerMessage("ask", "answer"); }},
    {"makeNodes", Stage::devices, [](Scene& s) { return makeNodes(s.mapper(), "base"); },
     [](Scene& s) { s.fake.removeNode("/dev/mapper/base"); }},
    {"makeNodes of all", Stage::devices, [](Scene& s) { return makeNodes(s.mapper()); },
     [](Scene& s) {
       s.fake.removeNode("/dev/mapper/base");
       s.fake.makeLink("../dm-99", "/dev/mapper/stale");
     }},
    {"load", Stage::devices,
     [](Scene& s) { return plain(load(s.mapper(), "base", rows("0 64 linear 8:0 64"))); }},
    {"load, unless identical", Stage::devices,
     [](Scene& s) {
       return plain(
           load(s.mapper(), "base", rows("0 64 linear /dev/data 64"), {.skipIdentical = true}));
     }},
    {"load of the identical", Stage::devices,
     [](Scene& s) {
       return plain(
           load(s.mapper(), "swap", rows("0 64 linear /dev/data 16"), {.skipIdentical = true}));
     }},
    {"clear", Stage::devices, [](Scene& s) { return clear(s.mapper(), "swap"); }},
    {"resume", Stage::devices, [](Scene& s) { return resume(s.mapper(), "still"); }},
    {"resume of another table", Stage::devices,
     [](Scene& s) { return resume(s.mapper(), "swap"); }},
    {"reload", Stage::devices,
     [](Scene& s) { return plain(reload(s.mapper(), "base", rows("0 64 linear 8:0 64"))); }},
    {"reload, unless identical", Stage::devices,
     [](Scene& s) {
       return plain(reload(s.mapper(), "base", rows("0 64 linear /dev/data 64"),
                           {.load = {.skipIdentical = true}}));
     }},
    {"reload of what is loaded", Stage::devices,
     [](Scene& s) {
       return plain(reload(s.mapper(), "swap", rows("0 64 linear /dev/data 16"),
                           {.load = {.skipIdentical = true}}));
     }},
    {"suspend and resume", Stage::devices,
     [](Scene& s) -> Result<void> {
       auto suspension = suspend(s.mapper(), "base");
       if (!suspension) return suspension.error();
       return suspension->resume();
     }},
    {"suspend, and leave the rest to the guard", Stage::devices,
     [](Scene& s) { return plain(suspend(s.mapper(), "base")); }},
};

constexpr Operation queries[]{
    {"open", Stage::empty, [](Scene& s) { return plain(DeviceMapper::open(s.fake)); }},
    {"open without control node", Stage::empty,
     [](Scene& s) { return plain(DeviceMapper::open(s.fake)); },
     [](Scene& s) { s.fake.removeNode("/dev/mapper/control"); }},
    {"info", Stage::devices, [](Scene& s) { return plain(info(s.mapper(), "base")); }},
    {"info by uuid", Stage::devices,
     [](Scene& s) { return plain(info(s.mapper(), DeviceRef::uuid("TEST-base"))); }},
    {"findDevice by path", Stage::devices,
     [](Scene& s) { return plain(findDevice(s.mapper(), "/dev/mapper/base")); }},
    {"findDevice by uuid", Stage::devices,
     [](Scene& s) { return plain(findDevice(s.mapper(), "TEST-base")); }},
    {"status", Stage::devices, [](Scene& s) { return plain(status(s.mapper(), "base")); }},
    {"table", Stage::devices,
     [](Scene& s) { return plain(table(s.mapper(), "swap", {.slot = TableSlot::inactive})); }},
    {"waitForEvent", Stage::devices,
     [](Scene& s) { return plain(waitForEvent(s.mapper(), "base", 0, 10s)); },
     [](Scene& s) { s.fake.raiseEvent("base"); }},
    {"list", Stage::devices, [](Scene& s) { return plain(list(s.mapper())); }},
    {"list by uuid", Stage::devices,
     [](Scene& s) { return plain(list(s.mapper(), {.uuidPrefix = "TEST-"})); }},
    {"dependencies", Stage::devices,
     [](Scene& s) { return plain(dependencies(s.mapper(), "base")); }},
    {"dependencyTree", Stage::pool,
     [](Scene& s) { return plain(dependencyTree(s.mapper(), "vol")); }},
    {"dependencyTree of all", Stage::pool,
     [](Scene& s) { return plain(dependencyTree(s.mapper())); }},
    {"usersOf", Stage::pool, [](Scene& s) { return plain(usersOf(s.mapper(), "pool")); }},
    {"readAhead", Stage::devices, [](Scene& s) { return plain(readAhead(s.mapper(), "base")); }},
    {"setReadAhead", Stage::devices,
     [](Scene& s) { return plain(setReadAhead(s.mapper(), "base", Sectors{512})); }},
    {"probePaths", Stage::empty, [](Scene& s) { return plain(probePaths(s.mapper(), "paths")); },
     [](Scene& s) {
       s.fake.addTargetType("multipath", {1, 15, 0});
       need(plain(create(s.mapper(), "paths", rows("0 64 multipath 0 0"))), "create paths");
     }},
    {"targetTypes", Stage::empty, [](Scene& s) { return plain(targetTypes(s.mapper())); }},
    {"targetVersion", Stage::empty,
     [](Scene& s) { return plain(targetVersion(s.mapper(), "linear")); }},
    {"hasTarget", Stage::empty, [](Scene& s) { return plain(hasTarget(s.mapper(), "linear")); }},
    {"BlockDevice", Stage::empty,
     [](Scene& s) -> Result<void> {
       auto block = BlockDevice::open("/dev/data", s.fake);
       if (!block) return block.error();
       return plain(block->size());
     }},
    {"getBlockDeviceSize", Stage::empty,
     [](Scene& s) { return plain(getBlockDeviceSize("/dev/data", s.fake)); }},
    {"EventMonitor", Stage::devices,
     [](Scene& s) -> Result<void> {
       auto monitor = EventMonitor::open(s.mapper());
       if (!monitor) return monitor.error();
       s.fake.raiseEvent("base");
       if (auto event = monitor->next(10s); !event) return event.error();
       return plain(monitor->read());
     }},
};

}  // namespace

std::span<const Operation> verbOperations() { return verbs; }
std::span<const Operation> queryOperations() { return queries; }

}  // namespace fault
