// Trees of devices, on a fake kernel.
#include <doctest/doctest.h>

#include <libdevmapper.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

#include <devmap/device.hpp>
#include <devmap/fake/kernel.hpp>
#include <devmap/query.hpp>

#include "lab.hpp"

using namespace devmap;
using namespace std::chrono_literals;

namespace {

std::vector<std::string>& errors = libdmtest::lines;

/// top (two rows) -> left, right -> disk 8:0; other -> disk 8:0.
class Lab : public libdmtest::Lab {
 public:
  explicit Lab(FakeUdev udev = FakeUdev::off) : libdmtest::Lab(udev) {
    kernel.addBlockDevice("/dev/sda", {8, 0}, 1 << 30);
    left = add("left", "T-left", {disk(0)});
    right = add("right", "T-right", {disk(64)});
    other = add("other", "U-other", {disk(128)});
    top = add("top", "T-top", {on(left), on(right)});
    kernel.runUdev();
    tree = dm_tree_create();
  }
  ~Lab() { dm_tree_free(tree); }

  static Row row(const std::string& params) { return {{}, Sectors{64}, "linear", params}; }
  static Row disk(int start) { return row("8:0 " + std::to_string(start)); }
  static Row on(DeviceNumber device) { return row(toString(device) + " 0"); }

  DeviceNumber add(const char* name, const char* uuid, std::vector<Row> rows) {
    std::uint64_t start = 0;
    for (Row& each : rows) {
      each.start = Sectors{start};
      start += each.length.count;
    }
    auto made = create(*libdm::context(), name, rows, {.uuid = uuid});
    REQUIRE_MESSAGE(made, made.error().message());
    return made->device;
  }
  int addToTree(DeviceNumber number) const {
    return dm_tree_add_dev(tree, number.major, number.minor);
  }
  [[nodiscard]] dm_tree_node* node(DeviceNumber number) const {
    return dm_tree_find_node(tree, number.major, number.minor);
  }
  [[nodiscard]] dm_tree_node* root() const { return node({}); }
  [[nodiscard]] std::string devices() const {
    std::string all;
    for (const std::string& name : kernel.devices()) all += (all.empty() ? "" : " ") + name;
    return all;
  }

  DeviceNumber left, right, other, top;
  dm_tree* tree = nullptr;
};

/// Names of the children in order; `8:0` for a device without one.
std::string children(const dm_tree_node* node, bool inverted = false) {
  std::string all;
  void* handle = nullptr;
  while (const auto* const child = dm_tree_next_child(&handle, node, inverted ? 1 : 0)) {
    const dm_info& info = *dm_tree_node_get_info(child);
    const std::string name = dm_tree_node_get_name(child);
    all += (all.empty() ? "" : " ") +
           (name.empty() ? toString(DeviceNumber{info.major, info.minor}) : name);
  }
  CHECK(handle == nullptr);
  return all;
}

}  // namespace

TEST_CASE("a device brings all that it depends on") {
  const Lab lab;  // the kernel lists what a table opened last first (dm-table.c: dm_get_device)
  REQUIRE(lab.addToTree(lab.top) == 1);
  CHECK(children(lab.root()) == "top");
  CHECK(children(lab.node(lab.top)) == "right left");
  CHECK(children(lab.node(lab.left)) == "8:0");
  CHECK(children(lab.node({8, 0}), true) == "right left");
  CHECK(lab.node(lab.other) == nullptr);
  CHECK(dm_tree_node_num_children(lab.node(lab.top), 0) == 2);
  CHECK(dm_tree_node_num_children(lab.node({8, 0}), 1) == 2);
}

