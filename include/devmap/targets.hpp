// Every mainline target as typed values. Each has its own header under targets/. This one is for
// rows of any type: the list of types, and rows and status lines whose type is only known at run
// time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/error.hpp>
#include <devmap/table.hpp>
#include <devmap/targets/attributes.hpp>
#include <devmap/targets/bow.hpp>
#include <devmap/targets/cache.hpp>
#include <devmap/targets/clone.hpp>
#include <devmap/targets/crypt.hpp>
#include <devmap/targets/default_key.hpp>
#include <devmap/targets/delay.hpp>
#include <devmap/targets/dust.hpp>
#include <devmap/targets/ebs.hpp>
#include <devmap/targets/era.hpp>
#include <devmap/targets/error.hpp>
#include <devmap/targets/flakey.hpp>
#include <devmap/targets/inlinecrypt.hpp>
#include <devmap/targets/integrity.hpp>
#include <devmap/targets/linear.hpp>
#include <devmap/targets/log_writes.hpp>
#include <devmap/targets/mirror.hpp>
#include <devmap/targets/multipath.hpp>
#include <devmap/targets/pcache.hpp>
#include <devmap/targets/raid.hpp>
#include <devmap/targets/secret.hpp>
#include <devmap/targets/snapshot.hpp>
#include <devmap/targets/striped.hpp>
#include <devmap/targets/switch.hpp>
#include <devmap/targets/thin.hpp>
#include <devmap/targets/thin_pool.hpp>
#include <devmap/targets/unstriped.hpp>
#include <devmap/targets/user.hpp>
#include <devmap/targets/vdo.hpp>
#include <devmap/targets/verity.hpp>
#include <devmap/targets/words.hpp>
#include <devmap/targets/writecache.hpp>
#include <devmap/targets/zero.hpp>
#include <devmap/targets/zoned.hpp>
#include <devmap/types.hpp>

namespace devmap::targets {

namespace detail {
struct Grammar;
}

/// A target type that devmap knows. Lifetime: static.
struct TypeInfo {
  std::string_view type;
  Attributes attributes;
  Version mainline;           ///< of the target in Linux 7.2; 0.0.0 for types that are not in Linux
  std::string_view messages;  ///< forms of the messages it accepts, separated by `; `
};

struct NamedWord;

/// One value of any target type: parameters or status. It stays raw text if the type is unknown, or
/// if the text cannot be read as that type. Move-only; a moved-from value may only be assigned to
/// or destroyed.
class Value {
 public:
  DEVMAP_API Value(Value&& other) noexcept;
  DEVMAP_API Value& operator=(Value&& other) noexcept;
  DEVMAP_API ~Value();

  /// Type name as written in the row.
  [[nodiscard]] std::string_view type() const noexcept { return type_; }
  /// Whether it was read into fields; otherwise there is only the text.
  [[nodiscard]] bool typed() const noexcept { return object_ != nullptr; }
  /// Why the text of a known type was not read. Empty for unknown types and typed values.
  [[nodiscard]] std::string_view whyRaw() const noexcept { return whyRaw_; }
  /// The value as this type (`Linear`, `ThinPoolStatus`), or null if it is another type.
  template <typename T>
  [[nodiscard]] const T* as() const noexcept {
    if constexpr (requires { T::type; })
      return !status_ && type_ == T::type ? static_cast<const T*>(object_) : nullptr;
    else
      return status_ && statusOf() == T::statusOf ? static_cast<const T*>(object_) : nullptr;
  }

  /// The text for the kernel; for a raw value, the text it was made from.
  [[nodiscard]] DEVMAP_API Params text() const noexcept;
  /// The fields that are present, in the kernel's order; none for raw values. Secrets stay hidden.
  /// A status line that is a single word, such as `Fail`, has only that field. For a missing
  /// element of a list, such as a raid leg, the fields are `-`.
  [[nodiscard]] DEVMAP_API std::vector<FieldValue> fields() const noexcept;
  /// Checks the rules that need no kernel, for a row of this length (0: unknown). Raw values pass.
  [[nodiscard]] DEVMAP_API Result<void> check(Sectors length = {}) const noexcept;
  /// Refuses options and words that are newer than this version of the target. The version is only
  /// a lower bound, since distributions backport; a caller who knows better does not call this. Raw
  /// values pass. Errors: unsupported, naming the field.
  [[nodiscard]] DEVMAP_API Result<void> checkVersion(Version target) const noexcept;

 private:
  friend DEVMAP_API Value parseParams(std::string_view type, std::string_view params) noexcept;
  friend DEVMAP_API Result<Value> makeParams(std::string_view type,
                                             std::span<const NamedWord> fields) noexcept;
  friend DEVMAP_API Value parseStatus(std::string_view type, std::string_view status) noexcept;
  friend struct ValueAccess;
  Value() noexcept = default;
  [[nodiscard]] DEVMAP_API std::string_view statusOf() const noexcept;
  static Value make(std::string_view type, std::string_view text, bool status) noexcept;
  void discard() noexcept;

  const detail::Grammar* grammar_ = nullptr;
  void* object_ = nullptr;
  bool status_ = false;
  std::string type_;
  Secret raw_;
  std::string whyRaw_;
};

/// Reads parameters, as typed by a person or as the kernel reports them. Never fails: text that
/// cannot be read is kept raw.
[[nodiscard]] DEVMAP_API Value parseParams(std::string_view type, std::string_view params) noexcept;
/// Reads a status line. Never fails: text that cannot be read is kept raw.
[[nodiscard]] DEVMAP_API Value parseStatus(std::string_view type, std::string_view status) noexcept;

/// A field and its value as words: `device`, `/dev/sda`.
struct NamedWord {
  std::string_view name;
  std::string_view value;
};
/// Builds parameters from field names as in Value::fields: `integrity.bytes`, `stripes[1].start`;
/// `-` counts as `_`. Flags are true or false, devices are paths or `major:minor`. A field that is
/// not named is absent, or 0. Errors: invalidTable, naming the field: unknown, named twice, invalid
/// value, missing, or against a rule (Value::check); unsupported: devmap does not know the type.
[[nodiscard]] DEVMAP_API Result<Value> makeParams(std::string_view type,
                                                  std::span<const NamedWord> fields) noexcept;

/// One row of a table, typed.
struct TargetRow {
  Sectors start;
  Sectors length;
  Value target;
};

/// The rows of a table text, as devmap::parseTable reads it, typed. Errors: as there.
[[nodiscard]] DEVMAP_API Result<std::vector<TargetRow>> parseTable(std::string_view text) noexcept;
/// The rows that a query returned, typed.
[[nodiscard]] DEVMAP_API std::vector<TargetRow> typedRows(std::span<const Row> rows) noexcept;
/// Checks the rules for a table as a whole and for each of its rows: singletons, contiguous rows,
/// Value::check. Errors: invalidTable with the row.
[[nodiscard]] DEVMAP_API Result<void> checkTable(std::span<const TargetRow> rows) noexcept;

/// All types that devmap knows, in a fixed order.
[[nodiscard]] DEVMAP_API std::vector<TypeInfo> knownTypes() noexcept;

}  // namespace devmap::targets
