#include "cli/expression.hpp"

#include <array>
#include <utility>
#include <vector>

#include <regex.h>

namespace tool::dmsetup {
namespace {

// They stand for the two ends of a text, as in libdevmapper.
constexpr char textBegin = '\x02';
constexpr char textEnd = '\x03';

/// The bytes that a class matches, by value.
using ByteSet = std::array<bool, 256>;

std::size_t indexOf(char c) noexcept { return static_cast<unsigned char>(c); }

/// Translates an expression to a POSIX extended one that every C library reads alike. No class is
/// negated or has a name or an escape, and no operator follows another.
class Translator {
 public:
  explicit Translator(std::string_view text) : rest_(text) {}

  /// Returns null, or what is wrong.
  const char* translate();
  [[nodiscard]] const std::string& written() const noexcept { return written_; }

 private:
  /// An open group, or the whole expression.
  struct Group {
    bool branchEmpty = true;
    std::size_t size = 0;  ///< as Translator::counted, without what precedes the group
  };

  const char* next();
  const char* close();
  const char* repeat(char operation);
  const char* escape();
  const char* charClass();
  bool readClass(ByteSet& set, bool fits);
  void atom(std::size_t size);
  void literal(char c);
  void writeClass(const ByteSet& set);
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  // A C library spends more on a repetition than on a character. It may expand what `+` repeats
  // into two copies, and again at each level of nested groups. At this size, glibc takes a second.
  static constexpr std::size_t largest = 8192;
  static constexpr std::size_t sizeOfRepetition = 8;
  static constexpr std::size_t sizeOfAlternative = 2;
  static constexpr std::size_t deepest = 250;