TEST_CASE("the root is below what uses nothing and above what nothing uses, and is not counted") {
  const Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  void* handle = nullptr;
  CHECK(dm_tree_next_child(&handle, lab.node({8, 0}), 0) == lab.root());
  CHECK(dm_tree_next_child(&handle, lab.node({8, 0}), 0) == nullptr);
  handle = nullptr;
  CHECK(dm_tree_next_child(&handle, lab.node(lab.top), 1) == lab.root());
  CHECK(dm_tree_node_num_children(lab.node({8, 0}), 0) == 0);
  CHECK(dm_tree_node_num_children(lab.node(lab.top), 1) == 0);
  CHECK(dm_tree_node_num_children(lab.root(), 0) == 1);
  CHECK(dm_tree_node_num_children(lab.root(), 1) == 1);
}

TEST_CASE("the order in which devices are added does not matter") {
  const Lab lab;
  REQUIRE(lab.addToTree({8, 0}) == 1);
  REQUIRE(lab.addToTree(lab.right) == 1);
  CHECK(children(lab.root()) == "right");
  REQUIRE(lab.addToTree(lab.top) == 1);
  REQUIRE(lab.addToTree(lab.top) == 1);
  REQUIRE(lab.addToTree(lab.left) == 1);
  REQUIRE(lab.addToTree(lab.other) == 1);
  CHECK(children(lab.root()) == "top other");
  CHECK(children(lab.root(), true) == "8:0");
  CHECK(children(lab.node(lab.top)) == "right left");
}

TEST_CASE("what a node says") {
  const Lab lab;
  REQUIRE(lab.addToTree(lab.left) == 1);
  const dm_tree_node* const left = lab.node(lab.left);
  CHECK(dm_tree_node_get_name(left) == std::string("left"));
  CHECK(dm_tree_node_get_uuid(left) == std::string("T-left"));
  const dm_info& info = *dm_tree_node_get_info(left);
  CHECK(info.exists == 1);
  CHECK(info.live_table == 1);
  CHECK(info.open_count == 1);
  CHECK(info.target_count == 1);
  CHECK(info.major == lab.left.major);
  CHECK(info.minor == lab.left.minor);
  CHECK(dm_tree_node_get_context(left) == nullptr);
  const dm_info& disk = *dm_tree_node_get_info(lab.node({8, 0}));
  CHECK(disk.exists == 0);
  CHECK(disk.major == 8);
  CHECK(dm_tree_node_get_name(lab.node({8, 0})) == std::string());
  CHECK(dm_tree_node_get_uuid(lab.root()) == std::string());
}

TEST_CASE("a device that is missing cannot be added") {
  const Lab lab;
  errno = 0;
  CHECK(lab.addToTree({lab.top.major, 99}) == 0);
  CHECK(errno == ENXIO);
  CHECK(errors == std::vector<std::string>{"device-mapper: deps ioctl on  (" +
                                           toString(DeviceNumber{lab.top.major, 99}) +
                                           ") failed: No such device or address"});
  CHECK(dm_tree_node_num_children(lab.root(), 0) == 0);
}

TEST_CASE("nodes by uuid: as it is, without a suffix, without the prefix") {
  Lab lab;
  const DeviceNumber plain = lab.add("plain", "abc", {Lab::disk(512)});
  REQUIRE(lab.addToTree(lab.top) == 1);
  REQUIRE(lab.addToTree(plain) == 1);
  CHECK(dm_tree_find_node_by_uuid(lab.tree, "T-left") == lab.node(lab.left));
  CHECK(dm_tree_find_node_by_uuid(lab.tree, "") == lab.root());
  CHECK(dm_tree_find_node_by_uuid(lab.tree, nullptr) == lab.root());
  CHECK(dm_tree_find_node_by_uuid(lab.tree, "LVM-abc") == lab.node(plain));
  CHECK(dm_tree_find_node_by_uuid(lab.tree, "LVM-") == nullptr);
  CHECK(dm_tree_find_node_by_uuid(lab.tree, "T-left-pool") == nullptr);
  const char* suffixes[] = {"tdata", "pool", nullptr};
  dm_tree_set_optional_uuid_suffixes(lab.tree, suffixes);
  CHECK(dm_tree_find_node_by_uuid(lab.tree, "T-left-pool") == lab.node(lab.left));
}

