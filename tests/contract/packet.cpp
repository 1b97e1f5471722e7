#include "packet.hpp"

#include <cerrno>
#include <cstring>

#include "check.hpp"
#include "world.hpp"

namespace contract {
namespace {

using devmap::DeviceNumber;
using devmap::DmCommand;

constexpr std::size_t aligned(std::size_t size) { return (size + 7) / 8 * 8; }

std::uint64_t encode(DeviceNumber number) {
  return (number.minor & 0xff) | (std::uint64_t{number.major} << 8) |
         (std::uint64_t{number.minor & ~0xffU} << 12);
}

}  // namespace

DeviceNumber decode(std::uint64_t encoded) {
  return {static_cast<std::uint32_t>(encoded >> 8 & 0xfff),
          static_cast<std::uint32_t>((encoded & 0xff) | (encoded >> 12 & 0xfff00))};
}

Packet::Packet(std::size_t size)
    : words_(std::max<std::size_t>(aligned(size), sizeof(dm_ioctl)) / 8), size_(size) {
  head().version[0] = 4;
  head().data_size = static_cast<std::uint32_t>(size);
  head().data_start = sizeof(dm_ioctl);
}

Packet& Packet::name(std::string_view name) {
  std::memset(head().name, 0, sizeof head().name);
  name.copy(head().name, sizeof head().name);
  return *this;
}

Packet& Packet::uuid(std::string_view uuid) {
  std::memset(head().uuid, 0, sizeof head().uuid);
  uuid.copy(head().uuid, sizeof head().uuid);
  return *this;
}

Packet& Packet::device(DeviceNumber number) {
  head().dev = encode(number);
  return *this;
}

Packet& Packet::flags(std::uint32_t flags) {
  head().flags |= flags;
  return *this;
}

Packet& Packet::event(std::uint32_t event) {
  head().event_nr = event;
  return *this;
}

dm_target_spec& Packet::spec(std::size_t index) {
  return *reinterpret_cast<dm_target_spec*>(reinterpret_cast<char*>(words_.data()) +
                                            specs_.at(index));
}

Packet& Packet::row(std::uint64_t start, std::uint64_t length, std::string_view type,
                    std::string_view params) {
  specs_.push_back(end_);
  REQUIRE(end_ + sizeof(dm_target_spec) + params.size() + 8 <= size_);
  dm_target_spec& spec = this->spec(specs_.size() - 1);
  spec.sector_start = start;
  spec.length = length;
  type.copy(spec.target_type, sizeof spec.target_type);
  params.copy(reinterpret_cast<char*>(&spec + 1), params.size());
  const std::size_t size = aligned(sizeof spec + params.size() + 1);
  spec.next = static_cast<std::uint32_t>(size);
  end_ += size;
  ++head().target_count;
  return *this;
}

Packet& Packet::message(std::string_view text, std::uint64_t sector) {
  std::memcpy(bytes().data() + sizeof(dm_ioctl), &sector, sizeof sector);
  text.copy(reinterpret_cast<char*>(bytes().data()) + sizeof(dm_ioctl) + sizeof sector,
            text.size());
  return *this;
}

Packet& Packet::text(std::string_view text) {
  text.copy(reinterpret_cast<char*>(bytes().data()) + sizeof(dm_ioctl), text.size());
  return *this;
}

int Packet::send(const World& world, DmCommand command) {
  return world.kernel().ioctl(world.control(), command, bytes());
}

DeviceNumber Packet::device() { return decode(head().dev); }

std::string Packet::name() { return {head().name, strnlen(head().name, sizeof head().name)}; }

std::string Packet::uuid() { return {head().uuid, strnlen(head().uuid, sizeof head().uuid)}; }

std::vector<RowRecord> Packet::rows() {
  std::vector<RowRecord> rows;
  const char* base = reinterpret_cast<const char*>(words_.data()) + head().data_start;
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < head().target_count; ++i) {
    dm_target_spec spec;
    REQUIRE(at + sizeof spec < size_);
    std::memcpy(&spec, base + at, sizeof spec);
    CHECK(spec.status == 0);
    rows.push_back({spec.sector_start, spec.length, spec.target_type, base + at + sizeof spec});
    at = spec.next;  // from the first spec
  }
  return rows;
}

