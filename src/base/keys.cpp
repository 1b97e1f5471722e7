#include <devmap/targets/keys.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>

#include <base/wipe.hpp>

namespace devmap {
namespace {

/// Where a row holds its key.
enum class Place : std::uint8_t { nowhere, secondWord, secondColon };

struct KnownType {
  std::string_view name;
  Place key = Place::nowhere;
};

// Every type with typed fields (src/targets). tests/targets/keys.cpp checks that the two agree.
constexpr KnownType knownTypes[] = {
    {"linear"},
    {"striped"},
    {"zero"},
    {"error"},
    {"unstriped"},
    {"delay"},
    {"flakey"},
    {"dust"},
    {"ebs"},
    {"log-writes"},
    {"era"},
    {"switch"},
    {"crypt", Place::secondWord},
    {"inlinecrypt", Place::secondWord},
    {"default-key", Place::secondWord},
    {"verity"},
    {"integrity", Place::secondColon},
    {"thin-pool"},
    {"thin"},
    {"snapshot"},
    {"snapshot-merge"},
    {"snapshot-origin"},
    {"mirror"},
    {"raid"},
    {"cache"},
    {"writecache"},
    {"clone"},
    {"multipath"},
    {"zoned"},
    {"vdo"},
    {"pcache"},
    {"user"},
    {"bow"},
};

constexpr std::string_view keyOptions[] = {"internal_hash:", "journal_crypt:", "journal_mac:"};
constexpr std::string_view blanks = " \t\r\v\f\n";

const KnownType* find(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(knownTypes, name, &KnownType::name);
  return found == std::end(knownTypes) ? nullptr : found;
}

/// Iterates over the words of a text and their offsets.
class Words {
 public:
  explicit Words(std::string_view text) noexcept : text_(text) {}
  /// False at the end.
  bool next() noexcept {
    begin_ = std::min(text_.find_first_not_of(blanks, end_), text_.size());
    end_ = std::min(text_.find_first_of(blanks, begin_), text_.size());
    return begin_ < end_;
  }
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t end() const noexcept { return end_; }
  [[nodiscard]] std::string_view word() const noexcept {
    return text_.substr(begin_, end_ - begin_);
  }

 private:
  std::string_view text_;
  std::size_t begin_ = 0, end_ = 0;
};

void hide(std::string& text, std::size_t begin, std::size_t end) noexcept {
  for (std::size_t i = begin; i < end; ++i) text[i] = '0';
}

void hideSecondWord(std::string& params, NullKey nullKey) noexcept {
  Words words(params);
  if (!words.next() || !words.next()) return;
  const bool names = words.word().starts_with(':');
  const bool none = words.word() == "-" && nullKey == NullKey::kept;
  if (!names && !none) hide(params, words.begin(), words.end());
}

void hideBehindColons(std::string& params) noexcept {
  for (Words words(params); words.next();) {
    for (const std::string_view option : keyOptions) {
      if (!words.word().starts_with(option)) continue;
      const std::size_t colon = words.word().find(':', option.size());
      if (colon != std::string_view::npos) hide(params, words.begin() + colon + 1, words.end());
    }
  }
}

// Whether a word of a message is `wanted`. The kernel drops backslashes before it compares
// (dm-table.c: dm_split_args).
bool means(std::string_view word, std::string_view wanted) noexcept {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\\' && ++i == word.size()) break;
    if (wanted.empty() || (word[i] | 0x20) != wanted.front()) return false;
    wanted.remove_prefix(1);
  }
  return wanted.empty();
}

}  // namespace

bool mayHoldKeys(std::string_view targetType) noexcept {
  const KnownType* const known = find(targetType);
  return known == nullptr || known->key != Place::nowhere;
}

std::string withoutKeys(std::string_view targetType, std::string_view params, NullKey nullKey) {
  std::string hidden(params);
  const KnownType* const known = find(targetType);
  if (known != nullptr && known->key == Place::secondWord) hideSecondWord(hidden, nullKey);
  if (known != nullptr && known->key == Place::secondColon) hideBehindColons(hidden);
  return hidden;
}

bool messageMayHoldKey(std::string_view message) noexcept {
  Words words(message);
  return words.next() && means(words.word(), "key") && words.next() && means(words.word(), "set");
}

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // does not reallocate
  base::wipe(std::as_writable_bytes(std::span(text)));
  text.clear();
}

}  // namespace devmap
