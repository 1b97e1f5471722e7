// TARGET_MSG: messages to the core (`@...`) and to targets.

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>

#include <fake/mapper/ioctl.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr std::size_t counters = 13;

// The outcome of a message: an errno, or success with or without a reply.
struct Outcome {
  int error = 0;
  std::optional<std::string> reply;
};

Outcome failed(int error) { return {error, std::nullopt}; }

// A reply that fills the buffer to the last byte counts as truncated.
bool overflows(std::size_t room, std::string_view reply) { return reply.size() + 1 >= room; }

bool takeArea(const Device& device, const std::string& word, StatsRegion& region) {
  region.length = device.live ? device.live->size() : 0;
  if (word == "-") return true;
  const std::size_t plus = word.find('+');
  return plus != std::string::npos && parseNumber(word.substr(0, plus), region.start) &&
         parseNumber(word.substr(plus + 1), region.length) && region.length != 0;
}

bool takeStep(const std::string& word, StatsRegion& region) {
  if (!word.starts_with('/')) return parseNumber(word, region.step) && region.step != 0;
  std::uint64_t parts = 0;
  if (!parseNumber(word.substr(1), parts) || parts == 0) return false;
  region.step = std::max<std::uint64_t>(1, (region.length + parts - 1) / parts);
  return true;
}

Outcome statsCreate(Device& device, const std::vector<std::string>& words, std::size_t room) {
  StatsRegion region;
  if (words.size() < 3 || !takeArea(device, words[1], region) || !takeStep(words[2], region))
    return failed(EINVAL);
  // The kernel checks for room before it makes the region.
  const std::string longest = std::to_string(std::numeric_limits<int>::max());
  if (overflows(room, longest)) return {0, longest};
  std::size_t at = 3;
  std::uint64_t options = 0;
  if (at < words.size() && parseNumber(words[at], options))
    at += 1 + static_cast<std::size_t>(options);
  region.program = at < words.size() ? words[at] : "";
  region.auxiliary = at + 1 < words.size() ? words[at + 1] : "";
  int id = 0;
  while (device.regions.contains(id)) ++id;
  device.regions[id] = std::move(region);
  return {0, std::to_string(id)};
}

Outcome statsList(const Device& device, const std::vector<std::string>& words) {
  std::string text;
  const auto orDash = [](const std::string& word) { return word.empty() ? "-" : word; };
  for (const auto& [id, region] : device.regions) {
    if (words.size() > 1 && words[1] != region.program) continue;
    text += std::to_string(id) + ": " + std::to_string(region.start) + '+' +
            std::to_string(region.length) + ' ' + std::to_string(region.step) + ' ' +
            orDash(region.program) + ' ' + orDash(region.auxiliary) + '\n';
  }
  return {0, text};
}

Outcome statsPrint(const StatsRegion& region) {
  std::string text;
  for (std::uint64_t at = 0; at < region.length; at += region.step) {
    text += std::to_string(region.start + at) + '+' +
            std::to_string(std::min(region.step, region.length - at));
    for (std::size_t i = 0; i < counters; ++i) text += " 0";
    text += '\n';
  }
  return {0, text};
}

Outcome statsOnRegion(Device& device, const std::vector<std::string>& words) {
  std::uint64_t id = 0;
  if (words.size() < 2 || !parseNumber(words[1], id)) return failed(EINVAL);
  const auto region = device.regions.find(static_cast<int>(id));
  if (region == device.regions.end()) return failed(ENOENT);
  const std::string& verb = words[0];
  if (equalIgnoringCase(verb, "@stats_print") || equalIgnoringCase(verb, "@stats_print_clear"))
    return statsPrint(region->second);
  if (equalIgnoringCase(verb, "@stats_clear")) return {0, ""};
  if (equalIgnoringCase(verb, "@stats_delete")) {
    device.regions.erase(region);
  } else if (words.size() == 3) {
    region->second.auxiliary = words[2];
  } else {
    return failed(EINVAL);
  }
  return {};
}

Outcome coreMessage(Call& call, Device& device, const std::vector<std::string>& words,
                    std::size_t room) {
  static constexpr const char* onRegion[] = {"@stats_delete", "@stats_clear", "@stats_print",
                                             "@stats_print_clear", "@stats_set_aux"};
  const std::string& verb = words[0];
  if (equalIgnoringCase(verb, "@cancel_deferred_remove")) {
    if (words.size() != 1) {
      call.machine.error("ioctl: Invalid arguments for @cancel_deferred_remove");
      return failed(EINVAL);
    }
    device.deferredRemove = false;
    return {};
  }
  if (equalIgnoringCase(verb, "@stats_create")) return statsCreate(device, words, room);
  if (equalIgnoringCase(verb, "@stats_list")) return statsList(device, words);
  for (const char* known : onRegion) {
    if (equalIgnoringCase(verb, known)) return statsOnRegion(device, words);
  }
  call.machine.error("ioctl: Unsupported message sent to DM core: " + verb);
  return failed(EINVAL);
}

Outcome targetMessage(Call& call, Device& device, std::uint64_t sector, const std::string& text,
                      const std::vector<std::string>& words) {
  Machine& machine = call.machine;
  auto& targets = device.live->targets;
  const auto found = std::find_if(targets.begin(), targets.end(), [&](const Target& target) {
    return sector < target.start + target.length;
  });
  if (found == targets.end()) {
    machine.error("ioctl: Target message sector outside device.");
    return failed(EINVAL);
  }
  for (const auto& [message, reply] : machine.mapper.answers) {
    if (message == text) return {0, reply};
  }
  if (found->type->message == nullptr) {
    machine.error("ioctl: Target type does not support messages");
    return failed(EINVAL);
  }
  return failed(found->type->message(machine, device, *found, words));
}

void writeReply(Call& call, std::span<std::byte> out, const std::string& reply) {
  call.setFlag(uapi::flagDataOut, true);
  if (overflows(out.size(), reply)) {
    call.setFlag(uapi::flagBufferFull, true);
    return;
  }
  put(out, 0, reply.c_str(), reply.size() + 1);
  call.head.data_size = call.head.data_start + static_cast<std::uint32_t>(reply.size() + 1);
}

}  // namespace

int commandMessage(Call& call) {
  const std::size_t start = call.head.data_start;
  const auto out = call.results();
  const DevicePtr device = findDevice(call);
  if (!device) return ENXIO;
  std::string text;
  if (start < uapi::minPacketSize || !call.text(start + sizeof(std::uint64_t), text)) {
    call.machine.error("ioctl: Invalid target message parameters.");
    return EINVAL;
  }
  const auto words = splitArguments(text);
  if (words.empty()) {
    call.machine.error("ioctl: Empty message received.");
    return EINVAL;
  }
  Outcome outcome;
  if (words[0].starts_with('@')) {
    outcome = coreMessage(call, *device, words, out.size());
  } else if (device->live) {
    std::uint64_t sector = 0;
    std::copy_n(call.buffer.begin() + static_cast<std::ptrdiff_t>(start), sizeof sector,
                reinterpret_cast<std::byte*>(&sector));
    outcome = targetMessage(call, *device, sector, text, words);
  } else {
    if (call.machine.hasInterface(50)) return EINVAL;
    return ENOMSG;  // older kernels return 2, which is not an error, and copy nothing back
  }
  if (outcome.error != 0) return outcome.error;
  call.machine.mapper.messages.push_back(device->name + ": " + text);
  fillStatus(call, *device);
  if (outcome.reply) writeReply(call, out, *outcome.reply);
  return 0;
}

}  // namespace devmap::fake
