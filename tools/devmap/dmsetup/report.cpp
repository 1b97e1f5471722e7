#include "dmsetup/report.hpp"

#include <algorithm>

namespace tool::dmsetup {
namespace {

/// Takes the next word off a comma-separated `list`.
std::string_view nextWord(std::string_view& list) {
  const std::size_t end = std::min(list.find(','), list.size());
  const std::string_view word = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return word;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return result;
}

/// As in dmsetup, `help` and `?` are accepted as names of fields.
bool isHelp(std::string_view name) { return name == "help" || name == "?"; }
bool asksForHelp(std::string_view names) {
  while (!names.empty())
    if (isHelp(nextWord(names))) return true;
  return false;
}

const char* kindName(FieldKind kind) noexcept {
  switch (kind) {
    case FieldKind::text: return " [string]";
    case FieldKind::number: return " [number]";
    case FieldKind::size: return " [size]";
  }
  return "";
}

}  // namespace

std::string fieldHelp(bool kinds) {
  std::string text = "Fields; a group's name with _all stands for all of it:\n";
  const Field* previous = nullptr;
  for (const Field& field : fields()) {
    if (previous == nullptr || previous->group != field.group)
      text += join(groupName(field.group), ":\n");
    previous = &field;
    text += join("  ", field.id, kinds ? kindName(field.kind) : "", "\n");
  }
  return text;
}

bool readNumber(std::string_view text, bool size, double& number) {
  std::size_t at = 0;
  double scale = 0;
  number = 0;
  for (; at < text.size() &&
         ((text[at] >= '0' && text[at] <= '9') || (text[at] == '.' && scale == 0));
       ++at) {
    if (text[at] == '.') {
      scale = 1;
      continue;
    }
    number = number * 10 + (text[at] - '0');
    scale *= 10;
  }
  if (at == 0) return false;
  if (scale != 0) number /= scale;
  if (!size) return at == text.size();
  const std::uint64_t bytes = bytesOf(at == text.size() ? 'm' : text[at]);
  if (bytes == 0 || at + 1 < text.size()) return false;
  number *= static_cast<double>(bytes) / 512;
  return true;
}

std::uint64_t bytesOf(char unit) noexcept {
  constexpr std::string_view powers = "kmgtpe";
  const char small = static_cast<char>(unit | 32);
  if (small == 'b' || small == 'h') return 1;
  if (small == 's') return 512;
  const std::size_t power = powers.find(small);
  if (power == std::string_view::npos) return 0;
  std::uint64_t bytes = 1;
  for (std::size_t i = 0; i <= power; ++i) bytes *= unit == small ? 1024 : 1000;
  return bytes;
}

std::optional<Headings> headingsOf(std::string_view text) {
  struct Name {
    std::string_view word, number;
    Headings kind;
  };
  for (const Name& name : {Name{"NONE", "0", Headings::none},
                           {"ABBREV", "1", Headings::abbreviated},
                           {"FULL", "2", Headings::full}})
    if (upper(text) == name.word || text == name.number) return name.kind;
  return std::nullopt;
}

bool Report::prepare(const Line& line, std::string_view defaults, unsigned all) {
  all_ = all;
  if (line.has(Opt::noHeadings) && line.has(Opt::headings))
    return fail("Only one of --headings and --noheadings permitted.");
  if (line.has(Opt::noHeadings)) separator_ = ":", aligned_ = false, headings_ = Headings::none;
  if (line.has(Opt::headings))
    headings_ = headingsOf(line.value(Opt::headings)).value_or(Headings::abbreviated);
  if (line.has(Opt::separator)) separator_ = line.value(Opt::separator), aligned_ = false;
  if (line.has(Opt::namePrefixes)) prefixes_ = true, aligned_ = false;
  quoted_ = !line.has(Opt::unquoted);
  asRows_ = line.has(Opt::rows);
  buffered_ = !line.has(Opt::unbuffered);
  std::string_view names = line.value(Opt::options);
  const bool more = names.starts_with('+');
  if (more) names.remove_prefix(1);
  const bool help =
      asksForHelp(names) || asksForHelp(line.value(Opt::sort)) || isHelp(line.value(Opt::select));
  silent_ = help;
  if (help) complain(fieldHelp(line.has(Opt::select)));
  if (help) return true;
  if (names.empty() || more)
    if (!addColumns(defaults)) return false;
  return addColumns(names) && selection_.parse(line.value(Opt::select)) &&
         addKeys(line.value(Opt::sort));
}

std::size_t Report::widthOf(const Field& field) const {
  return headings_ == Headings::full
             ? std::max<std::size_t>(field.width, std::string_view(field.id).size())
             : field.width;
}

bool Report::addColumns(std::string_view names) {
  while (!names.empty()) {
    const std::string_view name = nextWord(names);
    if (name.empty()) continue;
    bool found = false;
    for (const Field& field : fields()) {
      if (field.group == FieldGroup::special) continue;
      const bool all = name == "all" && (all_ >> static_cast<unsigned>(field.group) & 1U) != 0;
      if (!all && name != join(groupName(field.group), "_all")) continue;
      columns_.push_back({&field, true, widthOf(field)});
      found = true;
    }
    if (found) continue;
    const Field* const field = findField(name);
    if (field == nullptr) {
      complain(fieldHelp(false));
      return failField(name);
    }
    columns_.push_back({field, true, widthOf(*field)});
  }
  return true;
}

bool Report::addKeys(std::string_view names) {
  while (!names.empty()) {
    std::string_view name = nextWord(names);
    const bool descending = name.starts_with('-');
    if (descending || name.starts_with('+')) name.remove_prefix(1);
    const Field* const field = findField(name);
    if (field == nullptr) return failField(name);
    const auto shown =
        std::ranges::find_if(columns_, [&](const Column& column) { return column.field == field; });
    keys_.push_back({static_cast<std::size_t>(shown - columns_.begin()), descending});
    if (shown == columns_.end()) columns_.push_back({field, false, 0});
  }
  return true;
}

bool Report::add(Run& run, const Subject& subject) {
  if (silent_) return true;
  bool matches = true;
  if (!selection_.evaluate(run, subject, matches)) return false;
  const bool all = std::ranges::any_of(
      columns_, [](const Column& column) { return column.field->shows == FieldId::selected; });
  if (!matches && !all) return true;
  Row row(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].field->shows == FieldId::selected) {
      row[i] = {matches ? "1" : "0", matches ? 1.0 : 0.0};
    } else if (!valueOf(run, subject, *columns_[i].field, row[i])) {
      return false;
    }
    if (columns_[i].shown) columns_[i].width = std::max(columns_[i].width, row[i].text.size());
  }
  rows_.push_back(std::move(row));
  return buffered_ || asRows_ ? true : output();
}