TEST_CASE("names are shown unmangled") {
  Lab lab;
  const DeviceNumber odd = lab.add("a\\x20b", "T-a\\x20b", {Lab::disk(512)});
  REQUIRE(lab.addToTree(odd) == 1);
  CHECK(dm_tree_node_get_name(lab.node(odd)) == std::string("a b"));
  CHECK(dm_tree_node_get_uuid(lab.node(odd)) == std::string("T-a b"));
}

TEST_CASE("whether a prefix is in use below a node") {
  const Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  CHECK(dm_tree_children_use_uuid(lab.root(), "T-right", 7) == 1);
  CHECK(dm_tree_children_use_uuid(lab.root(), "T-rig", 5) == 1);
  CHECK(dm_tree_children_use_uuid(lab.root(), "U-", 2) == 0);
  CHECK(dm_tree_children_use_uuid(lab.node(lab.top), "T-top", 5) == 0);
}

TEST_CASE("a device is removed, and then what only it used") {
  const Lab lab;
  const FakeUsage before = lab.kernel.usage();
  REQUIRE(lab.addToTree(lab.top) == 1);
  CHECK(dm_tree_deactivate_children(lab.root(), "T-", 2) == 1);
  CHECK(lab.devices() == "other");
  CHECK(errors.empty());
  CHECK(lab.kernel.usage().semaphores == before.semaphores);
}

TEST_CASE("a uuid prefix spares other devices, and the node itself stays") {
  const Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  REQUIRE(lab.addToTree(lab.other) == 1);
  CHECK(dm_tree_deactivate_children(lab.root(), "T-top", 5) == 1);
  CHECK(lab.devices() == "left other right");
  CHECK(dm_tree_deactivate_children(lab.node(lab.top), "T-left", 6) == 1);
  CHECK(lab.devices() == "other right");
  // Compared with its NUL, as by strncmp.
  CHECK(dm_tree_deactivate_children(lab.root(), "U-", 3) == 1);
  CHECK(lab.devices() == "other right");
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 1);
  CHECK(lab.devices() == "right");
}

TEST_CASE("a device with a uuid from before the prefix matches it") {
  Lab lab;
  const DeviceNumber old = lab.add("old", "vg1lv1", {Lab::disk(512)});
  const DeviceNumber young = lab.add("young", "LVM-vg1lv2", {Lab::disk(576)});
  const DeviceNumber foreign = lab.add("foreign", "vg2lv1", {Lab::disk(640)});
  for (const DeviceNumber each : {old, young, foreign}) REQUIRE(lab.addToTree(each) == 1);
  CHECK(dm_tree_deactivate_children(lab.root(), "LVM-vg1", 7) == 1);
  CHECK(lab.devices() == "foreign left other right top");
}

TEST_CASE("an open device fails the call, and the others are removed") {
  Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  REQUIRE(lab.addToTree(lab.other) == 1);
  REQUIRE(lab.kernel.openDevice("top"));
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 0);
  CHECK(lab.devices() == "left right top");
  CHECK(errors ==
        std::vector<std::string>{"Unable to deactivate open top (" + toString(lab.top) + ")."});
}

TEST_CASE("an open device further down stays, and that is no failure") {
  Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  REQUIRE(lab.kernel.openDevice("left"));
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 1);
  CHECK(lab.devices() == "left other");
  CHECK(errors.empty());
}

TEST_CASE("a device that is gone is skipped") {
  Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  REQUIRE(devmap::remove(*libdm::context(), "top"));
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 1);
  CHECK(lab.devices() == "left other right");
}

