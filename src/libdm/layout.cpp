#include "layout.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include <devmap/name.hpp>

#include "entry.hpp"
#include "task.hpp"

namespace devmap::libdm {
namespace {

constexpr std::size_t word = sizeof(std::uint64_t);
constexpr std::uint32_t hasUuid = 1, hasNoUuid = 2;  // flags of a name (dm-ioctl.h)

/// Bytes that grow by values, in words of 8 bytes.
class Writer {
 public:
  /// At most `most` bytes will be written.
  explicit Writer(std::size_t most) : words_(most / word + 1) {}
  [[nodiscard]] std::size_t at() const noexcept { return size_; }
  void put(const void* bytes, std::size_t count) noexcept {
    std::memcpy(reinterpret_cast<char*>(words_.data()) + size_, bytes, count);
    size_ += count;
  }
  template <typename T>
  void value(T value) noexcept {
    put(&value, sizeof value);
  }
  void text(std::string_view text) noexcept {
    put(text.data(), text.size());
    ++size_;  // the words are zero
  }
  void align() noexcept { size_ = (size_ + word - 1) / word * word; }
  /// The distance from the record at `record` to what follows goes into its member at `member`.
  void link(std::size_t record, std::size_t member) noexcept {
    const auto next = static_cast<std::uint32_t>(size_ - record);
    std::memcpy(reinterpret_cast<char*>(words_.data()) + record + member, &next, sizeof next);
  }
  [[nodiscard]] std::vector<std::uint64_t> take() {
    align();
    words_.resize(size_ / word);
    return std::move(words_);
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

/// A name or uuid as programs see it. Few have something to unmangle, which makes them shorter.
void putShown(Writer& out, std::string_view text, NameMangling mangling) {
  if (text.find('\\') == std::string_view::npos)
    out.text(text);
  else
    out.text(unmangle(text, mangling));
}

}  // namespace

std::vector<std::uint64_t> layNames(std::span<const ListedDevice> devices, NameMangling mangling) {
  constexpr std::size_t fixed = 48;  // numbers, NULs and padding of a record
  std::size_t most = 0;
  for (const ListedDevice& device : devices)
    most += fixed + device.name.size() + device.uuid.size();
  Writer out(most);
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const ListedDevice& device = devices[i];
    const std::size_t record = out.at();
    out.value(toDev(device.device));
    out.value(std::uint32_t{0});
    putShown(out, device.name, mangling);
    out.align();
    out.value(device.eventNr.value_or(0));
    out.value(device.uuid.empty() ? hasNoUuid : hasUuid);
    if (!device.uuid.empty()) putShown(out, device.uuid, mangling);
    out.align();
    if (i + 1 < devices.size()) out.link(record, offsetof(dm_names, next));
  }
  auto records = out.take();
  if (records.empty()) records.resize(4);  // a record, event number and flags
  return records;
}

std::vector<std::uint64_t> layVersions(std::span<const TargetVersion> types) {
  constexpr std::size_t fixed = 32;
  std::size_t most = 0;
  for (const TargetVersion& type : types) most += fixed + type.name.size();
  Writer out(most);
  for (std::size_t i = 0; i < types.size(); ++i) {
    const TargetVersion& type = types[i];
    const std::size_t record = out.at();
    out.value(std::uint32_t{0});
    for (const std::uint32_t part : {type.version.major, type.version.minor, type.version.patch})
      out.value(part);
    out.text(type.name);
    out.align();
    if (i + 1 < types.size()) out.link(record, offsetof(dm_versions, next));
  }
  auto records = out.take();
  if (records.empty()) records.resize(3);
  return records;
}

std::vector<std::uint64_t> layDependencies(std::span<const DeviceNumber> devices) {
  Writer out((devices.size() + 1) * word);
  out.value(static_cast<std::uint32_t>(devices.size()));
  out.value(std::uint32_t{0});
  for (const DeviceNumber device : devices) out.value(toDev(device));
  return out.take();
}

}  // namespace devmap::libdm

namespace {

/// The records of the last run, if it was of one of these types.
template <typename Record>
Record* recordsOf(dm_task* task, int type, int otherType) noexcept {
  if (task == nullptr || task->results.records.empty()) return nullptr;
  if (task->type != type && task->type != otherType) return nullptr;
  return reinterpret_cast<Record*>(task->results.records.data());
}

}  // namespace

dm_names* dm_task_get_names(dm_task* task) {
  return recordsOf<dm_names>(task, DM_DEVICE_LIST, DM_DEVICE_LIST);
}

dm_versions* dm_task_get_versions(dm_task* task) {
  return recordsOf<dm_versions>(task, DM_DEVICE_LIST_VERSIONS, DM_DEVICE_GET_TARGET_VERSION);
}

dm_deps* dm_task_get_deps(dm_task* task) {
  return recordsOf<dm_deps>(task, DM_DEVICE_DEPS, DM_DEVICE_DEPS);
}
