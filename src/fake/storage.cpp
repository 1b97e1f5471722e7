#include <devmap/fake/storage.hpp>

#include <algorithm>
#include <cerrno>

namespace devmap {

struct FakeStorage::File {
  std::string live, durable;
  int lockedBy = -1;  ///< descriptor
};

FakeStorage::FakeStorage() = default;
FakeStorage::~FakeStorage() = default;

void FakeStorage::endProcess() {
  open_.clear();
  for (auto& [name, file] : live_) file->lockedBy = -1;
}

void FakeStorage::losePower(std::size_t torn) {
  endProcess();
  live_ = durable_;
  for (auto& [name, file] : live_) {
    const bool appended = file->live.starts_with(file->durable);
    file->durable =
        appended ? file->live.substr(0, std::min(file->live.size(), file->durable.size() + torn))
                 : file->durable;
    file->live = file->durable;
    file->lockedBy = -1;
  }
}

void FakeStorage::failNext(int error, unsigned count, unsigned good) {
  good_ = good;
  error_ = error;
  failures_ = count;
}

bool FakeStorage::fails(int& error) {
  if (failures_ == 0) return false;
  if (good_ > 0) {
    --good_;
    return false;
  }
  --failures_;
  error = error_;
  return true;
}

FakeStorage::File* FakeStorage::find(int fd) const {
  const auto place = open_.find(fd);
  return place == open_.end() ? nullptr : place->second.get();
}

std::string FakeStorage::text(std::string_view path) const {
  const auto place = live_.find(path);
  return place == live_.end() ? std::string() : place->second->live;
}

void FakeStorage::setText(std::string_view path, std::string_view text) {
  auto& file = live_[std::string(path)];
  if (!file) file = std::make_shared<File>();
  file->live = file->durable = text;
  durable_[std::string(path)] = file;
}

int FakeStorage::openFile(const char* path, bool create, int& fd) noexcept {
  auto place = live_.find(std::string_view(path));
  if (place == live_.end()) {
    if (int error = 0; !create || fails(error)) return create ? error : ENOENT;
    place = live_.emplace(path, std::make_shared<File>()).first;
  }
  fd = nextFd_++;
  open_[fd] = place->second;
  return 0;
}

int FakeStorage::lockFile(int fd) noexcept {
  File* const file = find(fd);
  if (file == nullptr) return EBADF;
  if (file->lockedBy >= 0 && file->lockedBy != fd) return EWOULDBLOCK;
  file->lockedBy = fd;
  return 0;
}

int FakeStorage::fileSize(int fd, std::uint64_t& bytes) noexcept {
  const File* const file = find(fd);
  if (file == nullptr) return EBADF;
  bytes = file->live.size();
  return 0;
}

int FakeStorage::fileIdentity(int fd, FileIdentity& identity) noexcept {
  const File* const file = find(fd);
  if (file == nullptr) return EBADF;
  identity = {1, reinterpret_cast<std::uintptr_t>(file)};
  return 0;
}

int FakeStorage::readFile(int fd, std::uint64_t offset, std::span<char> text,
                          std::size_t& size) noexcept {
  const File* const file = find(fd);
  if (file == nullptr) return EBADF;
  const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, file->live.size()));
  size = file->live.copy(text.data(), text.size(), from);
  return 0;
}

int FakeStorage::appendFile(int fd, std::string_view text) noexcept {
  File* const file = find(fd);
  if (file == nullptr) return EBADF;
  if (int error = 0; fails(error)) {
    file->live += text.substr(0, text.size() / 2);
    return error;
  }
  file->live += text;
  return 0;
}

int FakeStorage::setFileSize(int fd, std::uint64_t bytes) noexcept {
  File* const file = find(fd);
  if (file == nullptr) return EBADF;
  if (int error = 0; fails(error)) return error;
  if (bytes > file->live.max_size()) return EFBIG;  // on 32-bit systems
  file->live.resize(static_cast<std::size_t>(bytes));
  return 0;
}

int FakeStorage::syncFile(int fd) noexcept {
  File* const file = find(fd);
  if (file == nullptr) return EBADF;
  if (int error = 0; fails(error)) return error;
  file->durable = file->live;
  return 0;
}

int FakeStorage::closeFile(int fd) noexcept {
  File* const file = find(fd);
  if (file == nullptr) return EBADF;
  if (file->lockedBy == fd) file->lockedBy = -1;
  open_.erase(fd);
  return 0;
}

int FakeStorage::syncDirectory(const char*) noexcept {
  if (int error = 0; fails(error)) return error;
  durable_ = live_;
  return 0;
}

int FakeStorage::renameFile(const char* from, const char* to) noexcept {
  if (int error = 0; fails(error)) return error;
  const auto place = live_.find(std::string_view(from));
  if (place == live_.end()) return ENOENT;
  live_[to] = place->second;
  live_.erase(live_.find(std::string_view(from)));
  return 0;
}

int FakeStorage::removeFile(const char* path) noexcept {
  if (int error = 0; fails(error)) return error;
  const auto place = live_.find(std::string_view(path));
  if (place == live_.end()) return ENOENT;
  live_.erase(place);
  return 0;
}

int FakeStorage::makeDirectory(const char*) noexcept { return 0; }
int FakeStorage::removeDirectory(const char*) noexcept { return 0; }
int FakeStorage::discardDevice(const char*) noexcept { return ENOSYS; }
int FakeStorage::freeLoop(int&) noexcept { return ENOSYS; }
int FakeStorage::configureLoop(const char*, int, const LoopSettings&, int&) noexcept {
  return ENOSYS;
}
int FakeStorage::loopBacking(const char*, FileIdentity&) noexcept { return ENOSYS; }
int FakeStorage::resizeLoop(const char*) noexcept { return ENOSYS; }
int FakeStorage::detachLoop(const char*) noexcept { return ENOSYS; }
int FakeStorage::mount(const char*, const char*, const char*, bool) noexcept { return ENOSYS; }
int FakeStorage::unmount(const char*) noexcept { return ENOSYS; }
int FakeStorage::runProgram(std::span<const char* const>, const char*, int&) noexcept {
  return ENOSYS;
}

}  // namespace devmap
