// Tables as text: where the tool reads them from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/session.hpp"

namespace tool {

/// Rows that may hold keys: wiped when they go.
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
  /// Adds all of them to a task, which is told to be careful with them.
  [[nodiscard]] Result<void> addTo(Task& task) const;

 private:
  std::vector<Row> rows_;
};

/// Text that is wiped when it goes, and whose growth leaves nothing behind.
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

/// Reads stdin to its end. 0 or an errno; EFBIG for what cannot be meant.
[[nodiscard]] int readInput(SecretText& text) noexcept;
/// The rows of a text; errors name `source`.
[[nodiscard]] Result<SecretRows> parseRows(std::string_view text, std::string_view source);
/// The rows of a file, or of stdin ("-" or no file).
[[nodiscard]] Result<SecretRows> readRows(std::span<const std::string_view> file);
/// Whether what is left of the operands is one file at most, or TYPE FIELD=VALUE..., and none
/// beside --table; shows the error otherwise.
[[nodiscard]] bool checkFile(const Call& call, std::span<const std::string_view> file);
/// The rows that --table gives, else the words, else the file, else stdin.
[[nodiscard]] Result<SecretRows> readRows(const Call& call, std::span<const std::string_view> file);

}  // namespace tool
