// Selections: `-S 'name=~^vg-&&(open>0||suspended=Suspended)'`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/expression.hpp"
#include "dmsetup/fields.hpp"

namespace tool::dmsetup {

/// The field of that name: case and `_` do not count, the name of its group in front may be left
/// out. Null: there is none.
[[nodiscard]] const Field* findField(std::string_view name);
/// Says that there is no field of that name, and which one may be meant. Always false.
bool failField(std::string_view name);

/// A selection taken apart.
class Selection {
 public:
  /// False after an error was shown.
  [[nodiscard]] bool parse(std::string_view text);
  [[nodiscard]] bool empty() const noexcept { return steps_.empty(); }
  /// Sets `matches`; false when a field cannot be found out.
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
  /// In postfix order: a test pushes its outcome, the others work on what was pushed.
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
  /// Nothing after an error was shown.
  static std::optional<bool> test(const Step& step, const FieldValue& value);

  std::string_view all_, rest_;
  std::vector<Step> steps_;
};

}  // namespace tool::dmsetup
