#include "show/table_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "cli/print.hpp"
#include "show/row_words.hpp"

namespace tool {
namespace {

constexpr std::size_t largestTable = std::size_t{64} << 20;

/// Returns 0 or an errno; EFBIG for a file too large to be a table.
int readAll(int fd, SecretText& text) noexcept {
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  int error = 0;
  do {
    got = read(fd, buffer.data(), buffer.size());
    if (got > 0) text.append({buffer.data(), static_cast<std::size_t>(got)});
    if (got < 0 && errno != EINTR) error = errno;
    if (text.str().size() > largestTable) error = EFBIG;
  } while (error == 0 && got != 0);
  for (volatile char& byte : buffer) byte = 0;
  return error;
}

int readFile(const std::string& path, SecretText& text) noexcept {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = readAll(fd, text);
  close(fd);
  return error;
}

}  // namespace

SecretText::~SecretText() { wipe(text_); }

void SecretText::append(std::string_view more) {
  if (text_.size() + more.size() > text_.capacity()) {
    std::string larger;
    larger.reserve((text_.size() + more.size()) * 2);
    larger = text_;
    wipe(text_);
    text_.swap(larger);
  }
  text_.append(more);
}

int readInput(SecretText& text) noexcept { return readAll(STDIN_FILENO, text); }

SecretRows::~SecretRows() {
  for (Row& row : rows_) wipe(row.params);
}

void SecretRows::dropComments() noexcept {
  for (Row& row : rows_) {
    std::size_t end = std::min(row.params.find('#'), row.params.size());
    while (end > 0 && (row.params[end - 1] == ' ' || row.params[end - 1] == '\t')) --end;
    row.params.resize(end);  // the rest stays in its memory, and is wiped with it
  }
}

Result<void> SecretRows::addTo(Task& task) const {
  task.secureData();
  for (const Row& row : rows_)
    if (auto added = task.addTarget(row.view()); !added) return added;
  return {};
}

Result<SecretRows> parseRows(std::string_view text, std::string_view source) {
  auto rows = parseTable(text);
  if (rows) return SecretRows(*std::move(rows));
  Error error = std::move(rows).error();
  error.detail.insert(0, join(source, ": "));
  return error;
}

Result<SecretRows> readRows(std::span<const std::string_view> file) {
  SecretText text;
  const bool standardInput = file.empty() || file.front() == "-";
  const std::string path(standardInput ? "standard input" : file.front());
  const int error = standardInput ? readInput(text) : readFile(path, text);
  if (error == 0) return parseRows(text.str(), path);
  const Errc code = error == ENOENT ? Errc::notFound : Errc::invalidArgument;
  return Error{.code = code, .operation = "read table", .errnum = error, .detail = path};
}

bool checkFile(const Call& call, std::span<const std::string_view> file) {
  if (file.size() <= (call.has(Option::table) ? 0U : 1U)) return true;
  if (!call.has(Option::table) && isRowWords(file)) return true;
  return failUsage(call, "'", file.back(), "' is one operand too many");
}

Result<SecretRows> readRows(const Call& call, std::span<const std::string_view> file) {
  if (const auto& given = call.value(Option::table)) return parseRows(*given, "--table");
  if (file.size() > 1) return rowOfWords(file);
  return readRows(file);
}

}  // namespace tool
