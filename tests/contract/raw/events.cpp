// Raw contract: event numbers, waiting and polling.

#include <cerrno>
#include <chrono>
#include <thread>

#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

using namespace contract;
using devmap::DmCommand;
using namespace std::chrono_literals;

namespace {

int rename(const World& world, std::string_view from, std::string_view to) {
  return Packet().name(from).event(quietEvent).text(to).send(world, DmCommand::rename);
}

// Whether the world's control node has news. Acknowledges them.
bool news(const World& world) {
  const int error = world.kernel().pollControl(world.control(), 0ns);
  CHECK((error == 0 || error == ETIMEDOUT));
  CHECK(Packet(312).send(world, DmCommand::armPoll) == 0);
  return error == 0;
}

}  // namespace

TEST_CASE("raw events: a wait for another event number returns at once, with status") {
  World world;
  const std::string name = world.name();
  makeDevice(world, name, 100);
  Packet packet;
  CHECK(packet.name(name).event(17).send(world, DmCommand::wait) == 0);
  CHECK(packet.head().event_nr == 0);
  REQUIRE(packet.rows().size() == 1);
  CHECK(packet.rows()[0].length == 100);
}

TEST_CASE("raw events: a wait ends with a rename, and with the device") {
  World world;
  if (world.fake() != nullptr) world.fake()->setClock(devmap::FakeClock::real);
  const std::string name = world.name();
  const std::string renamed = world.name("b");
  makeDevice(world, name, 100);
  int result = -1;
  std::uint32_t eventNr = 0;
  const auto waitInThread = [&](std::uint32_t seen) {
    return std::thread([&, seen] {
      Packet packet;
      result = packet.name(seen == 0 ? name : renamed).event(seen).send(world, DmCommand::wait);
      eventNr = packet.head().event_nr;
    });
  };
  std::thread waiter = waitInThread(0);
  CHECK(world.kernel().sleep(50ms) == 0);
  CHECK(rename(world, name, renamed) == 0);
  waiter.join();
  CHECK(result == 0);
  CHECK(eventNr == 1);

  waiter = waitInThread(1);
  CHECK(world.kernel().sleep(50ms) == 0);
  world.settle();
  CHECK(remove(world, renamed) == 0);
  waiter.join();
  CHECK(result == 0);
}

TEST_CASE(
    "raw events: polls see create, remove, rename, a resume with a new table; not load, suspend, "
    "plain resume or failures") {
  World world;
  if (world.minor() < 37) return;
  const std::string name = world.name();
  const std::string renamed = world.name("b");
  (void)news(world);
  CHECK_FALSE(news(world));
  CHECK(create(world, name) == 0);
  CHECK(world.kernel().pollControl(world.control(), 0ns) == 0);  // stays until armed
  CHECK(news(world));
  CHECK_FALSE(news(world));
  CHECK(create(world, name) == EBUSY);
  CHECK_FALSE(news(world));
  CHECK(load(world, name, 100, "zero", "") == 0);
  CHECK_FALSE(news(world));
  CHECK(resume(world, name) == 0);
  CHECK(news(world));
  CHECK(suspend(world, name) == 0);
  CHECK_FALSE(news(world));
  CHECK(resume(world, name) == 0);
  CHECK_FALSE(news(world));
  CHECK(rename(world, name, renamed) == 0);
  CHECK(news(world));
  world.settle();
  CHECK(remove(world, renamed) == 0);
  CHECK(news(world));
  CHECK(world.kernel().pollControl(world.control(), 20ms) == ETIMEDOUT);
}

TEST_CASE("raw events: each control descriptor remembers for itself, from its opening on") {
  World world;
  if (world.minor() < 37) return;
  const std::string name = world.name();
  REQUIRE(create(world, name) == 0);
  int other = -1;
  REQUIRE(world.kernel().openControl("/dev/mapper/control", other) == 0);
  CHECK(world.kernel().pollControl(other, 0ns) == ETIMEDOUT);
  CHECK(world.kernel().pollControl(world.control(), 0ns) == 0);
  CHECK(remove(world, name) == 0);
  CHECK(world.kernel().pollControl(other, 0ns) == 0);
  CHECK(world.kernel().close(other) == 0);
}

TEST_CASE("raw events: a poll is woken by another thread") {
  World world;
  if (world.minor() < 37) return;
  if (world.fake() != nullptr) world.fake()->setClock(devmap::FakeClock::real);
  const std::string name = world.name();
  (void)news(world);
  std::thread maker([&] {
    (void)world.kernel().sleep(50ms);
    CHECK(create(world, name) == 0);
  });
  CHECK(world.kernel().pollControl(world.control(), 10s) == 0);
  maker.join();
}
