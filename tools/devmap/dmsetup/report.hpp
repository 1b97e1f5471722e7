// Reports: rows of fields, as columns or for programs to read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/print.hpp"
#include "dmsetup/dmsetup.hpp"
#include "dmsetup/fields.hpp"
#include "dmsetup/select.hpp"

namespace tool::dmsetup {

/// Names of all fields. `kinds`: with what they are made of.
[[nodiscard]] std::string fieldHelp(bool kinds);
/// A decimal number, perhaps with a fraction; of a size with its unit, in sectors: without one it
/// counts MiB.
[[nodiscard]] bool readNumber(std::string_view text, bool size, double& number);
/// Bytes of a unit of sizes: `k`, `m`, ... `e` are powers of 1024, capitals of 1000; `b` and `h`
/// are bytes and `s` sectors in both. 0 for another letter.
[[nodiscard]] std::uint64_t bytesOf(char unit) noexcept;

/// What stands above columns: nothing, short words, or the names that -o takes.
enum class Headings : std::uint8_t { none, abbreviated, full };
/// As --headings names them, in any case, or by number; nothing for another text.
[[nodiscard]] std::optional<Headings> headingsOf(std::string_view text);

class Report {
 public:
  /// Reads -o, -O, -S and how to print; false after an error was shown. Where help is asked for, it
  /// is shown and no row is printed. `all`: the groups that the field `all` stands for, bit by bit;
  /// by default those of devices.
  [[nodiscard]] bool prepare(const Line& line, std::string_view defaults, unsigned all = 0x1f);
  /// Adds the row of a device; leaves it out where -S does. False: a field could not be found out,
  /// an error was shown.
  bool add(Run& run, const DeviceInfo& info) { return add(run, Subject{info}); }
  bool add(Run& run, const Subject& subject);
  /// Prints what was added, and forgets it.
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

/// One report after the other: as many as --count says, --interval apart.
class Repetition {
 public:
  explicit Repetition(Run& run) noexcept;
  /// Ends a report with an empty line and waits until the next one is due; false when there was the
  /// last one.
  [[nodiscard]] bool again();

 private:
  Run& run_;
  std::int64_t left_;  ///< 0: no end
  std::chrono::nanoseconds interval_, begin_, due_;
};

}  // namespace tool::dmsetup
