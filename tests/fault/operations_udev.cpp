// Cookies alone, and thin pools.

#include "operations.hpp"

namespace fault {
namespace {

using namespace devmap;
using namespace std::chrono_literals;

void makeCookie(Scene& scene) {
  auto made = UdevCookie::create(scene.fake);
  need(plain(Result<bool>(made.has_value())), "make a cookie");
  scene.cookie.emplace(*std::move(made));
}

void orphanCookie(Scene& scene) {
  scene.fake.setProcess(41);
  makeCookie(scene);
  scene.fake.endProcess(41);
  scene.fake.setProcess(1);
}

constexpr Operation udev[]{
    {"UdevCookie::create", Stage::empty,
     [](Scene& s) { return plain(UdevCookie::create(s.fake)); }},
    {"UdevCookie::borrow", Stage::empty,
     [](Scene& s) { return plain(UdevCookie::borrow(s.cookie->value(), s.fake)); }, makeCookie},
    {"UdevCookie::adopt", Stage::empty,
     [](Scene& s) -> Result<void> {
       auto adopted = UdevCookie::adopt(s.cookie->value(), s.fake);
       if (!adopted) return adopted.error();
       return udevWait(*adopted, 1s);
     },
     makeCookie},
    {"udevWait", Stage::empty, [](Scene& s) { return udevWait(*s.cookie, 1s); }, makeCookie},
    {"udevWait with a stop", Stage::empty,
     [](Scene& s) {
       const std::atomic<bool> stop{false};
       return udevWait(*s.cookie, 1s, stop);
     },
     makeCookie},
    {"udevReady", Stage::empty, [](Scene& s) { return plain(udevReady(*s.cookie)); }, makeCookie},
    {"udevComplete", Stage::empty, [](Scene& s) { return udevComplete(s.cookie->value(), s.fake); },
     makeCookie},
    {"udevCookies", Stage::empty, [](Scene& s) { return plain(udevCookies(s.fake)); }, makeCookie},
    {"reclaimUdevCookies", Stage::empty,
     [](Scene& s) { return plain(reclaimUdevCookies({}, s.fake)); }, orphanCookie},
};

Result<void> withDisks(Scene& scene,
                       Result<void> (*use)(DeviceMapper&, const BlockDevice&, const BlockDevice&)) {
  auto data = BlockDevice::open("/dev/data", scene.fake);
  if (!data) return data.error();
  auto meta = BlockDevice::open("/dev/meta", scene.fake);
  if (!meta) return meta.error();
  return use(scene.mapper(), *data, *meta);
}

constexpr Operation thin[]{
    {"createPool", Stage::empty,
     [](Scene& s) {
       return withDisks(s,
                        [](DeviceMapper& mapper, const BlockDevice& data, const BlockDevice& meta) {
                          return createPool(mapper, "pool", data, meta, Sectors{128});
                        });
     }},
    {"reloadPool", Stage::pool,
     [](Scene& s) {
       return withDisks(s,
                        [](DeviceMapper& mapper, const BlockDevice& data, const BlockDevice& meta) {
                          return reloadPool(mapper, "pool", data, meta, Sectors{128});
                        });
     }},
    {"createDevice", Stage::pool, [](Scene& s) { return createDevice(s.mapper(), "pool", 2); }},
    {"createSnapDevice", Stage::pool,
     [](Scene& s) { return createSnapDevice(s.mapper(), "pool", 2, "vol", 1); }},
    {"createSnapDeviceRaw", Stage::pool,
     [](Scene& s) { return createSnapDeviceRaw(s.mapper(), "pool", 2, 1); },
     [](Scene& s) { need(suspendDevice(s.mapper(), "vol"), "suspend vol"); }},
    {"deleteDevice", Stage::pool, [](Scene& s) { return deleteDevice(s.mapper(), "pool", 2); },
     [](Scene& s) { need(createDevice(s.mapper(), "pool", 2), "create volume 2"); }},
    {"setTransactionId", Stage::pool,
     [](Scene& s) { return setTransactionId(s.mapper(), "pool", 0, 1); }},
    {"activateDevice", Stage::pool,
     [](Scene& s) { return activateDevice(s.mapper(), "pool", "again", 1, Sectors{1024}); }},
    {"removeDevice", Stage::pool, [](Scene& s) { return removeDevice(s.mapper(), "vol"); }},
    {"removeDeviceDeferred", Stage::pool,
     [](Scene& s) { return plain(removeDeviceDeferred(s.mapper(), "vol")); }},
    {"cancelDeferredRemove", Stage::pool,
     [](Scene& s) { return cancelDeferredRemove(s.mapper(), "vol"); },
     [](Scene& s) {
       s.fake.openDevice("vol");
       need(plain(removeDeviceDeferred(s.mapper(), "vol")), "remove later");
     }},
    {"suspendDevice", Stage::pool, [](Scene& s) { return suspendDevice(s.mapper(), "vol"); }},
    {"resumeDevice", Stage::pool, [](Scene& s) { return resumeDevice(s.mapper(), "vol"); },
     [](Scene& s) { need(suspendDevice(s.mapper(), "vol"), "suspend vol"); }},
    {"getInfo", Stage::pool, [](Scene& s) { return plain(getInfo(s.mapper(), "vol")); }},
    {"getStatus", Stage::pool, [](Scene& s) { return plain(getStatus(s.mapper(), "pool")); }},
    {"getTable", Stage::pool, [](Scene& s) { return plain(getTable(s.mapper(), "pool")); }},
    {"getDeps", Stage::pool, [](Scene& s) { return plain(getDeps(s.mapper(), "vol")); }},
    {"getDriverVersion", Stage::empty,
     [](Scene& s) { return plain(getDriverVersion(s.mapper())); }},
};

}  // namespace

std::span<const Operation> udevOperations() { return udev; }
std::span<const Operation> thinOperations() { return thin; }

}  // namespace fault
