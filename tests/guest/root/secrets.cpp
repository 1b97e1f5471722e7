// A crypt key passes through everything that takes or returns tables and messages. Afterwards it is
// nowhere in the writable memory of this process. The key is kept masked, and only assembled inside
// buffers that this program wipes itself.
//
//  root-secrets LOOPDEVICE     as root, on a real kernel with the crypt target
//
// Prints what it found. Exit status 0: nothing.

#include <devmap/devmap.hpp>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

using namespace devmap;

namespace {

constexpr const char* deviceName = "devmap-secret";
constexpr std::size_t keyDigits = 128;  // aes-xts with 512 bits
constexpr std::size_t window = 16;      // that many consecutive digits of it are a leak

// Digit `i` of key number `which`, without storing the key anywhere.
char digit(unsigned which, std::size_t i) noexcept {
  std::uint64_t mixed =
      (i + 1 + 1000 * which) * 0x9e3779b97f4a7c15U;  // splitmix64 (Steele, Lea, Flood 2014)
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  return "0123456789abcdef"[mixed >> 60];
}

void append(std::string& text, unsigned which) {
  for (std::size_t i = 0; i < keyDigits; ++i) text += digit(which, i);
}

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());
  volatile char* bytes = text.data();
  for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
}

// Assembles a text with a key. The memory is reserved at once, so that growth leaves no copy.
void assemble(std::string& text, std::string_view before, unsigned which, std::string_view after) {
  text.reserve(before.size() + keyDigits + after.size());
  text += before;
  append(text, which);
  text += after;
}

// Text with a key. It is wiped on destruction.
class KeyText {
 public:
  KeyText(std::string_view before, unsigned which, std::string_view after) {
    assemble(text_, before, which, after);
  }
  KeyText(const KeyText&) = delete;
  KeyText& operator=(const KeyText&) = delete;
  ~KeyText() { wipe(text_); }
  std::string text_;
};

bool windowAt(const char* bytes, unsigned which, std::size_t from) noexcept {
  for (std::size_t i = 0; i < window; ++i)
    if (bytes[i] != digit(which, from + i)) return false;
  return true;
}

// Number of places in [begin, end) that hold part of a key.
std::size_t countIn(const char* begin, const char* end) noexcept {
  std::size_t found = 0;
  for (const char* at = begin; at + window <= end; ++at)
    for (unsigned which = 0; which < 3; ++which)
      for (std::size_t from = 0; from < keyDigits; from += window)
        if (windowAt(at, which, from)) ++found;
  return found;
}

// Number of places in all memory that this process can read and write.
std::size_t countEverywhere() noexcept {
  std::FILE* maps = std::fopen("/proc/self/maps", "re");
  if (maps == nullptr) return SIZE_MAX;
  std::size_t found = 0, searched = 0;
  std::array<char, 512> line{};
  while (std::fgets(line.data(), line.size(), maps) != nullptr) {
    unsigned long begin = 0, end = 0;
    char readable = 0, writable = 0;
    if (std::sscanf(line.data(), "%lx-%lx %c%c", &begin, &end, &readable, &writable) != 4 ||
        readable != 'r' || writable != 'w')
      continue;
    searched += end - begin;
    found += countIn(reinterpret_cast<const char*>(begin),
                     reinterpret_cast<const char*>(end));  // NOLINT(performance-no-int-to-ptr)
  }
  std::fclose(maps);
  std::printf("%zu places in %zu KiB\n", found, searched / 1024);
  return found;
}

struct Step {
  const char* what;
  Result<void> (*run)(DeviceMapper& context, const std::string& disk);
};

// The row of a crypt table, which wipes itself.
class CryptRows {
 public:
  CryptRows(unsigned which, const std::string& disk, std::string_view cipher = "aes-xts-plain64 ") {
    rows_[0].length = Sectors{64};
    rows_[0].type = "crypt";
    assemble(rows_[0].params, cipher, which, " 0 " + disk + " 0");
  }
  CryptRows(const CryptRows&) = delete;
  CryptRows& operator=(const CryptRows&) = delete;
  ~CryptRows() { wipe(rows_[0].params); }
  [[nodiscard]] const std::array<Row, 1>& rows() const { return rows_; }

 private:
  std::array<Row, 1> rows_;
};

Error wrong(const char* what) {
  return {.code = Errc::malformedReply,
          .operation = "look for a key",
          .device = deviceName,
          .detail = what};
}

template <typename T>
Result<void> onlyError(Result<T> result) {
  if (!result) return std::move(result).error();
  return {};
}

Result<void> createIt(DeviceMapper& context, const std::string& disk) {
  const CryptRows table(0, disk);
  return onlyError(create(context, deviceName, table.rows(), {.secure = true}));
}

