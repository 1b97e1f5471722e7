#include "dmsetup_select.hpp"

#include <algorithm>
#include <array>

#include "dmsetup_report.hpp"
#include "nearest.hpp"
#include "print.hpp"

namespace tool::dmsetup {
namespace {

// As in libdm, both ends of a text are characters of their own, which `.` and `[^a]` fit.
constexpr char textBegin = '\x02';
constexpr char textEnd = '\x03';

/// Matches by trying: expressions are short, and so are names.
class Matcher {
 public:
  Matcher(std::string_view expression, std::string_view text) : expression_(expression), text_(text) {}

  /// Whether expression [from, to) fits the text at `at` and whatever `then` wants behind it.
  struct Then {
    std::size_t from, to;
    const Then* next;
  };
  bool alternatives(std::size_t from, std::size_t to, std::size_t at, const Then* then) {
    std::size_t begin = from;
    while (true) {
      const std::size_t end = endOfBranch(begin, to);
      if (sequence(begin, end, at, then)) return true;
      if (end >= to) return false;
      begin = end + 1;
    }
  }
  /// Whether it asked for too much, as `(a*)*` and thousands of groups in groups do.
  [[nodiscard]] bool gaveUp() const noexcept { return steps_ > 4'000'000; }

 private:
  bool after(std::size_t at, const Then* then) {
    if (then == nullptr) return true;
    return sequence(then->from, then->to, at, then->next);
  }

  bool sequence(std::size_t from, std::size_t to, std::size_t at, const Then* then) {
    if (tired()) return false;
    if (from >= to) return after(at, then);
    const std::size_t end = endOfAtom(from, to);
    const char repeat = end < to ? expression_[end] : '\0';
    if (repeat == '*' || repeat == '+' || repeat == '?') {
      if (repeat != '+' && sequence(end + 1, to, at, then)) return true;
      return repeated(from, end, repeat == '?', end + 1, to, at, then);
    }
    const Then rest{end, to, then};
    return atom(from, end, at, &rest);
  }

  /// The atom once, then perhaps again, then the rest.
  bool repeated(std::size_t from, std::size_t end, bool once, std::size_t restFrom, std::size_t to, std::size_t at, const Then* then) {
    if (tired()) return false;
    if (expression_[from] != '(') {
      while (fitsOne(from, end, at)) {
        ++at;
        if (sequence(restFrom, to, at, then)) return true;
        if (once) return false;
      }
      return false;
    }
    // A group with `*`: what follows it is either the same again (from its own start) or the rest.
    const Then rest{once ? restFrom : from, to, then};
    const Then last{restFrom, to, then};
    if (atom(from, end, at, &last)) return true;
    return !once && at < text_.size() && depth_++ < 64 && atom(from, end, at, &rest);
  }

  bool atom(std::size_t from, std::size_t end, std::size_t at, const Then* then) {
    if (expression_[from] == '(') return alternatives(from + 1, end - 1, at, then);
    return fitsOne(from, end, at) && after(at + 1, then);
  }

  [[nodiscard]] bool fitsOne(std::size_t from, std::size_t end, std::size_t at) {
    if (at >= text_.size()) return false;
    const char c = text_[at];
    if (expression_[from] == '.') return true;
    if (expression_[from] == '^') return c == textBegin;
    if (expression_[from] == '$') return c == textEnd;
    if (expression_[from] == '\\') return c == escaped(expression_[from + 1 < end ? from + 1 : from]);
    if (expression_[from] == '[') return !tired((end - from) / 8) && inClass(from + 1, end - 1, c);
    return expression_[from] == c;
  }

  static char escaped(char c) {
    if (c == 'n') return '\n';
    if (c == 't') return '\t';
    return c == 'r' ? '\r' : c;
  }

  [[nodiscard]] bool inClass(std::size_t from, std::size_t end, char c) const {
    const bool negated = from < end && expression_[from] == '^';
    bool found = false;
    for (std::size_t i = from + (negated ? 1 : 0); i < end; ++i) {
      char low = expression_[i];
      if (low == '\\' && i + 1 < end) low = escaped(expression_[++i]);
      char high = low;
      if (i + 2 < end && expression_[i + 1] == '-') {
        high = expression_[i + 2];
        i += 2;
      }
      found = found || (static_cast<unsigned char>(low) <= static_cast<unsigned char>(c) &&
                        static_cast<unsigned char>(c) <= static_cast<unsigned char>(high));
    }
    return found != negated;
  }

  /// Counts work, and tells whether it was too much: nothing fits any more then.
  bool tired(std::size_t work = 1) {
    steps_ += work;
    return gaveUp();
  }

  /// Behind one character, class or group.
  [[nodiscard]] std::size_t endOfAtom(std::size_t from, std::size_t to) {
    if (tired()) return to;
    const char c = expression_[from];
    if (c == '\\') return std::min(from + 2, to);
    if (c == '[') {
      std::size_t end = from + 1;
      if (end < to && expression_[end] == '^') ++end;
      for (++end; end < to && expression_[end] != ']'; ++end) continue;
      return tired((end - from) / 8) ? to : std::min(end + 1, to);
    }
    if (c != '(') return from + 1;
    std::size_t end = from + 1;
    while (end < to && expression_[end] != ')') end = endOfAtom(end, to);
    return std::min(end + 1, to);
  }

  [[nodiscard]] std::size_t endOfBranch(std::size_t from, std::size_t to) {
    while (from < to && expression_[from] != '|') from = endOfAtom(from, to);
    return from;
  }

  std::string_view expression_, text_;
  std::size_t steps_ = 0;
  unsigned depth_ = 0;
};

std::string normalized(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (c != '_') result += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return result;
}

}  // namespace

std::optional<bool> fits(std::string_view expression, std::string_view text) {
  if (expression.size() > longestExpression) return std::nullopt;
  const std::string whole = textBegin + std::string(text) + textEnd;
  Matcher matcher(expression, whole);
  for (std::size_t at = 0; at <= whole.size(); ++at)
    if (matcher.alternatives(0, expression.size(), at, nullptr)) return true;
  if (matcher.gaveUp()) return std::nullopt;
  return false;
}

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

bool Selection::parse(std::string_view text) {
  all_ = rest_ = text;
  skipBlanks();
  if (rest_.empty()) return true;
  if (!parseEither(0)) return false;
  skipBlanks();
  return rest_.empty() || fail();
}

void Selection::skipBlanks() {
  while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n')) rest_.remove_prefix(1);
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
  if ((comparing && field.kind == FieldKind::text) || (expression && field.kind != FieldKind::text)) return false;
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
    while (end < rest_.size() && std::string_view(" \t\n,#)").find(rest_[end]) == std::string_view::npos &&
           !rest_.substr(end).starts_with("&&") && !rest_.substr(end).starts_with("||"))
      ++end;
  }
  if (expression && end > longestExpression) return false;
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
      const auto fit = fits(step.text, value.text);
      if (!fit) return dmsetup::fail("Regular expression '", step.text, "' takes too long."), std::nullopt;
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
      if (!valueOf(run, subject, step.field->tells, value)) return false;
      const auto outcome = test(step, value);
      if (!outcome) return false;
      stack.push_back(*outcome);
    } else if (step.kind == Step::Kind::negate) {
      stack.back() = !stack.back();
    } else {
      const bool second = stack.back();
      stack.pop_back();
      stack.back() = step.kind == Step::Kind::both ? stack.back() && second : stack.back() || second;
    }
  }
  matches = stack.empty() || stack.back();
  return true;
}

}  // namespace tool::dmsetup
