// Selections: `-S 'name=~^vg-&&(open>0||suspended=Suspended)'`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/expression.hpp"
#include "dmsetup/fields.hpp"

namespace tool::dmsetup {

/// The field with that name. Case and `_` do not count, and the prefix of its group may be left
/// out. Null if there is none.
[[nodiscard]] const Field* findField(std::string_view name);
/// Reports that no field has that name and suggests a similar one. Always returns false.
bool failField(std::string_view name);

/// A parsed selection.
class Selection {
 public:
  /// Returns false after showing an error.
  [[nodiscard]] bool parse(std::string_view text);
  [[nodiscard]] bool empty() const noexcept { return steps_.empty(); }
  /// Sets `matches`. Returns false if the value of a field cannot be determined.
  [[nodiscard]] bool evaluate(Run& run, const Subject& subject, bool& matches) const;

 private:
  enum class Operator : std::uint8_t {
    notMatch,
    match,
    notEqual,
    greaterEqual,
    lessEqual,
    equal,
    greater,
    less
  };
  /// In postfix order: a test pushes its result, the others combine what was pushed.
  struct Step {
    enum class Kind : std::uint8_t { test, both, either, negate } kind = Kind::test;
    Operator how = Operator::equal;
    const Field* field = nullptr;
    std::string text;
    Expression expression;  ///< of match and notMatch
    double number = 0;
  };

  bool parseEither(int depth);
  bool parseBoth(int depth);
  bool parseOne(int depth);
  bool parseTest();
  bool readOperator(Operator& how);
  bool readValue(const Field& field, Operator how, Step& step);
  void skipBlanks();
  bool take(std::string_view word);
  bool fail();
  static bool failExpression(const Step& step, const char* why);
  /// Returns nothing after showing an error.
  static std::optional<bool> test(const Step& step, const FieldValue& value);

  std::string_view all_, rest_;
  std::vector<Step> steps_;
};

}  // namespace tool::dmsetup
