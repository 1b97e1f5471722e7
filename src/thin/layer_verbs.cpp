// Layers: bases, layers, mounts and their sizes.

#include <algorithm>
#include <cerrno>
#include <utility>

#include <devmap/dependencies.hpp>
#include <devmap/query.hpp>
#include <thin/layer_state.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::join;

namespace {

constexpr std::string_view unfinished = ".new-";

/// Sum of `length="N"` in the elements of thin_delta's output that report where two volumes differ.
std::uint64_t differingBlocks(std::string_view xml) noexcept {
  std::uint64_t blocks = 0;
  while (!xml.empty()) {
    const std::string_view line = base::takeLine(xml);
    if (line.find("<different") == std::string_view::npos &&
        line.find("<left_only") == std::string_view::npos &&
        line.find("<right_only") == std::string_view::npos)
      continue;
    constexpr std::string_view word = "length=\"";
    const std::size_t at = line.find(word);
    if (at == std::string_view::npos) continue;
    std::string_view rest = line.substr(at + word.size());
    std::uint64_t length = 0;
    if (base::readNumber(base::takeUpTo(rest, '"'), length)) blocks += length;
  }
  return blocks;
}

Result<std::string> readAll(Storage& storage, const std::string& path) noexcept {
  int fd = -1;
  std::uint64_t size = 0;
  int error = storage.openFile(path.c_str(), false, fd);
  if (error != 0) return thin::storageError("read file", error, path);
  error = storage.fileSize(fd, size);
  std::string text;
  if (error == 0 && size > text.max_size()) error = EFBIG;  // 32 bits
  if (error == 0) text.resize(static_cast<std::size_t>(size));
  std::size_t got = 0;
  for (std::size_t filled = 0; error == 0 && filled < text.size(); filled += got) {
    error = storage.readFile(fd, filled, std::span(text).subspan(filled), got);
    if (error == 0 && got == 0) error = EIO;
  }
  static_cast<void>(storage.closeFile(fd));
  if (error != 0) return thin::storageError("read file", error, path);
  return text;
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::string Layers::State::devicePath(std::string_view name) const {
  return join({context.options().directory, "/", volumes->deviceName(name)});
}

Error Layers::State::failure(Errc code, const char* operation, std::string detail) const {
  return Error{
      .code = code, .operation = operation, .device = config.name, .detail = std::move(detail)};
}

Result<Volume> Layers::State::need(const char* operation, std::string_view name) const noexcept {
  auto volume = volumes->find(name);
  if (!volume) return failure(Errc::notFound, operation, join({"there is no layer '", name, "'"}));
  return *std::move(volume);
}

Result<void> Layers::State::dropHalfMade() noexcept {
  for (const Volume& volume : volumes->list())
    if (volume.name.starts_with(unfinished))
      if (auto gone = volumes->remove(volume.name); !gone) return gone;
  return {};
}

Result<std::vector<Layer>> Layers::list() noexcept {
  std::vector<Volume> volumes = state_->volumes->list();
  std::vector<Layer> layers;
  for (const Volume& volume : volumes) {
    Layer layer{volume, {}, false, false};
    const auto parent = std::find_if(volumes.begin(), volumes.end(),
                                     [&](const Volume& v) { return volume.origin == v.id; });
    if (parent != volumes.end()) layer.parent = parent->name;
    auto status = state_->volumes->status(volume.name);
    if (!status) return std::move(status).error();
    layer.active = status->active;
    if (layer.active) {
      auto users = usersOf(state_->context, status->device.device);
      layer.mounted = users && contains(users->mounts, state_->mountPoint(volume.name));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

Result<void> Layers::base(std::string_view name, Sectors size) noexcept {
  State& state = *state_;
  if (auto good = Name::parseForNode(name); !good) return std::move(good).error();
  if (name.starts_with('.'))
    return state.failure(Errc::invalidName, "make base", "names of layers do not begin with a dot");
  if (state.volumes->find(name))
    return state.failure(Errc::alreadyExists, "make base",
                         join({"there is a layer '", name, "' already"}));
  const std::string draft = join({unfinished, name});
  if (auto made = state.volumes->create({.name = draft, .size = size}); !made) return made;
  auto done = state.volumes->activate(draft);
  if (done)
    done = thin::runTool(state.storage,
                         {"mkfs.ext4", "-q", "-F", "-E", "nodiscard", state.devicePath(draft)}, {});
  if (done) done = state.volumes->deactivate(draft);
  if (done) done = state.volumes->rename(draft, name);
  if (!done) static_cast<void>(state.volumes->remove(draft));
  return done;
}

Result<void> Layers::add(std::string_view name, std::string_view parent, Sectors quota) noexcept {
  State& state = *state_;
  if (name.starts_with('.'))
    return state.failure(Errc::invalidName, "add layer", "names of layers do not begin with a dot");
  auto below = state.need("add layer", parent);
  if (!below) return std::move(below).error();
  if (quota != Sectors{} && quota < below->size)
    return state.failure(Errc::invalidArgument, "add layer",
                         join({"a layer cannot be smaller than its parent '", parent, "'"}));
  return state.volumes->create({.name = name, .size = quota, .origin = parent});
}

Result<std::string> Layers::mount(std::string_view name, bool readOnly) noexcept {
  State& state = *state_;
  auto volume = state.need("mount layer", name);
  if (!volume) return std::move(volume).error();
  if (auto active = state.volumes->activate(name); !active) return std::move(active).error();
  const std::string point = state.mountPoint(name);
  auto status = state.volumes->status(name);
  if (!status) return std::move(status).error();
  auto users = usersOf(state.context, status->device.device);
  if (users && contains(users->mounts, point)) return point;
  int error = state.storage.makeDirectory(point.c_str());
  const std::string device = state.devicePath(name);
  if (error == 0 || error == EEXIST)
    error = state.storage.mount(device.c_str(), point.c_str(), "ext4", readOnly);
  if (error != 0) {
    static_cast<void>(state.volumes->deactivate(name));
    return thin::storageError("mount layer", error, join({device, " on ", point}));
  }
  if (!readOnly && volume->origin)
    if (const auto parent = state.volumes->list();
        std::none_of(parent.begin(), parent.end(), [&](const Volume& v) {
          return v.id == *volume->origin && v.size == volume->size;
        }))
      if (auto grown = thin::runTool(state.storage, {"resize2fs", device}, "/dev/null"); !grown)
        return std::move(grown).error();
  return point;
}

Result<void> Layers::unmount(std::string_view name) noexcept {
  State& state = *state_;
  auto volume = state.need("unmount layer", name);
  if (!volume) return std::move(volume).error();
  const std::string point = state.mountPoint(name);
  const int error = state.storage.unmount(point.c_str());
  if (error != 0 && error != EINVAL && error != ENOENT)
    return thin::storageError("unmount layer", error, point);
  if (auto gone = state.volumes->deactivate(name); !gone) return gone;
  static_cast<void>(state.storage.removeDirectory(point.c_str()));
  return {};
}

Result<void> Layers::remove(std::string_view name, const DeleteOptions& options) noexcept {
  State& state = *state_;
  auto volume = state.need("remove layer", name);
  if (!volume) return std::move(volume).error();
  for (const Volume& other : state.volumes->list())
    if (other.origin == volume->id)
      return state.failure(Errc::busy, "remove layer",
                           join({"layer '", other.name, "' was made from '", name, "'"}));
  DeleteOptions wanted = options;
  if (!wanted.timeout) wanted.timeout = std::chrono::seconds{5};
  return state.volumes->remove(name, wanted);
}

Result<std::uint64_t> Layers::diffSize(std::string_view name) noexcept {
  State& state = *state_;
  auto volume = state.need("size of layer", name);
  if (!volume) return std::move(volume).error();
  Pool& pool = state.volumes->pool();
  auto status = pool.status();
  if (!status) return std::move(status).error();
  if (auto reserved = pool.reserveMetadataSnapshot(); !reserved) return std::move(reserved).error();
  const std::string output = state.config.path("delta");
  const std::string device = "/dev/block/" + toString(status->metadata);
  const std::string id = thin::decimal(volume->id);
  const bool based = volume->origin.has_value();
  auto done = based ? thin::runTool(state.storage,
                                    {"thin_delta", "--metadata-snap", "--thin1",
                                     thin::decimal(*volume->origin), "--thin2", id, device},
                                    output)
                    : thin::runTool(state.storage,
                                    {"thin_ls", "--metadata-snap", "--no-headers", "--format",
                                     "DEV,MAPPED_BLOCKS", device},
                                    output);
  auto released = pool.releaseMetadataSnapshot();
  if (!done) return std::move(done).error();
  if (!released) return std::move(released).error();
  auto text = readAll(state.storage, output);
  static_cast<void>(state.storage.removeFile(output.c_str()));
  if (!text) return std::move(text).error();
  const std::uint64_t block = toBytes(state.config.blockSize);
  if (based) return differingBlocks(*text) * block;
  for (std::string_view rest = *text; !rest.empty();) {
    std::string_view line = base::takeLine(rest);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (base::takeUpTo(line, ' ') != id) continue;
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    std::uint64_t blocks = 0;
    if (base::readNumber(base::takeUpTo(line, ' '), blocks)) return blocks * block;
  }
  return state.failure(Errc::malformedReply, "size of layer", "thin_ls did not list it");
}

}  // namespace devmap