TEST_CASE("with retries, an open device is tried for five seconds, unless its user is known") {
  Lab lab;
  REQUIRE(lab.addToTree(lab.other) == 1);
  dm_tree_retry_remove(lab.root());
  REQUIRE(lab.kernel.openDevice("other"));
  const auto start = lab.kernel.now();
  errno = 0;
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 0);
  CHECK(errno == EBUSY);
  CHECK(lab.kernel.now() - start >= 4900ms);
  CHECK(errors ==
        std::vector<std::string>{"device-mapper: remove ioctl on  (" + toString(lab.other) +
                                     ") failed: Device or resource busy",
                                 "Unable to deactivate other (" + toString(lab.other) + ")."});
  errors.clear();
  const auto second = lab.kernel.now();
  lab.kernel.setFileText("/proc/self/mountinfo",
                         "1 1 " + toString(lab.other) + " / /mnt rw - ext4 /dev/mapper/other rw\n");
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 0);
  CHECK(lab.kernel.now() - second < 1s);
  CHECK(errors == std::vector<std::string>{"Device other (" + toString(lab.other) +
                                           ") contains a filesystem in use."});
}

TEST_CASE("a removal that the kernel refuses fails the call") {
  Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  lab.kernel.failIoctl(DmCommand::remove, EIO);
  errno = 0;
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 0);
  CHECK(errno == EIO);
  CHECK(lab.devices() == "left other right top");
}

TEST_CASE("a state that cannot be read fails the call") {
  Lab lab;
  REQUIRE(lab.addToTree(lab.top) == 1);
  lab.kernel.failIoctl(DmCommand::status, EACCES);
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 0);
  CHECK(lab.devices() == "left other right top");
}

TEST_CASE("the events carry the cookie of the tree, and implicit devices are private") {
  Lab lab(FakeUdev::deferred);
  std::uint32_t cookie = 0;
  REQUIRE(dm_udev_create_cookie(&cookie) == 1);
  REQUIRE(cookie != 0);
  REQUIRE(dm_tree_add_dev_with_udev_flags(lab.tree, lab.top.major, lab.top.minor,
                                          DM_UDEV_LOW_PRIORITY_FLAG) == 1);
  dm_tree_set_cookie(lab.root(), cookie);
  CHECK(dm_tree_get_cookie(lab.node(lab.top)) == cookie);
  const std::size_t before = lab.kernel.uevents().size();
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 1);
  auto events = lab.kernel.uevents();
  events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(before));
  std::erase_if(events, [](const std::string& event) {
    return event.find("DM_COOKIE") == std::string::npos;
  });
  REQUIRE(events.size() == 3);
  const auto expected = [&](std::uint32_t flags) {
    return " DM_COOKIE=" + std::to_string((flags | 0x40) << 16 | (cookie & 0xFFFF));
  };
  CHECK(events[0].find(expected(0x10)) != std::string::npos);
  CHECK(events[1].find(expected(0x1E)) != std::string::npos);
  CHECK(events[2].find(expected(0x1E)) != std::string::npos);
  CHECK(dm_udev_wait(cookie) == 1);
  CHECK(lab.kernel.usage().semaphores == 0);
}

TEST_CASE("without a cookie the call waits for udev itself") {
  const Lab lab(FakeUdev::deferred);
  REQUIRE(lab.addToTree(lab.top) == 1);
  CHECK(dm_tree_deactivate_children(lab.root(), "T-", 2) == 1);
  CHECK(dm_tree_get_cookie(lab.root()) == 0);
  CHECK(lab.kernel.list("/dev/mapper") ==
        std::vector<std::string>{"control c 10:236 0600 0:0", "other -> ../dm-2"});
  CHECK(lab.kernel.usage().semaphores == 0);
}

TEST_CASE("a cookie that is gone fails the call, and nothing is removed") {
  const Lab lab(FakeUdev::deferred);
  REQUIRE(lab.addToTree(lab.other) == 1);
  dm_tree_set_cookie(lab.root(), 0x0D4D7777);
  CHECK(dm_tree_deactivate_children(lab.root(), nullptr, 0) == 0);
  CHECK(lab.devices() == "left other right top");
  CHECK(errors.size() == 2);
}
