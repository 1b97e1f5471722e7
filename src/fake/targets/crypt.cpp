// The crypt target, as far as it is visible from outside: arguments, table text, and the key
// messages.

#include <algorithm>
#include <cerrno>

#include <fake/machine.hpp>
#include <fake/mapper/table.hpp>
#include <fake/targets/targets.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

constexpr std::size_t fixedWords = 5;
constexpr std::uint64_t maxOptions = 9;

// The module's own messages carry a prefix from a header of trusted keys (pr_fmt), up to 7.3 at
// least.
void complain(Machine& machine, int priority, std::string_view sentence) {
  machine.log.add(priority, "trusted_key: device-mapper: crypt: " + std::string(sentence),
                  machine.now());
}

bool isKey(std::string_view key) {
  if (key == "-") return true;
  if (key.starts_with(':')) return std::count(key.begin(), key.end(), ':') >= 3;
  return key.size() % 2 == 0 &&
         key.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool isOption(std::string_view word) {
  static constexpr std::string_view plain[] = {
      "allow_discards",    "same_cpu_crypt",     "high_priority",   "submit_from_crypt_cpus",
      "no_read_workqueue", "no_write_workqueue", "iv_large_sectors"};
  static constexpr std::string_view valued[] = {
      "integrity:", "integrity_key_size:", "sector_size:"};
  if (std::any_of(std::begin(plain), std::end(plain),
                  [&](std::string_view known) { return equalIgnoringCase(word, known); }))
    return true;
  return std::any_of(std::begin(valued), std::end(valued),
                     [&](std::string_view known) { return word.starts_with(known); });
}

// Takes the optional words after the fixed ones. `text`: how the table shows them.
int takeOptions(Build& build, std::string& text) {
  if (build.arguments.size() <= fixedWords) return 0;
  std::uint64_t count = 0;
  const std::size_t left = build.arguments.size() - fixedWords - 1;
  if (!parseNumber(build.arguments[fixedWords], count) || count > maxOptions) {
    return build.fail("Invalid number of feature args", EINVAL);
  }
  if (count > left) return build.fail("not enough arguments", EINVAL);
  if (count > 0) text = ' ' + std::to_string(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& option = build.arguments[fixedWords + 1 + i];
    if (!isOption(option)) return build.fail("Invalid feature arguments", EINVAL);
    text += ' ' + option;
  }
  return 0;
}

int construct(Build& build) {
  const auto& words = build.arguments;
  if (words.size() < fixedWords) return build.fail("Not enough arguments", EINVAL);
  std::string options;
  if (const int error = takeOptions(build, options); error != 0) return error;
  if (words[0].find('-') == std::string::npos)
    return build.fail("Error allocating crypto tfm", ENOENT);
  if (!isKey(words[1])) return build.fail("Error decoding and setting key", EINVAL);
  std::uint64_t ivOffset = 0;
  std::uint64_t start = 0;
  DeviceNumber device;
  if (!parseNumber(words[2], ivOffset)) return build.fail("Invalid iv_offset sector", EINVAL);
  if (const int error = takeDevice(build, words[3], device); error != 0)
    return build.fail("Device lookup failed", error);
  if (!parseNumber(words[4], start)) return build.fail("Invalid device sector", EINVAL);
  build.target.params = words[0] + ' ' + words[1] + ' ' + words[2] + ' ' + numberText(device) +
                        ' ' + words[4] + options;
  build.target.areas = {{device, start, build.target.length}};
  return 0;
}

void replaceKey(Target& target, std::string_view key) {
  const std::size_t from = target.params.find(' ') + 1;
  target.params.replace(from, target.params.find(' ', from) - from, key);
}

std::size_t keyLength(const Target& target) {
  const std::size_t from = target.params.find(' ') + 1;
  return target.params.find(' ', from) - from;
}

int message(Machine& machine, Device& device, Target& target,
            const std::vector<std::string>& words) {
  if (words.size() < 2 || !equalIgnoringCase(words[0], "key")) {
    complain(machine, 4, "unrecognised message received.");
    return EINVAL;
  }
  if (!device.suspended) {
    complain(machine, 4, "not suspended during key manipulation.");
    return EINVAL;
  }
  const bool wipe = words.size() == 2 && equalIgnoringCase(words[1], "wipe");
  const bool set = words.size() == 3 && equalIgnoringCase(words[1], "set");
  if (!wipe && !set) {
    complain(machine, 4, "unrecognised message received.");
    return EINVAL;
  }
  if (set && (!isKey(words[2]) || words[2].size() != keyLength(target))) return EINVAL;
  target.keyValid = set;
  replaceKey(target, set ? words[2] : std::string(keyLength(target), '0'));
  return 0;
}

int preresume(Machine& machine, Device&, Target& target) {
  if (target.keyValid) return 0;
  complain(machine, 3, "aborting resume - crypt key is not set.");
  return EAGAIN;
}

}  // namespace

TargetType cryptType() {
  TargetType type;
  type.name = "crypt";
  type.version = {1, 29, 0};
  type.construct = construct;
  type.message = message;
  type.preresume = preresume;
  return type;
}

}  // namespace devmap::fake
