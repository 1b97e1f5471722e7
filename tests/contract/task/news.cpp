// The library: tasks that learn of events, by polling the control node and by waiting for a device.

#include <cerrno>
#include <chrono>
#include <thread>

#include "lab.hpp"

using namespace contract;
using namespace devmap;
using namespace std::chrono_literals;

TEST_CASE("task: the control node polls readable when there is news since it was armed") {
  Lab lab;
  if (lab.world.minor() < 37) return;
  const auto poll = [&] {
    return lab.kernel().pollControl(lab.mapper().controlFd(), std::chrono::nanoseconds{0});
  };
  Task arm = lab.task(TaskType::DeviceArmPoll);
  const std::string name = lab.name();
  lab.world.settle();
  checkGood(arm.run());
  CHECK(poll() == ETIMEDOUT);
  lab.make(name);
  CHECK(poll() == 0);
  CHECK(poll() == 0);  // polling does not consume it
  lab.world.settle();
  checkGood(arm.run());
  CHECK(poll() == ETIMEDOUT);
  lab.remove(name);
  CHECK(poll() == 0);
}

TEST_CASE("task: waiting for an event, with and without a timeout") {
  Lab lab;
  if (lab.world.minor() < 37) return;
  if (lab.world.fake() != nullptr) lab.world.fake()->setClock(FakeClock::real);
  const std::string name = lab.name();
  lab.make(name);
  Task wait = lab.task(TaskType::DeviceWaitEvent, name);
  checkGood(wait.setEventNr(7));
  checkGood(wait.run());  // differs: returns at once
  CHECK(wait.info().eventNr == 0);
  CHECK(wait.rows().size() == 1);
  checkGood(wait.setEventNr(0));
  checkGood(wait.waitTimeout(30ms));
  checkFails(wait.run(), {Errc::timedOut, 0, name, {}, "", ""});
  CHECK(wait.rows().empty());

  checkGood(wait.waitTimeout(20s));
  std::thread changer([&] {
    (void)lab.kernel().sleep(30ms);
    CHECK(Packet()
              .name(name)
              .event(quietEvent)
              .flags(DM_UUID_FLAG)
              .text("CONTRACT-event")
              .send(lab.world, DmCommand::rename) == 0);
  });
  checkGood(wait.run());
  changer.join();
  CHECK(wait.info().eventNr == 1);
  CHECK(wait.rows().size() == 1);
  lab.remove(name);
}
