// The task level: each type of task, with a cookie where it causes an event.

#include "operations.hpp"

namespace fault {
namespace {

using namespace devmap;
using namespace std::chrono_literals;

using Setting = Result<void> (*)(Task&);

Result<void> nothing(Task&) { return {}; }

Result<void> run(Scene& scene, TaskType type, std::string_view name, Setting set = nothing) {
  auto task = Task::create(scene.mapper(), type, name);
  if (!task) return task.error();
  if (auto done = set(*task); !done) return done;
  return task->run();
}

Result<void> runAndWait(Scene& scene, TaskType type, std::string_view name, Setting set = nothing) {
  auto task = Task::create(scene.mapper(), type, name);
  if (!task) return task.error();
  if (auto done = set(*task); !done) return done;
  UdevCookie cookie;
  if (auto done = task->setCookie(cookie); !done) return done;
  if (auto done = task->run(); !done) return done;
  return udevWait(cookie, 30s);
}

Result<void> oneRow(Task& task) {
  return task.addTarget(Sectors{0}, Sectors{64}, "linear", "8:0 64");
}

constexpr Operation operations[]{
    {"DeviceCreate", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceCreate, "new"); }},
    {"DeviceCreate, node at once", Stage::devices,
     [](Scene& s) {
       return run(s, TaskType::DeviceCreate, "new",
                  [](Task& t) { return t.setAddNode(AddNode::onCreate); });
     }},
    {"DeviceCreate with rows", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceCreate, "new", oneRow); }},
    {"DeviceCreate with rows and cookie", Stage::devices,
     [](Scene& s) { return runAndWait(s, TaskType::DeviceCreate, "new", oneRow); }},
    {"DeviceCreate with a node of its own", Stage::devices,
     [](Scene& s) {
       return runAndWait(s, TaskType::DeviceCreate, "new", [](Task& t) {
         if (auto set = t.setNodeAttributes({0640, 1, 2}); !set) return set;
         return oneRow(t);
       });
     }},
    {"DeviceReload", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceReload, "base", oneRow); }},
    {"DeviceRemove", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceRemove, "base"); }},
    {"DeviceRemove with cookie", Stage::devices,
     [](Scene& s) { return runAndWait(s, TaskType::DeviceRemove, "base"); }},
    {"DeviceRemoveAll", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceRemoveAll, {}); }},
    {"DeviceSuspend", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceSuspend, "base"); }},
    {"DeviceResume", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceResume, "still"); }},
    {"DeviceResume with cookie", Stage::devices,
     [](Scene& s) { return runAndWait(s, TaskType::DeviceResume, "still"); }},
    {"DeviceResume of another table", Stage::devices,
     [](Scene& s) { return runAndWait(s, TaskType::DeviceResume, "swap"); }},
    {"DeviceInfo", Stage::devices, [](Scene& s) { return run(s, TaskType::DeviceInfo, "base"); }},
    {"DeviceDeps", Stage::devices, [](Scene& s) { return run(s, TaskType::DeviceDeps, "base"); }},
    {"DeviceRename", Stage::devices,
     [](Scene& s) {
       return runAndWait(s, TaskType::DeviceRename, "base",
                         [](Task& t) { return t.setNewName("other"); });
     }},
    {"DeviceRename to a uuid", Stage::devices,
     [](Scene& s) {
       return runAndWait(s, TaskType::DeviceRename, "swap",
                         [](Task& t) { return t.setNewUuid("TEST-swap"); });
     }},
    {"DeviceVersion", Stage::empty, [](Scene& s) { return run(s, TaskType::DeviceVersion, {}); }},
    {"DeviceStatus", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceStatus, "base"); }},
    {"DeviceTable", Stage::devices, [](Scene& s) { return run(s, TaskType::DeviceTable, "base"); }},
    {"DeviceWaitEvent", Stage::devices,
     [](Scene& s) {
       return run(s, TaskType::DeviceWaitEvent, "base", [](Task& t) {
         if (auto set = t.setEventNr(0); !set) return set;
         return t.waitTimeout(10s);
       });
     },
     [](Scene& s) { s.fake.raiseEvent("base"); }},
    {"DeviceList", Stage::devices, [](Scene& s) { return run(s, TaskType::DeviceList, {}); }},
    {"DeviceClear", Stage::devices, [](Scene& s) { return run(s, TaskType::DeviceClear, "swap"); }},
    {"DeviceMknodes", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceMknodes, "base"); },
     [](Scene& s) { s.fake.removeNode("/dev/mapper/base"); }},
    {"DeviceMknodes of all", Stage::devices,
     [](Scene& s) { return run(s, TaskType::DeviceMknodes, {}); }},
    {"DeviceListVersions", Stage::empty,
     [](Scene& s) { return run(s, TaskType::DeviceListVersions, {}); }},
    {"DeviceTargetMsg", Stage::devices,
     [](Scene& s) {
       return run(s, TaskType::DeviceTargetMsg, "base",
                  [](Task& t) { return t.setMessage("ask"); });
     },
     [](Scene& s) { s.fake.answerMessage("ask", "answer"); }},
    {"DeviceSetGeometry", Stage::devices,
     [](Scene& s) {
       return run(s, TaskType::DeviceSetGeometry, "base", [](Task& t) {
         return t.setGeometry({1, 2, 3, Sectors{4}});
       });
     }},
    {"DeviceArmPoll", Stage::empty, [](Scene& s) { return run(s, TaskType::DeviceArmPoll, {}); }},
    {"DeviceGetTargetVersion", Stage::empty,
     [](Scene& s) { return run(s, TaskType::DeviceGetTargetVersion, "linear"); }},
};

}  // namespace

std::span<const Operation> taskOperations() { return operations; }

}  // namespace fault
