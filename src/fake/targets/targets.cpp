#include <fake/targets/targets.hpp>

#include <algorithm>
#include <cerrno>

#include <fake/machine.hpp>
#include <fake/mapper/table.hpp>
#include <fake/text.hpp>

namespace devmap::fake {
namespace {

int constructLinear(Build& build) {
  if (build.arguments.size() != 2) return build.fail("Invalid argument count", EINVAL);
  std::uint64_t start = 0;
  if (!parseNumber(build.arguments[1], start)) return build.fail("Invalid device sector", EINVAL);
  DeviceNumber device;
  if (const int error = takeDevice(build, build.arguments[0], device); error != 0)
    return build.fail("Device lookup failed", error);
  build.target.params = numberText(device) + ' ' + std::to_string(start);
  build.target.areas = {{device, start, build.target.length}};
  return 0;
}

// Takes the destinations of a striped target, and builds its texts.
int takeStripes(Build& build, std::uint64_t stripes, std::uint64_t width) {
  Target& target = build.target;
  target.params = build.arguments[0] + ' ' + build.arguments[1];
  target.info = build.arguments[0];
  for (std::size_t i = 0; i < stripes; ++i) {
    DeviceNumber device;
    std::uint64_t start = 0;
    int error = parseNumber(build.arguments[3 + 2 * i], start) ? 0 : EINVAL;
    if (error == 0) error = takeDevice(build, build.arguments[2 + 2 * i], device);
    if (error != 0) return build.fail("Couldn't parse stripe destination", error);
    target.params += ' ' + numberText(device) + ' ' + std::to_string(start);
    target.info += ' ' + numberText(device);
    target.areas.push_back({device, start, width});
  }
  target.info += " 1 " + std::string(static_cast<std::size_t>(stripes), 'A');
  return 0;
}

int constructStriped(Build& build) {
  if (build.arguments.size() < 2) return build.fail("Not enough arguments", EINVAL);
  std::uint64_t stripes = 0;
  std::uint64_t chunk = 0;
  if (!parseNumber(build.arguments[0], stripes) || stripes == 0)
    return build.fail("Invalid stripe count", EINVAL);
  if (!parseNumber(build.arguments[1], chunk) || chunk == 0)
    return build.fail("Invalid chunk_size", EINVAL);
  const std::uint64_t width = build.target.length / stripes;
  if (build.target.length % stripes != 0)
    return build.fail("Target length not divisible by number of stripes", EINVAL);
  if (width % chunk != 0) return build.fail("Target length not divisible by chunk size", EINVAL);
  if (build.arguments.size() != 2 + 2 * stripes)
    return build.fail("Not enough destinations specified", EINVAL);
  return takeStripes(build, stripes, width);
}

// device-mapper.h: DMEMIT_TARGET_NAME_VERSION.
std::string measuredStart(const Target& target) {
  const Version version = target.type->version;
  return "target_name=" + target.type->name + ",target_version=" + std::to_string(version.major) +
         '.' + std::to_string(version.minor) + '.' + std::to_string(version.patch) + ',';
}

std::string linearStatus(Machine&, const Device&, const Target& target, StatusKind kind) {
  if (kind != StatusKind::ima) return kind == StatusKind::table ? target.params : target.info;
  const Area& area = target.areas.front();
  return measuredStart(target) + "device_name=" + numberText(area.device) +
         ",start=" + std::to_string(area.start) + ';';
}

std::string stripedStatus(Machine&, const Device&, const Target& target, StatusKind kind) {
  if (kind != StatusKind::ima) return kind == StatusKind::table ? target.params : target.info;
  const std::vector<std::string> arguments = splitArguments(target.params);
  std::string text =
      measuredStart(target) + "stripes=" + arguments[0] + ",chunk_size=" + arguments[1];
  for (std::size_t i = 0; i < target.areas.size(); ++i) {
    const std::string stripe = ",stripe_" + std::to_string(i);
    text += stripe + "_device_name=" + numberText(target.areas[i].device);
    text += stripe + "_physical_start=" + std::to_string(target.areas[i].start);
    text += stripe + "_status=A";
  }
  return text + ';';
}

int constructZero(Build& build) {
  return build.arguments.empty() ? 0 : build.fail("No arguments required", EINVAL);
}

int constructError(Build& build) {
  DeviceNumber device;
  if (build.arguments.size() != 2 || !build.machine.hasInterface(48)) return 0;
  const int error = takeDevice(build, build.arguments[0], device);
  return error == 0 ? 0 : build.fail("Device lookup failed", error);
}

int constructOrigin(Build& build) {
  if (build.arguments.size() != 1)
    return build.fail("origin: incorrect number of arguments", EINVAL);
  DeviceNumber device;
  if (const int error = takeDevice(build, build.arguments[0], device); error != 0)
    return build.fail("Cannot get target device", error);
  build.target.params = numberText(device);
  build.target.areas = {{device, 0, build.target.length}};
  return 0;
}

using Status = std::string (*)(Machine&, const Device&, const Target&, StatusKind);

TargetType simpleType(const char* name, Version version, int (*construct)(Build&),
                      Status status = nullptr) {
  TargetType type;
  type.status = status;
  type.name = name;
  type.version = version;
  type.construct = construct;
  return type;
}

void load(Mapper& mapper, TargetType& type) {
  if (type.loaded) return;
  type.loaded = true;
  mapper.loaded.push_back(&type);
}

void addType(Mapper& mapper, TargetType type, bool loaded) {
  mapper.types.push_back(std::make_unique<TargetType>(std::move(type)));
  if (loaded) load(mapper, *mapper.types.back());
}

}  // namespace

void addTargetTypes(Mapper& mapper) {
  TargetType error = simpleType("error", {1, 7, 0}, constructError);
  error.wildcard = true;
  addType(mapper, std::move(error), true);
  addType(mapper, simpleType("linear", {1, 5, 0}, constructLinear, linearStatus), true);
  addType(mapper, simpleType("striped", {1, 7, 0}, constructStriped, stripedStatus), true);
  addType(mapper, simpleType("zero", {1, 2, 0}, constructZero), false);
  addType(mapper, simpleType("snapshot-origin", {1, 9, 0}, constructOrigin), false);
  addType(mapper, cryptType(), false);
  addType(mapper, thinType(), false);
  addType(mapper, thinPoolType(), false);
}

TargetType* findType(Mapper& mapper, std::string_view name, bool loading) {
  const auto named = [&](const auto& type) { return type->name == name; };
  const auto found = std::find_if(mapper.types.begin(), mapper.types.end(), named);
  if (found == mapper.types.end()) return nullptr;
  TargetType* type = found->get();
  if (!loading || type->loaded) return type;
  const std::string_view module = type->module;
  for (const auto& other : mapper.types) {
    if (other.get() == type || (!module.empty() && module == other->module)) load(mapper, *other);
  }
  return type;
}

}  // namespace devmap::fake