std::vector<DeviceNumber> Packet::deps() {
  const char* base = reinterpret_cast<const char*>(words_.data()) + head().data_start;
  std::uint32_t count = 0;
  std::memcpy(&count, base, sizeof count);
  std::vector<DeviceNumber> numbers;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint64_t encoded = 0;
    std::memcpy(&encoded, base + 8 + 8 * i, sizeof encoded);
    numbers.push_back(decode(encoded));
  }
  return numbers;
}

std::string Packet::reply() {
  return reinterpret_cast<const char*>(words_.data()) + head().data_start;
}

std::vector<ListRecord> listDevices(const World& world, std::uint32_t flags,
                                    std::string_view namePrefix, std::string_view uuidPrefix) {
  Packet packet(std::size_t{1} << 18);
  packet.flags(flags).name(namePrefix).uuid(uuidPrefix);
  REQUIRE(packet.send(world, DmCommand::listDevices) == 0);
  REQUIRE_FALSE(packet.flag(DM_BUFFER_FULL_FLAG));
  std::vector<ListRecord> records;
  if (packet.head().data_size <= packet.head().data_start) return records;
  const char* at = reinterpret_cast<const char*>(packet.bytes().data()) + packet.head().data_start;
  for (;;) {
    ListRecord record;
    std::uint64_t device = 0;
    std::uint32_t next = 0;
    std::memcpy(&device, at, sizeof device);
    std::memcpy(&next, at + 8, sizeof next);
    record.device = decode(device);
    record.name = at + 12;
    const char* behind = at + aligned(12 + record.name.size() + 1);
    if (world.minor() >= 37) std::memcpy(&record.eventNr, behind, sizeof record.eventNr);
    if (world.minor() >= 45) std::memcpy(&record.flags, behind + 4, sizeof record.flags);
    if ((record.flags & 1) != 0) record.uuid = behind + 8;
    records.push_back(std::move(record));
    if (next == 0) return records;
    CHECK(next % 8 == 0);
    at += next;
  }
}

int create(const World& world, std::string_view name, std::string_view uuid) {
  return Packet(312).name(name).uuid(uuid).send(world, DmCommand::create);
}

int load(const World& world, std::string_view name, std::uint64_t length, std::string_view type,
         std::string_view params, std::uint32_t flags) {
  return Packet()
      .name(name)
      .flags(flags)
      .row(0, length, type, params)
      .send(world, DmCommand::tableLoad);
}

int suspend(const World& world, std::string_view name) {
  return Packet(312).name(name).flags(DM_SUSPEND_FLAG).send(world, DmCommand::suspend);
}

int resume(const World& world, std::string_view name) {
  return Packet(312).name(name).event(quietEvent).send(world, DmCommand::suspend);
}

int remove(const World& world, std::string_view name) {
  for (int attempt = 0;; ++attempt) {
    const int error = Packet(312).name(name).event(quietEvent).send(world, DmCommand::remove);
    if (error != EBUSY || attempt == 50) return error;
    (void)world.kernel().sleep(std::chrono::milliseconds{50});
  }
}

int send(const World& world, std::string_view name, std::string_view message) {
  return Packet().name(name).message(message).send(world, DmCommand::targetMessage);
}

Packet status(const World& world, std::string_view name, int* error) {
  Packet packet(312);
  const int result = packet.name(name).send(world, DmCommand::status);
  if (error != nullptr) {
    *error = result;
  } else {
    CHECK(result == 0);
  }
  return packet;
}

std::string firstText(const World& world, std::string_view name, std::uint32_t flags) {
  Packet packet;
  CHECK(packet.name(name).flags(flags).send(world, DmCommand::tableStatus) == 0);
  const auto rows = packet.rows();
  return rows.empty() ? std::string() : rows.front().text;
}

DeviceNumber makeDevice(const World& world, std::string_view name, std::uint64_t length,
                        std::string_view type, std::string_view params) {
  REQUIRE(create(world, name) == 0);
  REQUIRE(load(world, name, length, type, params) == 0);
  REQUIRE(resume(world, name) == 0);
  world.settle();
  return status(world, name).device();
}

int hold(const World& world, DeviceNumber number) {
  int fd = -1;
  const std::string path = "/dev/dm-" + std::to_string(number.minor);
  CHECK(world.kernel().openBlock(path.c_str(), fd) == 0);
  return fd;
}

}  // namespace contract
