#include <thin/layer_store.hpp>

#include <cerrno>
#include <utility>
#include <vector>

#include <devmap/name.hpp>
#include <devmap/query.hpp>
#include <thin/words.hpp>

namespace devmap::thin {
namespace {

constexpr std::string_view prefix = "DEVMAP";

}  // namespace

std::string StoreConfig::uuid() const { return join({prefix, "-", id, "-pool"}); }

std::string StoreConfig::record() const {
  const auto word = [](const std::string& path) {
    return path.empty() ? std::string("-") : mangle(path);
  };
  return join({"layers ", mangle(name), " ", id, " ", decimal(blockSize.count), " ", word(data),
               " ", word(metadata)});
}

bool StoreConfig::read(std::string_view record) {
  const auto path = [&] {
    const std::string_view word = takeUpTo(record, ' ');
    return word == "-" ? std::string() : unmangle(word, NameMangling::hex);
  };
  if (takeUpTo(record, ' ') != "layers") return false;
  name = unmangle(takeUpTo(record, ' '), NameMangling::hex);
  id = takeUpTo(record, ' ');
  if (!readNumber(takeUpTo(record, ' '), blockSize.count)) return false;
  data = path();
  metadata = path();
  return !name.empty() && !id.empty() && data.empty() == metadata.empty();
}

Result<StoreConfig> readConfig(std::string_view directory, FileRecordLog& log) noexcept {
  auto records = log.load();
  if (!records) return std::move(records).error();
  StoreConfig config;
  config.directory = directory;
  if (records->empty())
    return Error{.code = Errc::notFound,
                 .operation = "open layers",
                 .detail = join({directory, " holds no layers: devmap layer init makes them"})};
  if (!config.read(records->back()))
    return Error{.code = Errc::malformedReply,
                 .operation = "open layers",
                 .detail = join({log.path(), " makes no sense: ", records->back()})};
  return config;
}

Result<void> Backing::open(const StoreConfig& config, Storage& storage, Kernel& kernel) noexcept {
  const std::string paths[] = {config.dataPath(), config.metadataPath()};
  std::optional<BlockDevice>* const devices[] = {&data, &metadata};
  for (std::size_t i = 0; i < 2; ++i) {
    std::string path = paths[i];
    if (config.onFiles()) {
      auto found = LoopDevice::find(path, storage, kernel);
      if (!found) return std::move(found).error();
      if (*found) {
        path = **found;
      } else {
        auto loop = LoopDevice::attach(path, {}, std::chrono::seconds{5}, storage, kernel);
        if (!loop) return std::move(loop).error();
        path = loop->path();
        loops[i].emplace(*std::move(loop));
      }
    }
    auto device = BlockDevice::open(path, kernel);
    if (!device) return std::move(device).error();
    devices[i]->emplace(*std::move(device));
  }
  return {};
}

Result<void> runTool(Storage& storage, std::initializer_list<std::string> words,
                     const std::string& output) noexcept {
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  pointers.push_back(nullptr);
  int status = 0;
  const int error = storage.runProgram(pointers, output.empty() ? nullptr : output.c_str(), status);
  if (error == ENOENT) {
    Error missing = storageError("run program", error, *words.begin());
    missing.code = Errc::unsupported;
    missing.detail += " is not installed";
    return missing;
  }
  if (error != 0) return storageError("run program", error, *words.begin());
  if (status == 0) return {};
  Error failed{.code = Errc::refusedByKernel,
               .operation = "run program",
               .detail = join({*words.begin(), " failed with status ",
                               decimal(static_cast<unsigned>(status))})};
  if (!output.empty()) failed.detail += join({": see ", output});
  return failed;
}

}  // namespace devmap::thin
