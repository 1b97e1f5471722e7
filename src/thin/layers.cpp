// Layers: making, opening, closing and checking a store.

#include <devmap/thin/layers.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <devmap/dependencies.hpp>
#include <devmap/query.hpp>
#include <thin/layer_state.hpp>
#include <thin/words.hpp>

namespace devmap {

using thin::join;
using thin::StoreConfig;

namespace {

constexpr std::uint64_t leastMetadata = std::uint64_t{4} << 20;
constexpr const char* configFile = "pool";

Result<FileRecordLog> openConfig(std::string_view directory, Storage& storage) noexcept {
  auto log = FileRecordLog::openExisting(join({directory, "/", configFile}), storage);
  if (!log && log.error().code == Errc::notFound)
    log.error().detail += ": no layers are there; devmap layer init makes them";
  return log;
}

Result<void> makeDirectory(Storage& storage, const std::string& path) noexcept {
  const int error = storage.makeDirectory(path.c_str());
  if (error != 0 && error != EEXIST) return thin::storageError("make directory", error, path);
  return {};
}

Result<void> makeFiles(const StoreConfig& config, std::uint64_t bytes, Storage& storage) noexcept {
  if (auto made = LoopDevice::makeFile(config.dataPath(), bytes, storage); !made) return made;
  return LoopDevice::makeFile(config.metadataPath(),
                              std::max(leastMetadata, bytes / 64 / 4096 * 4096), storage);
}

}  // namespace

Layers::Layers(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Layers::Layers(Layers&& other) noexcept = default;
Layers::~Layers() = default;
Volumes& Layers::volumes() noexcept { return *state_->volumes; }

Result<void> Layers::State::openVolumes(const Pool& pool, Recovery* report, Log which) noexcept {
  auto opened = which == Log::fresh ? FileRecordLog::open(config.path("volumes"), storage)
                                    : FileRecordLog::openExisting(config.path("volumes"), storage);
  if (!opened) return std::move(opened).error();
  log.emplace(*std::move(opened));
  VolumesOptions options;
  options.storage = &storage;
  auto found = Volumes::open(pool, *log, options, report);
  if (!found) return std::move(found).error();
  volumes.emplace(*std::move(found));
  return {};
}

Result<Layers> Layers::create(DeviceMapper& context, std::string_view directory,
                              const LayersSettings& settings, Storage& storage) noexcept {
  constexpr const char* operation = "create layers";
  if (settings.data.empty() != settings.metadata.empty() ||
      settings.data.empty() == (settings.bytes == 0))
    return Error{.code = Errc::invalidArgument,
                 .operation = operation,
                 .detail = "either both devices, or the size of a data file"};
  auto name = Name::parseForNode(settings.name);
  if (!name) return std::move(name).error();
  if (auto made = makeDirectory(storage, std::string(directory)); !made)
    return std::move(made).error();
  auto log = FileRecordLog::open(join({directory, "/", configFile}), storage);
  if (!log) return std::move(log).error();
  auto records = log->load();
  if (!records) return std::move(records).error();
  if (!records->empty())
    return Error{.code = Errc::alreadyExists,
                 .operation = operation,
                 .detail = join({directory, " holds layers already"})};
  auto state = std::make_unique<State>(context, storage, *std::move(log));
  state->config = {std::string(directory), settings.name, {},
                   settings.blockSize,     settings.data, settings.metadata};
  if (auto made = makeDirectory(storage, state->config.path("mnt")); !made)
    return std::move(made).error();
  if (settings.data.empty())
    if (auto made = makeFiles(state->config, settings.bytes, storage); !made)
      return std::move(made).error();
  if (auto opened = state->backing.open(state->config, storage, context.kernel()); !opened)
    return std::move(opened).error();
  PoolSettings pool;
  pool.blockSize = settings.blockSize;
  auto made =
      Pool::create(context, settings.name, *state->backing.data, *state->backing.metadata, pool);
  if (!made) return std::move(made).error();
  std::string_view stem = made->uuidStem();
  stem.remove_prefix(stem.find('-') + 1);
  state->config.id = stem.substr(0, stem.size() - 1);
  auto done = state->openVolumes(*made, nullptr, State::Log::fresh);
  if (done) done = state->configLog.append(state->config.record(), true);
  if (done) return Layers(std::move(state));
  static_cast<void>(made->deactivate(context.options().udevTimeout));
  return std::move(done).error();
}

Result<Layers> Layers::open(DeviceMapper& context, std::string_view directory, Recovery* report,
                            Storage& storage) noexcept {
  auto log = openConfig(directory, storage);
  if (!log) return std::move(log).error();
  auto config = thin::readConfig(directory, *log);
  if (!config) return std::move(config).error();
  auto state = std::make_unique<State>(context, storage, *std::move(log));
  state->config = *std::move(config);
  auto present = info(context, DeviceRef::uuid(state->config.uuid()));
  if (!present) return std::move(present).error();
  const bool running = present->exists && present->liveTable;
  if (!running)
    if (auto opened = state->backing.open(state->config, storage, context.kernel()); !opened)
      return std::move(opened).error();
  PoolSettings settings;
  settings.blockSize = state->config.blockSize;
  settings.id = state->config.id;
  auto pool = running ? Pool::open(context, present->device)
                      : Pool::activate(context, state->config.name, *state->backing.data,
                                       *state->backing.metadata, settings);
  if (!pool) return std::move(pool).error();
  if (auto opened = state->openVolumes(*pool, report, State::Log::present); !opened)
    return std::move(opened).error();
  if (auto tidied = state->dropHalfMade(); !tidied) return std::move(tidied).error();
  return Layers(std::move(state));
}

Result<void> Layers::grow(std::uint64_t bytes) noexcept {
  State& state = *state_;
  const StoreConfig& config = state.config;
  if (bytes != 0 && !config.onFiles())
    return Error{.code = Errc::invalidArgument,
                 .operation = "grow layers",
                 .device = config.name,
                 .detail = "it stands on devices: enlarge them first, then grow without a size"};
  if (bytes != 0)
    if (auto made = makeFiles(config, bytes, state.storage); !made) return made;
  thin::Backing backing;
  if (auto opened = backing.open(config, state.storage, state.context.kernel()); !opened)
    return opened;
  if (config.onFiles())
    for (const auto* device : {&backing.data, &backing.metadata})
      if (auto resized = LoopDevice::resize((*device)->path(), state.storage); !resized)
        return resized;
  return state.volumes->pool().grow(*backing.data);
}

Result<void> Layers::close() noexcept {
  State& state = *state_;
  std::vector<std::string> names;
  for (const Volume& volume : state.volumes->list()) names.push_back(volume.name);
  for (const std::string& name : names)
    if (auto done = unmount(name); !done) return done;
  Pool pool = state.volumes->pool();
  return pool.deactivate(state.context.options().udevTimeout);
}

Result<bool> checkPoolMetadata(DeviceMapper& context, const BlockDevice& metadata,
                               Storage& storage) noexcept {
  const DeviceUsers users = usersOf(context, metadata);
  if (!users.devices.empty())
    return Error{.code = Errc::busy,
                 .operation = "check pool",
                 .device = users.devices.front(),
                 .detail = "the pool is active: deactivate its volumes and the pool first"};
  auto done = thin::runTool(storage, {"thin_check", metadata.path()}, {});
  if (!done && done.error().code != Errc::refusedByKernel) return std::move(done).error();
  return done.has_value();
}

Result<bool> Layers::check(DeviceMapper& context, std::string_view directory,
                           Storage& storage) noexcept {
  auto log = openConfig(directory, storage);
  if (!log) return std::move(log).error();
  auto config = thin::readConfig(directory, *log);
  if (!config) return std::move(config).error();
  auto present = info(context, DeviceRef::uuid(config->uuid()));
  if (!present) return std::move(present).error();
  if (present->exists)
    return Error{.code = Errc::busy,
                 .operation = "check pool",
                 .device = config->name,
                 .detail = "the pool is active: devmap layer close deactivates it"};
  thin::Backing backing;  // files too through a loop device: thin_check reads with O_DIRECT, which
                          // not every file system supports
  if (auto opened = backing.open(*config, storage, context.kernel()); !opened)
    return std::move(opened).error();
  return checkPoolMetadata(context, *backing.metadata, storage);
}

}  // namespace devmap
