#include "lab.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace devmap::targets::test {
namespace {

constexpr std::size_t piece = 1 << 16;

/// A buffer that direct I/O accepts.
std::unique_ptr<char, decltype(&std::free)> makePiece(char byte) {
  auto* const bytes = static_cast<char*>(std::aligned_alloc(4096, piece));
  REQUIRE(bytes != nullptr);
  std::fill_n(bytes, piece, byte);
  return {bytes, &std::free};
}

template <typename Each>
bool eachPiece(const std::string& path, std::size_t size, int mode, Each each) {
  const int fd = open(path.c_str(), mode | O_DIRECT | O_CLOEXEC);
  if (fd < 0) return false;
  bool good = true;
  for (std::size_t done = 0; done < size && good; done += piece)
    good = each(fd) == static_cast<ssize_t>(piece);
  if (mode == O_WRONLY) good = fsync(fd) == 0 && good;
  close(fd);
  return good;
}

Value typed(const std::vector<Row>& rows, bool status) {
  REQUIRE(rows.size() == 1);
  Value value = status ? parseStatus(rows[0].type, rows[0].params)
                       : parseParams(rows[0].type, rows[0].params);
  REQUIRE_MESSAGE(value.typed(), value.whyRaw());
  seenTypes().insert(rows[0].type);
  return value;
}

}  // namespace

std::set<std::string, std::less<>>& seenTypes() {
  static std::set<std::string, std::less<>> types;
  return types;
}

DeviceMapper& context() {
  static Result<DeviceMapper> opened =
      DeviceMapper::open({.udevTimeout = std::chrono::minutes(10)});
  REQUIRE(opened);
  return *opened;
}

const std::vector<std::string>& devices() {
  static const std::vector<std::string> list = [] {
    std::vector<std::string> paths;
    const char* text = std::getenv("DEVMAP_TARGET_DEVICES");
    for (const auto word : words(text == nullptr ? "" : text)) paths.emplace_back(word);
    return paths;
  }();
  REQUIRE(list.size() == 5);
  return list;
}

std::string largeDevice() {
  const char* const path = std::getenv("DEVMAP_TARGET_LARGE");
  REQUIRE(path != nullptr);
  return path;
}

bool fill(const std::string& path, std::size_t size) {
  const auto bytes = makePiece('x');
  return eachPiece(path, size, O_WRONLY, [&](int fd) { return write(fd, bytes.get(), piece); });
}

bool readThrough(const std::string& path, std::size_t size) {
  const auto bytes = makePiece(0);
  return eachPiece(path, size, O_RDONLY, [&](int fd) { return read(fd, bytes.get(), piece); });
}

void zeroDevices() {
  const auto bytes = makePiece(0);
  for (const auto& path : devices())
    CHECK(
        eachPiece(path, 1 << 20, O_WRONLY, [&](int fd) { return write(fd, bytes.get(), piece); }));
}

std::string withDevices(std::string_view params) {
  std::string text;
  for (const auto word : words(params)) {
    if (!text.empty()) text += ' ';
    const std::size_t at =
        word.find(':') == std::string_view::npos ? 0 : word.find(':') + 1;  // `meta_device:E` too
    const char letter = word.size() == at + 1 ? word[at] : '\0';
    if (letter >= 'D' && letter <= 'H')
      (text += word.substr(0, at)) += devices()[static_cast<std::size_t>(letter - 'D')];
    else
      text += word;
  }
  return text;
}

Device::~Device() { (void)devmap::remove(context(), id, {.retryBusy = true}).has_value(); }

void make(const Device& device, std::string_view type, const std::string& params,
          std::uint64_t length, bool readOnly) {
  const Row row{Sectors{0}, Sectors{length}, std::string(type), params};
  auto made = devmap::create(context(), device.id, std::span(&row, 1),
                             {.readOnly = readOnly, .waiting = unscanned});
  REQUIRE_MESSAGE(made, (made ? std::string() : made.error().message()));
}

void change(const Device& device, std::string_view type, const std::string& params,
            std::uint64_t length) {
  const Row row{Sectors{0}, Sectors{length}, std::string(type), params};
  auto changed = reload(context(), device.id, std::span(&row, 1),
                        {.resume = {.noFlush = true, .skipLockfs = true, .waiting = unscanned}});
  REQUIRE_MESSAGE(changed, (changed ? std::string() : changed.error().message()));
}

Value shown(const Device& device) {
  auto rows = devmap::table(context(), device.id);
  REQUIRE(rows);
  return typed(rows->rows, false);
}

Value state(const Device& device, bool flush) {
  auto rows = devmap::status(context(), device.id, {.noFlush = !flush});
  REQUIRE(rows);
  Value value = typed(rows->rows, true);
  static std::string last;
  if (std::string line = rows->rows[0].type + ": " + rows->rows[0].params; line != last) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    last = std::move(line);
  }
  return value;
}

bool available(const char* type) {
  if (targetVersion(context(), type)) return true;
  std::printf("SKIP - %s: this kernel has no such target\n", type);
  return false;
}

bool available(const char* type, const Value& value) {
  if (!available(type)) return false;
  auto gated = value.checkVersion(*targetVersion(context(), type));
  if (!gated) std::printf("SKIP - %s\n", gated.error().message().c_str());
  return gated.has_value();
}

}  // namespace devmap::targets::test
