#include "dmsetup/select.hpp"

#include <algorithm>
#include <array>

#include "cli/nearest.hpp"
#include "cli/print.hpp"
#include "dmsetup/report.hpp"

namespace tool::dmsetup {
namespace {

std::string normalized(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (c != '_') result += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return result;
}

}  // namespace

const Field* findField(std::string_view name) {
  const std::string wanted = normalized(name);
  for (const Field& field : fields()) {
    const std::string id = normalized(field.id);
    if (wanted == id || groupName(field.group) + wanted == id) return &field;
  }
  return nullptr;
}

bool failField(std::string_view name) {
  Nearest nearest;
  for (const Field& field : fields()) nearest.consider(name, field.id);
  return dmsetup::fail("Unrecognised field: ", name, nearest.question());
}

bool Selection::fail() {
  complain("Selection syntax error at '", rest_, "'.");
  return false;
}

bool Selection::failExpression(const Step& step, const char* why) {
  return dmsetup::fail("Regular expression '", std::string_view(step.text).substr(0, 200), "' ",
                       why, ".");
}

bool Selection::parse(std::string_view text) {
  all_ = rest_ = text;
  skipBlanks();
  if (rest_.empty()) return true;
  if (!parseEither(0)) return false;
  skipBlanks();
  return rest_.empty() || fail();
}

void Selection::skipBlanks() {
  while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n'))
    rest_.remove_prefix(1);
}

bool Selection::take(std::string_view word) {
  skipBlanks();
  if (!rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

bool Selection::parseEither(int depth) {
  if (!parseBoth(depth)) return false;
  while (take("||") || take("#")) {
    if (!parseBoth(depth)) return false;
    steps_.emplace_back().kind = Step::Kind::either;
  }
  return true;
}

bool Selection::parseBoth(int depth) {
  if (!parseOne(depth)) return false;
  while (take("&&") || take(",")) {
    if (!parseOne(depth)) return false;
    steps_.emplace_back().kind = Step::Kind::both;
  }
  return true;
}

bool Selection::parseOne(int depth) {
  if (depth > 100) return fail();
  const bool negated = take("!");
  if (take("(")) {
    if (!parseEither(depth + 1)) return false;
    if (!take(")")) return fail();
  } else if (negated || !parseTest()) {
    return negated ? fail() : false;
  }
  if (negated) steps_.emplace_back().kind = Step::Kind::negate;
  return true;
}

bool Selection::parseTest() {
  skipBlanks();
  const std::size_t end = std::min(rest_.find_first_of(" \t=!<>~&|,#()"), rest_.size());
  Step step;
  step.field = findField(rest_.substr(0, end));
  if (step.field == nullptr) {
    complain(fieldHelp(true));
    return failField(rest_.substr(0, end));
  }
  rest_.remove_prefix(end);
  if (!readOperator(step.how) || !readValue(*step.field, step.how, step)) return fail();
  if (step.how == Operator::match || step.how == Operator::notMatch)
    if (const char* const wrong = step.expression.compile(step.text))
      return failExpression(step, wrong);
  steps_.push_back(std::move(step));
  return true;
}

bool Selection::readOperator(Operator& how) {
  constexpr std::array<const char*, 8> signs{"!~", "=~", "!=", ">=", "<=", "=", ">", "<"};
  for (std::size_t i = 0; i < signs.size(); ++i) {
    if (!take(signs[i])) continue;
    how = static_cast<Operator>(i);
    return true;
  }
  return false;
}

bool Selection::readValue(const Field& field, Operator how, Step& step) {
  skipBlanks();
  const bool expression = how == Operator::match || how == Operator::notMatch;
  const bool comparing = how != Operator::equal && how != Operator::notEqual && !expression;
  if ((comparing && field.kind == FieldKind::text) || (expression && field.kind != FieldKind::text))
    return false;
  char close = 0;
  const char first = rest_.empty() ? '\0' : rest_[0];
  if (first == '\'' || first == '"') close = first;
  if (expression && first == '(') close = ')';
  if (expression && first == '[') close = ']';
  if (expression && first == '{') close = '}';
  std::size_t end = 0;
  if (close != 0) {
    rest_.remove_prefix(1);
    end = rest_.find(close);
    if (end == std::string_view::npos) return false;
  } else {
    while (end < rest_.size() &&
           std::string_view(" \t\n,#)").find(rest_[end]) == std::string_view::npos &&
           !rest_.substr(end).starts_with("&&") && !rest_.substr(end).starts_with("||"))
      ++end;
  }
  step.text = rest_.substr(0, end);
  rest_.remove_prefix(end + (close != 0 ? 1 : 0));
  if (field.kind == FieldKind::text) return true;
  return readNumber(step.text, field.kind == FieldKind::size, step.number);
}

std::optional<bool> Selection::test(const Step& step, const FieldValue& value) {
  const bool text = step.field->kind == FieldKind::text;
  switch (step.how) {
    case Operator::match:
    case Operator::notMatch: {
      const auto fit = step.expression.fits(value.text);
      if (!fit) return failExpression(step, "could not be matched"), std::nullopt;
      return *fit == (step.how == Operator::match);
    }
    case Operator::equal: return text ? value.text == step.text : value.number == step.number;
    case Operator::notEqual: return text ? value.text != step.text : value.number != step.number;
    case Operator::greaterEqual: return value.number >= step.number;
    case Operator::lessEqual: return value.number <= step.number;
    case Operator::greater: return value.number > step.number;
    case Operator::less: return value.number < step.number;
  }
  return false;
}

bool Selection::evaluate(Run& run, const Subject& subject, bool& matches) const {
  std::vector<bool> stack;
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::test) {
      FieldValue value;
      if (!valueOf(run, subject, *step.field, value)) return false;
      const auto outcome = test(step, value);
      if (!outcome) return false;
      stack.push_back(*outcome);
    } else if (step.kind == Step::Kind::negate) {
      stack.back() = !stack.back();
    } else {
      const bool second = stack.back();
      stack.pop_back();
      stack.back() =
          step.kind == Step::Kind::both ? stack.back() && second : stack.back() || second;
    }
  }
  matches = stack.empty() || stack.back();
  return true;
}

}  // namespace tool::dmsetup
