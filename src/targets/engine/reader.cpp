// Text to values: total on any input, linear in its length.
#include <algorithm>
#include <cstdint>
#include <utility>

#include <targets/engine/engine.hpp>

namespace devmap::targets::detail {
namespace {

using Text = std::string_view;
constexpr Text blanks = " \t\r\v\f\n";

void split(Text text, Text separators, std::vector<Text>& words) {
  std::size_t at = 0;
  while ((at = text.find_first_not_of(separators, at)) != text.npos) {
    const std::size_t stop = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, stop - at));
    at = stop;
  }
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What went wrong, in static text. The word at fault is reported too, unless it may hold a key.
struct Wrong {
  Text field;
  const char* why;
  Text word;
};

class Reader {
 public:
  Reader(bool exactCase, bool open, std::span<const Text> words) noexcept
      : exactCase_(exactCase), open_(open), words_(words) {}

  bool fields(std::span<const Field> fields, void* object) noexcept;
  bool value(const Field& field, void* member, Text word) noexcept;
  [[nodiscard]] const Wrong& wrong() const noexcept { return wrong_; }
  [[nodiscard]] std::span<const Text> left() const noexcept { return words_; }

 private:
  bool fail(const Field& field, const char* why, Text word = {}) noexcept {
    wrong_ = {field.name, why, word};
    return false;
  }
  Text take() noexcept {
    const Text word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }
  [[nodiscard]] bool same(Text a, Text b) const noexcept {
    return exactCase_ ? a == b
                      : std::equal(a.begin(), a.end(), b.begin(), b.end(),
                                   [](char x, char y) { return lower(x) == lower(y); });
  }
  bool field(const Field& field, void* object) noexcept;
  bool choice(const Field& field, void* member, Text word) noexcept;
  bool key(const Field& field, Key& key, Text word) noexcept;
  bool algorithm(const Field& field, Algorithm& algorithm, Text word) noexcept;
  bool number(const Field& field, void* member, Text word) noexcept;
  bool fraction(const Field& field, Fraction& fraction, Text word) noexcept;
  bool groupCount(const Field& field, std::size_t& count) noexcept;
  bool group(std::span<const Field> fields, std::size_t mark, void* object) noexcept;
  bool options(const Field& group, std::span<const Field> fields, void* object) noexcept;
  bool option(const Field& field, void* object, bool& matched) noexcept;
  bool countWord(const Field& field, std::uint64_t& count) noexcept;
  bool elements(const Field& field, void* member, std::uint64_t count) noexcept;
  bool secret(const Field& field, Secret& bytes, Text hex, const char* why) noexcept;

