// Tables as text: where the tool reads them from, and how it hides the keys in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "session.hpp"

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
  /// Adds all of them to a task, which is told to be careful with them.
  [[nodiscard]] Result<void> addTo(Task& task) const;

 private:
  std::vector<Row> rows_;
};

/// The rows that --table gives, else the file, else stdin ("-" or no file).
[[nodiscard]] Result<SecretRows> readRows(const Call& call, std::span<const std::string_view> file);

/// Parameters of a row with its keys as zeros. The form `:<size>:<type>:<description>` names a key of the kernel's keyring and stays.
[[nodiscard]] std::string withoutKeys(std::string_view type, std::string_view params);

}  // namespace tool
