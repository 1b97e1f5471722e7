// Tables as text: where the tool reads them from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/session.hpp"

namespace tool {

/// Rows that may hold keys. They are wiped on destruction.
class SecretRows {
 public:
  SecretRows() noexcept = default;
  explicit SecretRows(std::vector<Row> rows) noexcept : rows_(std::move(rows)) {}
  SecretRows(SecretRows&& other) noexcept = default;
  SecretRows& operator=(SecretRows&& other) noexcept = delete;
  SecretRows(const SecretRows&) = delete;
  SecretRows& operator=(const SecretRows&) = delete;
  ~SecretRows();

  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] std::span<const Row> rows() const noexcept { return rows_; }
  /// Cuts off what follows a `#`, as dmsetup does.
  void dropComments() noexcept;
  /// Adds all rows to a task, which is marked as holding secrets.
  [[nodiscard]] Result<void> addTo(Task& task) const;

 private:
  std::vector<Row> rows_;
};

/// Text that is wiped on destruction. Growing it leaves no copy behind.
class SecretText {
 public:
  SecretText() = default;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText();

  void append(std::string_view more);
  [[nodiscard]] const std::string& str() const noexcept { return text_; }

 private:
  std::string text_;
};

/// Reads stdin to its end. Returns 0 or an errno; EFBIG for an input too large to be a table.
[[nodiscard]] int readInput(SecretText& text) noexcept;
/// The rows of a text; errors name `source`.
[[nodiscard]] Result<SecretRows> parseRows(std::string_view text, std::string_view source);
/// The rows of a file, or of stdin ("-" or no file).
[[nodiscard]] Result<SecretRows> readRows(std::span<const std::string_view> file);
/// Whether the remaining operands are one file at most, or TYPE FIELD=VALUE..., and none next to
/// --table. Shows the error otherwise.
[[nodiscard]] bool checkFile(const Call& call, std::span<const std::string_view> file);
/// The rows from --table, else from the words, else from the file, else from stdin.
[[nodiscard]] Result<SecretRows> readRows(const Call& call, std::span<const std::string_view> file);

}  // namespace tool