  bool exactCase_;
  bool open_;  ///< words without a place are skipped
  std::span<const Text> words_;
  std::uint64_t count_ = 0;
  std::uint64_t width_ = 0;
  Wrong wrong_{};
};

bool Reader::number(const Field& field, void* member, Text word) noexcept {
  std::uint64_t number = 0;
  if (field.type == Type::optionalSigned) {
    const bool minus = word.starts_with('-');
    const Text digits = word.substr(minus || word.starts_with('+') ? 1 : 0);
    if (!readNumber(digits, number) ||
        number > static_cast<std::uint64_t>(INT64_MAX) + (minus ? 1 : 0)) {
      return fail(field, "not a number", word);
    }
    *static_cast<std::optional<std::int64_t>*>(member) =
        static_cast<std::int64_t>(minus ? 0 - number : number);
    return true;
  }
  if (!readNumber(word, number, field.hex ? 16 : 10))
    return fail(field, field.hex ? "not a hexadecimal number" : "not a decimal number", word);
  switch (field.type) {
    case Type::number: *static_cast<std::uint64_t*>(member) = number; break;
    case Type::sectors: *static_cast<Sectors*>(member) = Sectors{number}; break;
    case Type::optionalNumber: *static_cast<std::optional<std::uint64_t>*>(member) = number; break;
    default: *static_cast<std::optional<Sectors>*>(member) = Sectors{number}; break;
  }
  return true;
}

bool Reader::choice(const Field& field, void* member, Text word) noexcept {
  std::uint8_t index = 0;
  for (const Choice& known : field.choices) {
    if (known.other || same(known.word, word))
      return *static_cast<std::uint8_t*>(member) = index, true;
    ++index;
  }
  return fail(field, "not a word that stands here", word);
}

bool Reader::secret(const Field& field, Secret& bytes, Text hex, const char* why) noexcept {
  auto read = Secret::fromHex(hex);
  if (!read) return fail(field, why);
  bytes = std::move(*read);
  return true;
}

bool Reader::key(const Field& field, Key& key, Text word) noexcept {
  key = {};
  if (word == "-") return true;
  if (!word.starts_with(':'))
    return secret(field, key.bytes, word, "a key is hexadecimal, `-` or `:BYTES:TYPE:DESCRIPTION`");
  const std::size_t second = word.find(':', 1),
                    third = second == word.npos ? second : word.find(':', second + 1);
  KeyReference& reference = key.reference.emplace();
  if (third == word.npos || !readNumber(word.substr(1, second - 1), reference.bytes)) {
    return fail(field, "a key in a keyring is `:BYTES:TYPE:DESCRIPTION`");
  }
  reference.description = word.substr(third + 1);
  const Text type = word.substr(second + 1, third - second - 1);
  std::uint8_t index = 0;
  while (index < std::size(keyTypes) && !same(keyTypes[index], type)) ++index;
  reference.type = static_cast<KeyReference::Type>(index);
  return index < std::size(keyTypes) || fail(field, "not a word that stands here", type);
}

bool Reader::algorithm(const Field& field, Algorithm& algorithm, Text word) noexcept {
  const std::size_t colon = word.find(':');
  algorithm.name = word.substr(0, colon);
  algorithm.key = {};
  return colon == word.npos ||
         secret(field, algorithm.key, word.substr(colon + 1), "the key is not hexadecimal");
}

bool Reader::fraction(const Field& field, Fraction& fraction, Text word) noexcept {
  const std::size_t slash = std::min(word.find('/'), word.size());
  const bool good = slash < word.size() && readNumber(word.substr(0, slash), fraction.used) &&
                    readNumber(word.substr(slash + 1), fraction.total);
  return good || fail(field, "not a pair `N/N`", word);
}

bool Reader::value(const Field& field, void* member, Text word) noexcept {
  switch (field.type) {
    case Type::text: *static_cast<std::string*>(member) = word; return true;
    case Type::device: static_cast<DeviceWord*>(member)->text = word; return true;
    case Type::choice: return choice(field, member, word);
    case Type::key: return key(field, *static_cast<Key*>(member), word);
    case Type::algorithm: return algorithm(field, *static_cast<Algorithm*>(member), word);
    case Type::flag:
      if (!same(word, field.name)) return fail(field, "another word stands there", word);
      *static_cast<bool*>(member) = true;
      return true;
    case Type::fraction: return fraction(field, *static_cast<Fraction*>(member), word);
    case Type::optionalFraction:
      return fraction(field, static_cast<std::optional<Fraction>*>(member)->emplace(), word);
    default: return number(field, member, word);
  }
}

bool Reader::countWord(const Field& field, std::uint64_t& count) noexcept {
  if (words_.empty()) return fail(field, "its count is missing");
  const Text word = take();
  if (!readNumber(word, count)) return fail(field, "its count is not a number", word);
  return count <= words_.size() || fail(field, "counts more than there is", word);
}

bool Reader::elements(const Field& field, void* member, std::uint64_t count) noexcept {
  if (field.type == Type::words) {
    auto& list = *static_cast<Words*>(member);
    for (; count != 0; --count) {
      if (words_.empty()) return fail(field, "fewer than their count says");
      list.emplace_back(take());
    }
    return true;
  }
  for (; count != 0; --count) {
    if (words_.empty()) return fail(field, "fewer than their count says");
    const std::size_t before = words_.size();
    if (!fields(field.nest->fields, field.nest->add(member))) return false;
    if (words_.size() == before) return true;  // a grammar without words would never end
  }
  return true;
}

bool Reader::option(const Field& field, void* object, bool& matched) noexcept {
  const Text word = words_.front();
  void* const member = field.at(object);
  matched = false;
  if (field.type == Type::choice && field.shape == Shape::option && !field.named) {
    for (const Choice& known : field.choices)
      matched = matched || (!known.word.empty() && same(known.word, word));
    return !matched || choice(field, member, take());
  }
  const Text name = field.name;
  if (field.shape == Shape::colon) {
    matched = word.size() > name.size() && word[name.size()] == ':' &&
              word.starts_with(name);  // sscanf() reads these: the case must match
    if (!matched) return true;
    const Text content = take().substr(name.size() + 1);
    if (field.type != Type::list) return value(field, member, content);
    std::vector<Text> parts;
    split(content, ":", parts);
    const std::span<const Text> behind = std::exchange(words_, parts);
    const bool good = fields(field.nest->fields, field.nest->add(member));
    words_ = behind;
    return good;
  }
  matched = same(word, name);
  if (!matched) return true;
  take();
  if (field.type == Type::flag) return *static_cast<bool*>(member) = true, true;
  if (words_.empty()) return fail(field, "its value is missing");
  if (field.type == Type::list) return fields(field.nest->fields, field.nest->add(member));
  return value(field, member, take());
}

bool Reader::options(const Field& group, std::span<const Field> fields, void* object) noexcept {
  const Field* unknown = nullptr;
  for (const Field& field : fields) {
    if (field.shape == Shape::unknown) unknown = &field;
  }
  while (!words_.empty()) {
    bool matched = false;
    for (const Field& field : fields) {
      if (field.shape != Shape::option && field.shape != Shape::colon) continue;
      const bool given = field.once && present(field, object);
      if (!option(field, object, matched)) return false;
      if (matched && given) return fail(field, "is given twice");
      if (matched) break;
    }
    if (matched) continue;
    if (unknown != nullptr)
      static_cast<Words*>(unknown->at(object))->emplace_back(words_.front());
    else if (!open_)
      return fail(group, "a word is not known", words_.front());
    take();
  }
  return true;
}

bool Reader::groupCount(const Field& field, std::size_t& count) noexcept {
  count = words_.size();
  if (field.uncounted) return true;
  if (words_.empty()) return count = 0, !field.required || fail(field, "their count is missing");
  std::uint64_t words = 0;
  if (!countWord(field, words)) return false;
  count = static_cast<std::size_t>(words);
  return true;
}

bool Reader::group(std::span<const Field> fields, std::size_t mark, void* object) noexcept {
  std::size_t count = 0;
  if (!groupCount(fields[mark], count)) return false;
  if (count == 0 && !fields[mark].required) return true;
  const std::span<const Text> behind = words_.subspan(count);
  words_ = words_.first(count);
  const auto all = groupFields(fields, mark);
  std::size_t positional = 0;
  while (positional < all.size() && all[positional].shape < Shape::option) ++positional;
  const bool good = this->fields(all.first(positional), object) &&
                    options(fields[mark], all.subspan(positional), object);
  words_ = behind;
  return good;
}

bool Reader::field(const Field& field, void* object) noexcept {
  void* const member = field.at(object);
  switch (field.shape) {
    case Shape::count: return countWord(field, count_);
    case Shape::width: return countWord(field, width_);
    case Shape::elements: return elements(field, member, count_);
    case Shape::wide: return elements(field, member, width_);
    case Shape::tail:
    case Shape::rest: return elements(field, member, words_.size());
    case Shape::optional:
      if (words_.empty()) return true;
      break;
    case Shape::dash:
      if (words_.empty()) return field.free || fail(field, "is missing");
      if (words_.front() == "-") return take(), true;
      break;
    case Shape::ifNumber:
    case Shape::maybe: {
      std::uint64_t ignored = 0;
      const std::size_t numbers = field.shape == Shape::maybe ? 2 : 1;
      if (words_.size() < numbers) return true;
      for (std::size_t i = 0; i < numbers; ++i) {
        if (!readNumber(words_[i], ignored)) return true;
      }
      break;
    }
    default: break;
  }
  if (words_.empty()) return fail(field, "is missing");
  if (field.type == Type::list) return elements(field, member, 1);
  return field.shape == Shape::literal ? (take(), true) : value(field, member, take());
}

bool Reader::fields(std::span<const Field> fields, void* object) noexcept {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Shape shape = fields[i].shape;
    if (shape == Shape::group) {
      if (!group(fields, i, object)) return false;
      i += groupFields(fields, i).size() + 1;
    } else if (shape == Shape::tail && fields[i].type == Type::list) {
      while (!words_.empty()) {
        if (!elements(fields[i], fields[i].at(object), 1)) return false;
      }
    } else if (shape != Shape::whole && shape != Shape::end && applies(fields[i], object)) {
      if (!field(fields[i], object)) return false;
    }
  }
  return true;
}

