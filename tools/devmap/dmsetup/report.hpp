// Reports: rows of fields, in columns or for programs to read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "dmsetup/fields.hpp"
#include "dmsetup/select.hpp"

namespace tool::dmsetup {

/// Names of all fields. `kinds`: with the kind of value of each.
[[nodiscard]] std::string fieldHelp(bool kinds);
/// Reads a decimal number, which may have a fraction. A size may end in a unit, MiB by default, and
/// is returned in sectors.
[[nodiscard]] bool readNumber(std::string_view text, bool size, double& number);
/// Bytes in a unit of sizes: `k`, `m`, ... `e` are powers of 1024, capitals powers of 1000. `b` and
/// `h` are bytes and `s` is sectors, in either case. 0 for any other letter.
[[nodiscard]] std::uint64_t bytesOf(char unit) noexcept;

/// The headings above columns: none, short words, or the names that -o takes.
enum class Headings : std::uint8_t { none, abbreviated, full };
/// As --headings gives them, by name in any case or by number; nothing for any other text.
[[nodiscard]] std::optional<Headings> headingsOf(std::string_view text);

class Report {
 public:
  /// Reads -o, -O, -S and the output options. Returns false after showing an error. If help is
  /// asked for, it is shown and no row is printed. `all`: the groups that the field `all` stands
  /// for, as a bit mask; by default those of devices.
  [[nodiscard]] bool prepare(const Line& line, std::string_view defaults, unsigned all = 0x1f);
  /// Adds the row of a device, unless -S excludes it. Returns false if a field cannot be
  /// determined; the error has been shown.
  bool add(Run& run, const DeviceInfo& info) { return add(run, Subject{info}); }
  bool add(Run& run, const Subject& subject);
  /// Prints the rows added so far and drops them.
  bool output();

 private:
  struct Column {
    const Field* field;
    bool shown;
    std::size_t width;
  };
  struct Key {
    std::size_t column;
    bool descending;
  };
  using Row = std::vector<FieldValue>;

  bool addColumns(std::string_view names);
  bool addKeys(std::string_view names);
  [[nodiscard]] std::size_t widthOf(const Field& field) const;
  [[nodiscard]] bool before(const Row& a, const Row& b) const;
  void sort();
  void printRow(const Row* row) const;
  void printAsRows() const;
  void printValue(const Column& column, const FieldValue* value, bool aligned) const;

  unsigned all_ = 0;
  std::vector<Column> columns_;
  std::vector<Key> keys_;
  std::vector<Row> rows_;
  Selection selection_;
  std::string separator_ = " ";
  Headings headings_ = Headings::abbreviated;
  bool aligned_ = true, prefixes_ = false, quoted_ = true, asRows_ = false, buffered_ = true,
       started_ = false, silent_ = false;
};

/// Reports in turn: --count of them, --interval apart.
class Repetition {
 public:
  explicit Repetition(Run& run) noexcept;
  /// Ends a report with an empty line and waits until the next one is due. Returns false after the
  /// last one.
  [[nodiscard]] bool again();

 private:
  Run& run_;
  std::int64_t left_;  ///< 0: endless
  std::chrono::nanoseconds interval_, begin_, due_;
};

}  // namespace tool::dmsetup