bool Report::before(const Row& a, const Row& b) const {
  for (const Key& key : keys_) {
    const FieldValue& left = key.descending ? b[key.column] : a[key.column];
    const FieldValue& right = key.descending ? a[key.column] : b[key.column];
    if (columns_[key.column].field->kind == FieldKind::text) {
      if (const int order = left.text.compare(right.text); order != 0) return order < 0;
    } else if (left.number != right.number) {
      return left.number < right.number;
    }
  }
  return false;
}

void Report::sort() {
  if (keys_.empty()) return;
  std::ranges::stable_sort(rows_, [this](const Row& a, const Row& b) { return before(a, b); });
}

/// Prints a value, or the heading if `value` is null.
void Report::printValue(const Column& column, const FieldValue* value, bool aligned) const {
  const char* const heading =
      headings_ == Headings::full ? column.field->id : column.field->heading;
  std::string text = value == nullptr ? heading : value->text;
  if (value != nullptr && prefixes_) {
    const char* const quote = quoted_ ? "'" : "";
    text = join("DM_", upper(column.field->id), "=", quote, text, quote);
  }
  if (!aligned) return put(text);
  const bool right = value != nullptr && column.field->kind != FieldKind::text;
  if (right && text.size() < column.width) text.insert(0, column.width - text.size(), ' ');
  put(padded(text, column.width));
}

void Report::printRow(const Row* row) const {
  bool first = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].shown) continue;
    if (!first) put(separator_);
    first = false;
    printValue(columns_[i], row == nullptr ? nullptr : &(*row)[i], aligned_);
  }
  put("\n");
}

void Report::printAsRows() const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].shown) continue;
    bool first = headings_ == Headings::none;
    if (!first) printValue(columns_[i], nullptr, false);
    for (const Row& row : rows_) {
      if (!first) put(separator_);
      first = false;
      printValue(columns_[i], &row[i], false);
    }
    put("\n");
  }
}

bool Report::output() {
  sort();
  if (!rows_.empty()) {
    if (asRows_) {
      printAsRows();
    } else {
      if (headings_ != Headings::none && !(started_ && !buffered_)) printRow(nullptr);
      for (const Row& row : rows_) printRow(&row);
    }
    started_ = true;
  }
  rows_.clear();
  for (Column& column : columns_) column.width = widthOf(*column.field);
  return true;
}

Repetition::Repetition(Run& run) noexcept : run_(run) {
  const bool repeated = run.has(Opt::count) || run.has(Opt::interval);
  left_ = repeated ? leadingNumber(run.value(Opt::count)) : 1;
  const std::chrono::seconds interval(
      run.has(Opt::interval) ? leadingNumber(run.value(Opt::interval)) : 1);
  interval_ = std::min(toNanoseconds(interval),
                       std::chrono::nanoseconds::max() / 2);  // adding the clock cannot overflow
  run.covered = interval_;
  begin_ = due_ = systemKernel().now();
}

bool Repetition::again() {
  if (left_ == 1) return false;
  if (left_ != 0) --left_;
  if (run_.report != nullptr) put("\n");
  flushOutput();
  if (outputFailed()) return false;
  Kernel& kernel = systemKernel();
  due_ += interval_;
  for (auto now = kernel.now(); now < due_; now = kernel.now())
    if (kernel.sleep(due_ - now) != 0) break;
  const auto now = kernel.now();
  run_.covered = now - begin_;
  begin_ = now;
  run_.relatives.forget();
  return true;
}

std::optional<std::vector<DeviceEntry>> selected(Run& run) {
  Selection selection;
  if (!selection.parse(run.value(Opt::select))) return std::nullopt;
  auto devices = run.all();
  if (!devices) return std::nullopt;
  if (devices->empty()) print("No devices found\n");
  bool failed = false;
  std::erase_if(*devices, [&](const DeviceEntry& device) {
    auto task = run.task(TaskType::DeviceInfo, {{}, {}, device.device});
    bool matches = false;
    if (failed || !run.perform(task)) return failed = true;
    if (!task->info().exists) return true;
    failed = !selection.evaluate(run, Subject{task->info()}, matches);
    return !matches;
  });
  if (failed) return std::nullopt;
  return devices;
}

}  // namespace tool::dmsetup