bool readWhole(std::span<const Field> fields, void* object, Text text) noexcept {
  if (fields.empty() || fields[0].shape != Shape::whole) return false;
  std::uint8_t index = 0;
  for (const Choice& line : fields[0].choices) {
    if (index != 0 && text == line.word)
      return *static_cast<std::uint8_t*>(fields[0].at(object)) = index, true;
    ++index;
  }
  return false;
}

// A misplaced word may be the key.
bool holdsKeys(std::span<const Field> fields) noexcept {
  return std::ranges::any_of(
      fields, [](const Field& f) { return f.type == Type::key || f.type == Type::algorithm; });
}

}  // namespace

const char* readValue(const Field& field, void* member, std::string_view word,
                      bool exactCase) noexcept {
  Reader reader(exactCase, false, {});
  return reader.value(field, member, word) ? nullptr : reader.wrong().why;
}

Result<void> read(const Line& line, void* object, std::string_view text) noexcept {
  const auto fields = line.fields;
  const Errc code = line.isStatus ? Errc::malformedReply : Errc::invalidTable;
  const char* const operation = line.isStatus ? "read status" : "read parameters";
  std::vector<Text> words;
  split(text, blanks, words);
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  if (readWhole(fields, object,
                text.substr(begin, words.empty() ? 0 : text.find_last_not_of(blanks) - begin + 1)))
    return {};
  Reader reader(line.exactCase, line.isStatus, words);
  if (!reader.fields(fields, object)) {
    Error error = fault(code, operation, line.type, reader.wrong().field, reader.wrong().why);
    if (!reader.wrong().word.empty() && !holdsKeys(fields))
      ((error.detail += " ('") += reader.wrong().word.substr(0, 64)) += "')";
    return error;
  }
  if (!reader.left().empty() && !line.isStatus)
    return fault(code, operation, line.type, "", "more words than it takes");
  return {};
}

}  // namespace devmap::targets::detail
