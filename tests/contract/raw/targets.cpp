// Raw contract: targets, their messages in the log, their texts and replies.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <sstream>

#include "check.hpp"
#include "packet.hpp"
#include "world.hpp"

using namespace contract;
using devmap::DeviceNumber;
using devmap::DmCommand;

namespace {

std::string text(DeviceNumber number) {
  return std::to_string(number.major) + ":" + std::to_string(number.minor);
}

// Loads a row that must be refused with this errno and this message about its target.
void checkRefused(const World& world, const std::string& name, std::uint64_t length,
                  const std::string& type, const std::string& params, int error,
                  const std::string& sentence) {
  CAPTURE(params);
  LogWatch log(world);
  CHECK(load(world, name, length, type, params) == error);
  const std::string said = log.text();
  CAPTURE(said);
  CHECK(said.find("device-mapper: table: " + text(status(world, name).device()) + ": " + type +
                  ": " + sentence + " (") != std::string::npos);
}

void checkMessage(const World& world, const std::string& name, const std::string& message,
                  int error, const std::string& sentence) {
  CAPTURE(message);
  LogWatch log(world);
  CHECK(send(world, name, message) == error);
  const std::string said = log.text();
  CAPTURE(said);
  CHECK(said.find("device-mapper: " + sentence + "\n") != std::string::npos);
}

std::vector<std::string> split(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

TEST_CASE("raw targets: what the thin-pool refuses") {
  World world;
  const std::string name = world.name();
  const Disk data = world.disk();
  const Disk meta = world.disk(4 << 20);
  REQUIRE(create(world, name) == 0);
  const std::string both = meta.path + " " + data.path;
  const int missing = world.strict() ? ENOENT : ENODEV;
  const auto refused = [&](const std::string& params, int error, const char* sentence) {
    checkRefused(world, name, 1024, "thin-pool", params, error, sentence);
  };
  refused(meta.path, EINVAL, "Invalid argument count");
  refused("/dev/no-such " + data.path + " 128 0", missing, "Error opening metadata block device");
  refused(meta.path + " /dev/no-such 128 0", missing, "Error getting data device");
  refused(meta.path + " " + meta.path + " 128 0", EINVAL, "Error setting metadata or data device");
  refused(both + " 127 0", EINVAL, "Invalid block size");
  refused(both + " 64 0", EINVAL, "Invalid block size");
  refused(both + " 2097280 0", EINVAL, "Invalid block size");
  refused(both + " 128 x", EINVAL, "Invalid low water mark");
  refused(both + " 128 0 9 x", EINVAL, "Invalid number of pool feature arguments");
  refused(both + " 128 0 1 x", EINVAL, "Unrecognised pool feature requested");
  LogWatch log(world);
  CHECK(Packet()
            .name(name)
            .row(0, 1024, "thin-pool", both + " 128 0")
            .row(1024, 8, "zero", "")
            .send(world, DmCommand::tableLoad) == EINVAL);
  CHECK(Packet()
            .name(name)
            .row(0, 8, "zero", "")
            .row(8, 1024, "thin-pool", both + " 128 0")
            .send(world, DmCommand::tableLoad) == EINVAL);
  CHECK(load(world, name, 1024, "thin-pool", both + " 128 0", DM_READONLY_FLAG) == EINVAL);
  const std::string said = log.text();
  CAPTURE(said);
  CHECK(said.find(": target type thin-pool must appear alone in table\n") != std::string::npos);
  CHECK(said.find("thin-pool: singleton target type must appear alone in table (-EINVAL)\n") !=
        std::string::npos);
  CHECK(said.find("thin-pool: target type may not be included in a read-only table (-EINVAL)\n") !=
        std::string::npos);
}

TEST_CASE("raw targets: a pool's life") {
  World world;
  const std::string name = world.name();
  const Disk data = world.disk();
  const Disk meta = world.disk(4 << 20);
  const std::string params = meta.path + " " + data.path + " 128 64";
  makeDevice(world, name, 32768, "thin-pool", params + " 1 skip_block_zeroing");

  CHECK(firstText(world, name, DM_STATUS_TABLE_FLAG) ==
        text(meta.number) + " " + text(data.number) + " 128 64 1 skip_block_zeroing ");
  const auto words = split(firstText(world, name, DM_NOFLUSH_FLAG));
  REQUIRE(words.size() == 9);
  CHECK(words[0] == "0");
  CHECK(words[1].ends_with("/1024"));
  CHECK(words[2] == "0/256");
  CHECK(std::vector(words.begin() + 3, words.end()) ==
        std::vector<std::string>{"-", "rw", "discard_passdown", "queue_if_no_space", "-", "256"});
  CHECK(firstText(world, name, DM_NOFLUSH_FLAG).ends_with("256 "));

  CHECK(send(world, name, "create_thin 1") == 0);
  checkMessage(world, name, "create_thin 1", EEXIST,
               "thin: Creation of new thinly-provisioned device with id 1 failed.");
  checkMessage(world, name, "create_thin 16777216", EINVAL,
               "thin: Message received with invalid device id: 16777216");
  checkMessage(world, name, "create_thin", EINVAL,
               "thin: Message received with 1 arguments instead of 2.");
  checkMessage(world, name, "create_snap 2 9", ENODATA,
               "thin: Creation of new snapshot 2 of device 9 failed.");
  CHECK(send(world, name, "create_snap 2 1") == 0);
  checkMessage(world, name, "create_snap 2 1", EEXIST,
               "thin: Creation of new snapshot 2 of device 1 failed.");
  checkMessage(world, name, "delete 9", ENODATA, "thin: Deletion of thin device 9 failed.");
  CHECK(send(world, name, "DELETE 2") == 0);
  checkMessage(world, name, "set_transaction_id 5 6", EINVAL,
               "thin metadata: mismatched transaction id");
  CHECK(send(world, name, "set_transaction_id 0 6") == 0);
  CHECK(split(firstText(world, name))[0] == "6");
  checkMessage(world, name, "nonsense", EINVAL,
               "thin: Unrecognised thin pool target message received: nonsense");
  CHECK(send(world, name, "reserve_metadata_snap") == 0);
  CHECK(split(firstText(world, name))[3] != "-");
  checkMessage(world, name, "reserve_metadata_snap", EBUSY,
               "thin: reserve_metadata_snap message failed.");
  CHECK(send(world, name, "release_metadata_snap") == 0);
  checkMessage(world, name, "release_metadata_snap", EINVAL,
               "thin: release_metadata_snap message failed.");
}

TEST_CASE("raw targets: thin volumes") {
  World world;
  const std::string pool = world.name("pool");
  const std::string name = world.name();
  const Disk data = world.disk();
  const Disk meta = world.disk(4 << 20);
  const Disk other = world.disk();
  REQUIRE(create(world, pool) == 0);
  REQUIRE(load(world, pool, 32768, "thin-pool", meta.path + " " + data.path + " 128 0") == 0);
  const std::string number = text(status(world, pool).device());
  REQUIRE(create(world, name) == 0);
  const auto refused = [&](const std::string& params, int error, const char* sentence) {
    checkRefused(world, name, 1024, "thin", params, error, sentence);
  };
  refused(number + " 1", ENODATA,
          "Couldn't open thin internal device");  // the pool is not live yet
  REQUIRE(resume(world, pool) == 0);
  refused(number, EINVAL, "Invalid argument count");
  refused(number + " 1", ENODATA, "Couldn't open thin internal device");
  refused(number + " x", EINVAL, "Invalid device id");
  refused(other.path + " 1", EINVAL, "Couldn't get pool mapped device");
  refused(number + " 1 " + number, EINVAL, "Error setting origin device");

  REQUIRE(send(world, pool, "create_thin 1") == 0);
  REQUIRE(suspend(world, pool) == 0);
  refused(number + " 1", EINVAL, "Unable to activate thin device while pool is suspended");
  REQUIRE(resume(world, pool) == 0);
  REQUIRE(load(world, name, 1024, "thin", number + " 1 " + other.path) == 0);
  REQUIRE(resume(world, name) == 0);
  world.settle();
  CHECK(firstText(world, name) == "0 -");
  CHECK(firstText(world, name, DM_STATUS_TABLE_FLAG) == number + " 1 " + text(other.number));
  CHECK(status(world, pool).head().open_count == 1);
  checkMessage(world, pool, "delete 1", EBUSY, "thin: Deletion of thin device 1 failed.");
  checkMessage(world, name, "anything", EINVAL, "ioctl: Target type does not support messages");
  CHECK(Packet(312).name(pool).send(world, DmCommand::remove) == EBUSY);
  CHECK(remove(world, name) == 0);
  CHECK(send(world, pool, "delete 1") == 0);
}

TEST_CASE("raw targets: a pool survives on its metadata device, and no two pools share one") {
  World world;
  const std::string first = world.name("first");
  const std::string second = world.name("second");
  const Disk data = world.disk();
  const Disk meta = world.disk(4 << 20);
  const Disk data2 = world.disk();
  const Disk meta2 = world.disk(4 << 20);
  const std::string params = meta.path + " " + data.path + " 128 0";
  makeDevice(world, first, 32768, "thin-pool", params);
  REQUIRE(send(world, first, "create_thin 7") == 0);
  REQUIRE(send(world, first, "set_transaction_id 0 3") == 0);
  REQUIRE(create(world, second) == 0);
  checkRefused(world, second, 1024, "thin-pool", meta.path + " " + data2.path + " 128 0", EBUSY,
               "metadata device already in use by a pool");
  checkRefused(world, first, 1024, "thin-pool", meta2.path + " " + data2.path + " 128 0", EINVAL,
               "different pool cannot replace a pool");
  checkRefused(world, first, 1024, "thin-pool", meta.path + " " + data2.path + " 128 0", EBUSY,
               "data device already in use by a pool");
  {
    LogWatch log(world);
    CHECK(load(world, first, 100, "zero", "") == EINVAL);
    CHECK(
        log.text().find("device-mapper: ioctl: can't replace immutable target type thin-pool\n") !=
        std::string::npos);
  }
  world.settle();
  REQUIRE(remove(world, first) == 0);
  checkRefused(world, second, 32768, "thin-pool", meta.path + " " + data.path + " 256 0", EINVAL,
               "Error creating metadata object");
  CHECK(load(world, second, 16384, "thin-pool", params) == 0);
  CHECK(resume(world, second) == EINVAL);  // smaller than it was
  CHECK(status(world, second).flag(DM_SUSPEND_FLAG));
  CHECK(load(world, second, 32768, "thin-pool", params) == 0);
  CHECK(resume(world, second) == 0);
  CHECK(split(firstText(world, second))[0] == "3");
  CHECK(send(world, second, "create_thin 7") == EEXIST);
}

TEST_CASE("raw targets: error may replace an immutable target") {
  World world;
  const std::string name = world.name();
  const Disk data = world.disk();
  const Disk meta = world.disk(4 << 20);
  makeDevice(world, name, 32768, "thin-pool", meta.path + " " + data.path + " 128 0");
  CHECK(load(world, name, 32768, "error", "") == 0);
  CHECK(resume(world, name) == 0);
  CHECK(load(world, name, 100, "zero", "") == 0);
  CHECK(resume(world, name) == 0);
}

TEST_CASE("raw targets: crypt takes keys while suspended, and does not resume without") {
  World world;
  const std::string name = world.name();
  const Disk disk = world.disk();
  const std::string key(64, '1');
  const std::string params = "aes-xts-plain64 " + key + " 0 " + disk.path + " 0";
  REQUIRE(create(world, name) == 0);
  const auto refused = [&](const std::string& bad, int error, const char* sentence) {
    checkRefused(world, name, 2048, "crypt", bad, error, sentence);
  };
  refused("aes-xts-plain64", EINVAL, "Not enough arguments");
  refused("aes-xts-plain64 zz 0 " + disk.path + " 0", EINVAL, "Error decoding and setting key");
  refused("aes-xts-plain64 " + key + " x " + disk.path + " 0", EINVAL, "Invalid iv_offset sector");
  refused("aes-xts-plain64 " + key + " 0 /dev/no-such 0", world.strict() ? ENOENT : ENODEV,
          "Device lookup failed");
  refused(params + " 12 x", EINVAL, "Invalid number of feature args");
  refused(params + " 1 x", EINVAL, "Invalid feature arguments");
  REQUIRE(load(world, name, 2048, "crypt", params + " 1 allow_discards") == 0);
  REQUIRE(resume(world, name) == 0);
  CHECK(firstText(world, name, DM_STATUS_TABLE_FLAG) ==
        "aes-xts-plain64 " + key + " 0 " + text(disk.number) + " 0 1 allow_discards");
  CHECK(firstText(world, name).empty());
  checkMessage(world, name, "key wipe", EINVAL, "crypt: not suspended during key manipulation.");
  REQUIRE(suspend(world, name) == 0);
  CHECK(send(world, name, "key wipe") == 0);
  checkMessage(world, name, "nonsense", EINVAL, "crypt: unrecognised message received.");
  CHECK(resume(world, name) == EAGAIN);
  CHECK(status(world, name).flag(DM_SUSPEND_FLAG));
  CHECK(send(world, name, "key set " + key) == 0);
  CHECK(resume(world, name) == 0);
}

TEST_CASE("raw targets: striped and snapshot-origin") {
  World world;
  const std::string name = world.name();
  const Disk disk = world.disk();
  const std::string d = disk.path;
  REQUIRE(create(world, name) == 0);
  checkRefused(world, name, 100, "striped", "2", EINVAL, "Not enough arguments");
  checkRefused(world, name, 100, "striped", "0 8 " + d + " 0", EINVAL, "Invalid stripe count");
  checkRefused(world, name, 100, "striped", "2 0 " + d + " 0 " + d + " 0", EINVAL,
               "Invalid chunk_size");
  checkRefused(world, name, 99, "striped", "2 8 " + d + " 0 " + d + " 0", EINVAL,
               "Target length not divisible by number of stripes");
  checkRefused(world, name, 100, "striped", "2 8 " + d + " 0 " + d + " 0", EINVAL,
               "Target length not divisible by chunk size");
  checkRefused(world, name, 96, "striped", "2 8 " + d + " 0", EINVAL,
               "Not enough destinations specified");
  checkRefused(world, name, 96, "striped", "2 8 " + d + " 0 /dev/no-such 0",
               world.strict() ? ENOENT : ENODEV, "Couldn't parse stripe destination");
  checkRefused(world, name, 96, "snapshot-origin", "", EINVAL,
               "origin: incorrect number of arguments");
  checkRefused(world, name, 96, "snapshot-origin", "/dev/no-such", world.strict() ? ENOENT : ENODEV,
               "Cannot get target device");
  REQUIRE(load(world, name, 96, "snapshot-origin", d) == 0);
  REQUIRE(resume(world, name) == 0);
  CHECK(firstText(world, name, DM_STATUS_TABLE_FLAG) == text(disk.number));
}

TEST_CASE("raw messages: what reaches nobody") {
  World world;
  const std::string name = world.name();
  const std::string empty = world.name("empty");
  makeDevice(world, name, 100);
  REQUIRE(create(world, empty) == 0);
  checkMessage(world, name, "anything", EINVAL, "ioctl: Target type does not support messages");
  checkMessage(world, name, "@nonsense", EINVAL,
               "ioctl: Unsupported message sent to DM core: @nonsense");
  checkMessage(world, name, "", EINVAL, "ioctl: Empty message received.");
  checkMessage(world, name, "  ", EINVAL, "ioctl: Empty message received.");
  CHECK(Packet().name(name).message("anything", 100).send(world, DmCommand::targetMessage) ==
        EINVAL);
  CHECK(send(world, world.name("missing"), "anything") == ENXIO);
  CHECK(Packet(312).name(name).send(world, DmCommand::targetMessage) == EINVAL);

  // Up to 6.1, a device without a table accepts messages and ignores them. The ioctl returns 2
  // (ENOMSG, kernel.hpp) and there is no reply. 6.12 returns EINVAL.
  Packet lost;
  lost.name(empty).message("anything");
  lost.head().open_count = 4711;
  const int error = lost.send(world, DmCommand::targetMessage);
  CHECK((error == ENOMSG || error == EINVAL));
  CHECK(lost.head().open_count == 4711);
  CHECK_FALSE(lost.flag(DM_DATA_OUT_FLAG));
}

TEST_CASE(
    "raw messages: a reply is text behind DATA_OUT; one that does not fit is BUFFER_FULL, and the "
    "message was executed") {
  World world;
  const std::string name = world.name();
  makeDevice(world, name, 96);
  Packet created;
  REQUIRE(created.name(name)
              .message("@stats_create - 8 contract")
              .send(world, DmCommand::targetMessage) == 0);
  CHECK(created.flag(DM_DATA_OUT_FLAG));
  CHECK(created.reply() == "0");
  CHECK(created.head().data_size == 314);
  Packet listed;
  REQUIRE(listed.name(name).message("@stats_list").send(world, DmCommand::targetMessage) == 0);
  CHECK(listed.reply() == "0: 0+96 8 contract -\n");
  const std::size_t size = listed.head().data_size;
  Packet enough(size + 1);
  REQUIRE(enough.name(name).message("@stats_list").send(world, DmCommand::targetMessage) == 0);
  CHECK_FALSE(enough.flag(DM_BUFFER_FULL_FLAG));
  CHECK(enough.reply() == listed.reply());
  Packet tight(size);
  REQUIRE(tight.name(name).message("@stats_list").send(world, DmCommand::targetMessage) == 0);
  CHECK(tight.flag(DM_BUFFER_FULL_FLAG));
  CHECK(tight.flag(DM_DATA_OUT_FLAG));
  CHECK(tight.head().data_size == 305);
  CHECK(tight.name() == name);

  // Regions are not made if their number might not fit.
  Packet small(312 + 8 + 24);
  REQUIRE(small.name(name).message("@stats_create - 8").send(world, DmCommand::targetMessage) == 0);
  CHECK_FALSE(small.flag(DM_BUFFER_FULL_FLAG));
  CHECK(send(world, name, "@stats_delete 1") == 0);
  CHECK(send(world, name, "@stats_delete 1") == ENOENT);
  CHECK(send(world, name, "@stats_clear 0") == 0);
  Packet printed(std::size_t{1} << 16);
  REQUIRE(printed.name(name).message("@stats_print 0").send(world, DmCommand::targetMessage) == 0);
  CHECK(printed.reply().starts_with("0+8 0 0 0 0 0 0 0 0 0 0 0 0 0\n8+8 "));
}

TEST_CASE("raw fake: a target's reply that does not fit is lost, but the message was executed") {
  World world;
  if (world.fake() == nullptr) return;
  const std::string name = world.name();
  makeDevice(world, name, 96);
  world.fake()->answerMessage("tell", std::string(100, 'x'));
  Packet tight(312 + 64);
  REQUIRE(tight.name(name).message("tell").send(world, DmCommand::targetMessage) == 0);
  CHECK(tight.flag(DM_BUFFER_FULL_FLAG));
  CHECK(world.fake()->messages() == std::vector{name + ": tell"});
}