  std::string_view rest_;
  std::string written_;
  std::vector<Group> groups_{Group{}};
  std::size_t lastSize_ = 0;  ///< of what a repetition would repeat
  bool repeatable_ = false;   ///< whether there is something to repeat
};

/// The members of `set` without a special meaning in `[]`, neighbours as ranges.
std::string runsOf(const ByteSet& set) {
  const auto plain = [&](std::size_t byte) {
    return byte < set.size() && set[byte] && byte != ']' && byte != '[' && byte != '^' &&
           byte != '-';
  };
  std::string runs;
  for (std::size_t byte = 1; byte < set.size(); ++byte) {
    if (!plain(byte)) continue;
    std::size_t last = byte;
    while (plain(last + 1)) ++last;
    runs += static_cast<char>(byte);
    if (last > byte + 1) runs += '-';
    if (last > byte) runs += static_cast<char>(last);
    byte = last;
  }
  return runs;
}

/// The byte that an escape stands for.
char escaped(char c) noexcept {
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  return c == 'r' ? '\r' : c;
}

const char* Translator::translate() {
  while (!rest_.empty()) {
    if (const char* const wrong = next()) return wrong;
    if (groups_.back().size > largest) return "is too large";
  }
  if (groups_.size() > 1) return "has a ( without its )";
  return groups_.back().branchEmpty ? "has an empty alternative" : nullptr;
}

const char* Translator::next() {
  switch (const char c = take()) {
    case '(':
      if (groups_.size() > deepest) return "has too many groups in groups";
      groups_.emplace_back();
      written_ += c;
      repeatable_ = false;
      return nullptr;
    case ')': return close();
    case '|':
      if (groups_.back().branchEmpty) return "has an empty alternative";
      groups_.back().branchEmpty = true;
      groups_.back().size += sizeOfAlternative;
      written_ += c;
      repeatable_ = false;
      return nullptr;
    case '*':
    case '+':
    case '?': return repeat(c);
    case '[': return charClass();
    case '\\': return escape();
    case '.': {
      ByteSet set;
      set.fill(true);
      set['\0'] = set['\n'] = set['\r'] = false;
      writeClass(set);
      return nullptr;
    }
    case '^': return literal(textBegin), nullptr;
    case '$': return literal(textEnd), nullptr;
    case '\0': return "holds a NUL";
    default: return literal(c), nullptr;
  }
}

const char* Translator::close() {
  if (groups_.size() == 1) return "has a ) without its (";
  if (groups_.back().branchEmpty) return "has an empty alternative";
  const std::size_t size = groups_.back().size + 1;
  groups_.pop_back();
  written_ += ')';
  atom(size);
  return nullptr;
}

/// Several operators in a row are one: `a+?` matches what `a*` matches.
const char* Translator::repeat(char operation) {
  if (!repeatable_) return "has nothing before a *, + or ?";
  while (!rest_.empty() && (rest_.front() == '*' || rest_.front() == '+' || rest_.front() == '?'))
    if (take() != operation) operation = '*';
  written_ += operation;
  groups_.back().size += sizeOfRepetition + (operation == '+' ? lastSize_ : 0);
  repeatable_ = false;
  return nullptr;
}

const char* Translator::escape() {
  if (rest_.empty()) return "ends in a \\";
  literal(escaped(take()));
  return nullptr;
}

const char* Translator::charClass() {
  ByteSet set{};
  const bool negated = rest_.starts_with('^');
  if (negated) rest_.remove_prefix(1);
  if (negated) set.fill(true);
  set['\0'] = false;
  if (rest_.starts_with(']')) return "has a [] without a member; a ] as a member is \\]";
  if (!readClass(set, !negated)) return "has a [ without its ], or a range without its end";
  for (std::size_t byte = 0x80; byte < set.size(); ++byte)
    if (set[byte] != negated) return "has a character in [] that takes several bytes";
  writeClass(set);
  return nullptr;
}

/// Reads the members of a class up to its `]`, and sets each to `fits`. Returns false if the class
/// has no end.
bool Translator::readClass(ByteSet& set, bool fits) {
  char last = '\0';
  while (!rest_.empty()) {
    const char c = take();
    if (c == ']') return true;
    char low = c;
    char high = c;
    if (c == '\\') {
      if (rest_.empty()) return false;
      low = high = escaped(take());
    } else if (c == '-' && last != '\0') {
      if (rest_.empty() || rest_.front() == ']') return false;
      low = last;
      high = take();
    }
    last = high;
    if (indexOf(low) > indexOf(high)) std::swap(low, high);
    for (std::size_t byte = indexOf(low); byte <= indexOf(high); ++byte)
      set[byte] = fits && byte != 0;
  }
  return false;
}

void Translator::atom(std::size_t size) {
  groups_.back().branchEmpty = false;
  groups_.back().size += size;
  lastSize_ = size;
  repeatable_ = true;
}

void Translator::literal(char c) {
  if (std::string_view("\\.[()*+?{|^$").find(c) != std::string_view::npos) written_ += '\\';
  written_ += c;
  atom(1);
}

/// Writes a class as `[...]`, with special characters where they have no special meaning.
void Translator::writeClass(const ByteSet& set) {
  std::string members(set[']'] ? "]" : "");
  members += runsOf(set);
  if (set['[']) members += '[';
  if (members.empty() && set['^'] && !set['-']) return literal('^');
  if (members.empty() && set['^']) {
    members = "-^";
  } else {
    if (set['^']) members += '^';
    if (set['-']) members += '-';
  }
  written_ += '[';
  written_ += members;
  written_ += ']';
  atom(1);
}

}  // namespace

struct Expression::Compiled {
  Compiled() noexcept = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    if (owned) regfree(&expression);
  }
  regex_t expression{};
  bool owned = false;
};

Expression::Expression() noexcept = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

const char* Expression::compile(std::string_view text) {
  compiled_.reset();
  if (text.size() > longest) return "is longer than 4096 bytes";
  Translator translator(text);
  if (const char* const wrong = translator.translate()) return wrong;
  auto compiled = std::make_unique<Compiled>();
  // The program never calls setlocale, so a character is a byte here.
  if (regcomp(&compiled->expression, translator.written().c_str(), REG_EXTENDED | REG_NOSUB) != 0)
    return "is too large";
  compiled->owned = true;
  compiled_ = std::move(compiled);
  return nullptr;
}

std::optional<bool> Expression::fits(std::string_view text) const {
  if (compiled_ == nullptr || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::string whole;
  whole.reserve(text.size() + 2);
  whole += textBegin;
  whole += text;
  whole += textEnd;
  const int found = regexec(&compiled_->expression, whole.c_str(), 0, nullptr, 0);
  if (found != 0 && found != REG_NOMATCH) return std::nullopt;
  return found == 0;
}

}  // namespace tool::dmsetup