Result<void> showTask(DeviceMapper& context, const std::string&) {
  auto task = createTask(context, TaskType::DeviceTable, deviceName);
  if (!task) return std::move(task).error();
  task->secureData();
  if (auto done = task->run(); !done) return done;
  const std::string_view params = task->rows().at(0).params;
  return countIn(params.data(), params.data() + params.size()) != 0
             ? Result<void>()
             : wrong("the table shows no key");
}

Result<void> showVerb(DeviceMapper& context, const std::string&) {
  auto shown = table(context, deviceName, {.secure = true});
  if (!shown) return std::move(shown).error();
  for (Row& row : shown->rows) wipe(row.params);
  return {};
}

Result<void> loadIdentical(DeviceMapper& context, const std::string& disk) {
  const CryptRows table(0, disk);
  auto loaded = load(context, deviceName, table.rows(), {.secure = true, .skipIdentical = true});
  if (!loaded) return std::move(loaded).error();
  return *loaded == Load::identical ? Result<void>() : wrong("the same table was loaded again");
}

Result<void> reloadOther(DeviceMapper& context, const std::string& disk) {
  const CryptRows table(1, disk);
  return onlyError(reload(context, deviceName, table.rows(), {.load = {.secure = true}}));
}

Result<void> failToLoad(DeviceMapper& context, const std::string& disk) {
  const CryptRows table(2, disk, "no-such-cipher ");
  const auto loaded = load(context, deviceName, table.rows(), {.secure = true});
  if (loaded) return wrong("a cipher that does not exist was accepted");
  const std::string message = loaded.error().message();
  return countIn(message.data(), message.data() + message.size()) == 0
             ? Result<void>()
             : wrong("the error quotes the key");
}

Result<void> failToCreate(DeviceMapper& context, const std::string& disk) {
  const CryptRows table(2, disk, "no-such-cipher ");
  return create(context, "devmap-secret-2", table.rows(), {.secure = true})
             ? wrong("a cipher that does not exist was accepted")
             : Result<void>();
}

Result<void> failToParse(DeviceMapper&, const std::string& disk) {
  const KeyText text("0 64 crypt aes-xts-plain64 ", 2, " 0 " + disk + " 0\n0 x crypt\n");
  const auto rows = parseTable(text.text_);
  if (rows) return wrong("a length that is no number was accepted");
  const std::string message = rows.error().message();
  return countIn(message.data(), message.data() + message.size()) == 0
             ? Result<void>()
             : wrong("the error quotes the key");
}

Result<void> setByMessage(DeviceMapper& context, const std::string&) {
  auto suspended = suspend(context, deviceName);
  if (!suspended) return std::move(suspended).error();
  if (auto wiped = sendMessage(context, deviceName, "key wipe"); !wiped)
    return std::move(wiped).error();
  const KeyText message("key set ", 2, "");
  if (auto set = sendMessage(context, deviceName, message.text_, {.secure = true}); !set)
    return std::move(set).error();
  return suspended->resume();
}

Result<void> watchIt(DeviceMapper& context, const std::string& disk) {
  auto monitor = EventMonitor::open(context, {.tableChanges = true});
  if (!monitor) return std::move(monitor).error();
  if (auto done = reloadOther(context, disk); !done) return done;
  return onlyError(monitor->next(std::chrono::seconds{5}));
}

Result<void> removeIt(DeviceMapper& context, const std::string&) {
  return onlyError(remove(context, deviceName, {.retryBusy = true}));
}

constexpr Step steps[] = {
    {"create with a table", createIt},
    {"show the table with a task", showTask},
    {"show the table with the verb", showVerb},
    {"load the same table", loadIdentical},
    {"reload with another key", reloadOther},
    {"a load that fails", failToLoad},
    {"a create that fails", failToCreate},
    {"a table text that cannot be read", failToParse},
    {"a key set by message", setByMessage},
    {"a watched table change", watchIt},
    {"remove", removeIt},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  {
    const KeyText decoy("", 0, "");
    std::printf("with a decoy: ");
    if (countEverywhere() != keyDigits / window) return 1;
  }
  auto context = DeviceMapper::open();
  if (!context) return std::printf("%s\n", context.error().message().c_str()), 1;
  bool good = true;
  for (const Step& step : steps) {
    auto done = step.run(*context, argv[1]);
    if (!done) std::printf("%s\n", done.error().message().c_str());
    std::printf("%s: ", step.what);
    good = countEverywhere() == 0 && done && good;
  }
  if (!good) static_cast<void>(remove(*context, deviceName));
  return good ? 0 : 1;
}
