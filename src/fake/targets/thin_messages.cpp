// Messages to a thin-pool, with the kernel's complaints (dm-thin.c: pool_message).

#include <cerrno>

#include <fake/machine.hpp>
#include <fake/targets/thin.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr std::uint64_t maxThinId = (1U << 24) - 1;

struct Message {
  Machine& machine;
  PoolMetadata& content;
  const std::vector<std::string>& words;

  int complain(const std::string& sentence, int error) {
    machine.warn("thin: " + sentence);
    return error;
  }
  int checkCount(std::size_t count) {
    if (words.size() == count) return 0;
    return complain("Message received with " + std::to_string(words.size()) +
                        " arguments instead of " + std::to_string(count) + ".",
                    EINVAL);
  }
  int takeId(const std::string& word, std::uint32_t& id) {
    return parseThinId(word, id)
               ? 0
               : complain("Message received with invalid device id: " + word, EINVAL);
  }
};

int createThin(Message& message) {
  std::uint32_t id = 0;
  if (const int error = message.checkCount(2); error != 0) return error;
  if (const int error = message.takeId(message.words[1], id); error != 0) return error;
  if (message.content.volumes.emplace(id, 0).second) return 0;
  return message.complain(
      "Creation of new thinly-provisioned device with id " + message.words[1] + " failed.", EEXIST);
}

int createSnap(Message& message) {
  std::uint32_t id = 0;
  std::uint32_t origin = 0;
  if (const int error = message.checkCount(3); error != 0) return error;
  if (const int error = message.takeId(message.words[1], id); error != 0) return error;
  if (const int error = message.takeId(message.words[2], origin); error != 0) return error;
  int error = 0;
  if (!message.content.volumes.contains(origin)) error = ENODATA;
  if (message.content.volumes.contains(id)) error = EEXIST;
  if (error != 0) {
    return message.complain("Creation of new snapshot " + message.words[1] + " of device " +
                                message.words[2] + " failed.",
                            error);
  }
  message.content.volumes.emplace(id, 0);
  return 0;
}

int deleteVolume(Message& message) {
  std::uint32_t id = 0;
  if (const int error = message.checkCount(2); error != 0) return error;
  if (const int error = message.takeId(message.words[1], id); error != 0) return error;
  const auto volume = message.content.volumes.find(id);
  const int error = volume == message.content.volumes.end() ? ENODATA
                    : volume->second > 0                    ? EBUSY
                                                            : 0;
  if (error != 0)
    return message.complain("Deletion of thin device " + message.words[1] + " failed.", error);
  message.content.volumes.erase(volume);
  return 0;
}

int setTransaction(Message& message) {
  std::uint64_t present = 0;
  std::uint64_t next = 0;
  if (const int error = message.checkCount(3); error != 0) return error;
  const auto& words = message.words;
  if (!parseNumber(words[1], present))
    return message.complain("set_transaction_id message: Unrecognised id " + words[1] + ".",
                            EINVAL);
  if (!parseNumber(words[2], next))
    return message.complain("set_transaction_id message: Unrecognised new id " + words[2] + ".",
                            EINVAL);
  if (present != message.content.transaction) {
    message.machine.error("thin metadata: mismatched transaction id");
    return message.complain(
        "Failed to change transaction id from " + words[1] + " to " + words[2] + ".", EINVAL);
  }
  message.content.transaction = next;
  return 0;
}

int reserveSnapshot(Message& message) {
  if (const int error = message.checkCount(1); error != 0) return error;
  if (message.content.snapshot) {
    message.machine.error(
        "thin metadata: Pool metadata snapshot already exists: release this before taking "
        "another.");
    return message.complain("reserve_metadata_snap message failed.", EBUSY);
  }
  message.content.snapshot = true;
  return 0;
}

int releaseSnapshot(Message& message) {
  if (const int error = message.checkCount(1); error != 0) return error;
  if (!message.content.snapshot) {
    message.machine.error("thin metadata: No pool metadata snapshot found: nothing to release.");
    return message.complain("release_metadata_snap message failed.", EINVAL);
  }
  message.content.snapshot = false;
  return 0;
}

bool takesMessages(const Target& target) {
  const FakePoolMode mode = target.pool->mode;
  return !target.features.readOnly &&
         (mode == FakePoolMode::rw || mode == FakePoolMode::outOfDataSpace);
}

}  // namespace

bool parseThinId(std::string_view word, std::uint32_t& id) {
  std::uint64_t value = 0;
  if (!parseNumber(word, value) || value > maxThinId) return false;
  id = static_cast<std::uint32_t>(value);
  return true;
}

int poolMessage(Machine& machine, Device& device, Target& target,
                const std::vector<std::string>& words) {
  struct Known {
    const char* word;
    int (*execute)(Message&);
  };
  static constexpr Known known[] = {{"create_thin", createThin},
                                    {"create_snap", createSnap},
                                    {"delete", deleteVolume},
                                    {"set_transaction_id", setTransaction},
                                    {"reserve_metadata_snap", reserveSnapshot},
                                    {"release_metadata_snap", releaseSnapshot}};
  if (!takesMessages(target)) {
    machine.error("thin: " + numberText(device.number) +
                  ": unable to service pool target messages in READ_ONLY or FAIL mode");
    return EOPNOTSUPP;
  }
  Message message{machine, machine.mapper.poolMetadata[target.pool->metadata], words};
  for (const Known& entry : known) {
    if (equalIgnoringCase(words[0], entry.word)) return entry.execute(message);
  }
  return message.complain("Unrecognised thin pool target message received: " + words[0], EINVAL);
}

}  // namespace devmap::fake
