// The main job as a separate program: createPool on real devices, with what must hold when it
// returns. Also linked fully static.
//  pool create NAME DATA METADATA BLOCK   then says what /dev/mapper/NAME is.
//  pool fail N                            N creates that fail in their load; then says how many
//                                         cookies are left.
//  pool remove NAME.
// Exit status 0, or 1 with the error's message.

#include <devmap/devmap.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace devmap;

namespace {

int report(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return 1;
}

// "link TARGET", "node" or "nothing".
void describe(const char* name) {
  const std::string path = std::string("/dev/mapper/") + name;
  struct stat info {};
  std::array<char, 256> target{};
  if (readlink(path.c_str(), target.data(), target.size() - 1) > 0)
    std::printf("link %s\n", target.data());
  else
    std::printf("%s\n",
                stat(path.c_str(), &info) == 0 && S_ISBLK(info.st_mode) ? "node" : "nothing");
}

int create(const char* name, const char* dataPath, const char* metadataPath, const char* block) {
  auto data = BlockDevice::open(dataPath);
  if (!data) return report(data.error());
  auto metadata = BlockDevice::open(metadataPath);
  if (!metadata) return report(metadata.error());
  auto created = createPool(name, *data, *metadata, Sectors{std::strtoull(block, nullptr, 10)});
  if (!created) return report(created.error());
  describe(name);
  return 0;
}

int failOften(int times) {
  for (int i = 0; i < times; ++i) {
    auto task = createTask(TaskType::DeviceCreate, "devmap-fails");
    if (!task) return report(task.error());
    if (auto added = task->addTarget(Sectors{0}, Sectors{8}, "linear", "/dev/no-such-device 0");
        !added)
      return report(added.error());
    UdevCookie cookie;
    if (auto set = task->setCookie(cookie); !set) return report(set.error());
    if (task->run()) {
      std::fprintf(stderr, "a create on a missing device succeeded\n");
      return 1;
    }
  }
  auto cookies = udevCookies();
  if (!cookies) return report(cookies.error());
  auto info = getInfo("devmap-fails");
  if (!info) return report(info.error());
  std::printf("%zu cookies, device %s\n", cookies->size(), info->exists ? "left over" : "gone");
  return 0;
}

int removeOne(const char* name) {
  if (auto removed = removeDevice(name); !removed) return report(removed.error());
  describe(name);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view verb = count > 1 ? words[1] : "";
  if (verb == "create" && count == 6) return create(words[2], words[3], words[4], words[5]);
  if (verb == "fail" && count == 3) return failOften(std::atoi(words[2]));
  if (verb == "remove" && count == 3) return removeOne(words[2]);
  std::fprintf(stderr, "usage: pool create NAME DATA METADATA BLOCK | fail N | remove NAME\n");
  return 2;
}
