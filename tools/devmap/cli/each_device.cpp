#include "cli/each_device.hpp"

#include "cli/print.hpp"

namespace tool {

bool forEachDevice(Session& session, Show show) {
  const Call& call = session.call();
  auto devices = session.devices(call.operands);
  if (!devices || !session.open()) return false;
  const bool all = devices->empty();
  if (all) {
    auto names = session.allNames();
    if (!names) return session.fail(names.error());
    for (std::string& name : *names) devices->push_back({std::move(name), {}, {}});
    if (devices->empty() && !call.has(Option::json)) print("No devices found\n");
  }
  const bool several = all || devices->size() > 1;
  for (const Address& address : *devices) {
    const Shown shown = show(session, address, several);
    if (shown && *shown) continue;
    const bool missing = shown || shown.error().code == Errc::notFound;
    if (missing && all) continue;
    return shown ? session.failMissing(address) : session.fail(shown.error());
  }
  return true;
}

}  // namespace tool
