#include <devmap/targets/table_diff.hpp>

#include <algorithm>
#include <utility>

#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

namespace devmap::targets {

/// The private members of a value that the comparison needs.
struct ValueAccess {
  static const detail::Grammar* grammar(const Value& value) noexcept { return value.grammar_; }
  static const void* object(const Value& value) noexcept { return value.object_; }
  static bool status(const Value& value) noexcept { return value.status_; }
};

namespace {

std::optional<DeviceNumber> numberOf(const DeviceWord& word,
                                     const DeviceResolver& resolver) noexcept {
  if (auto number = word.number()) return number;
  if (resolver.resolve == nullptr || word.empty()) return std::nullopt;
  return resolver.resolve(resolver.context, word.text);
}

void resolveAll(std::span<const detail::Field> fields, void* object,
                const DeviceResolver& resolver) noexcept {
  for (const detail::Field& field : fields) {
    if (field.type == detail::Type::device) {
      auto& word = *static_cast<DeviceWord*>(field.at(object));
      if (const auto number = numberOf(word, resolver)) word = *number;
    } else if (field.type == detail::Type::list) {
      void* const list = field.at(object);
      for (std::size_t i = 0; i < field.nest->size(list); ++i)
        resolveAll(field.nest->fields, field.nest->get(list, i), resolver);
    }
  }
}

/// A copy of a typed value, in normal form.
class Normal {
 public:
  Normal(const Value& value, const DeviceResolver& resolver) noexcept
      : grammar_(ValueAccess::grammar(value)), object_(grammar_->create()) {
    // What was read can be read again. Copying through the text spares each type a copy function.
    (void)detail::read(grammar_->line(false), object_, value.text()).has_value();
    resolveAll(grammar_->table, object_, resolver);
    detail::normalise(grammar_->table, object_);
    if (grammar_->is.normalise != nullptr) grammar_->is.normalise(object_);
  }
  Normal(const Normal&) = delete;
  Normal& operator=(const Normal&) = delete;
  ~Normal() { grammar_->destroy(object_); }

  /// Changes it to what the kernel makes of this row on a device that it shows as `shown`.
  void settle(const Normal& shown) noexcept {
    if (grammar_->is.settle != nullptr) grammar_->is.settle(object_, shown.object_);
  }
  /// Whether it is a state that the kernel shows in place of parameters.
  [[nodiscard]] bool isState() const noexcept {
    return !detail::wholeLine(grammar_->table, object_).empty();
  }
  [[nodiscard]] Params text() const noexcept { return detail::write(*grammar_, object_, false); }
  [[nodiscard]] std::vector<FieldValue> fields(
      std::vector<detail::Source>& sources) const noexcept {
    return detail::fieldsOf(grammar_->table, object_, &sources);
  }

 private:
  const detail::Grammar* grammar_;
  void* object_;
};

bool isTyped(const Value& value) noexcept { return value.typed() && !ValueAccess::status(value); }

Params spaced(std::string_view text) noexcept {
  const auto words = devmap::words(text);
  const auto fill = [&](detail::Writer out) {
    for (const auto word : words) out.word(word);
    return out.bytes();
  };
  Secret made = Secret::zeros(fill(detail::Writer()));
  fill(detail::Writer(reinterpret_cast<char*>(made.writable().data())));
  return Params(std::move(made));
}

/// One field of one of the two values compared.
struct Member {
  const FieldValue& value;
  const detail::Source& source;

  /// `-` for a key means that there is none, or that it is not shown.
  [[nodiscard]] bool isNullKey() const noexcept {
    return source.field->type == detail::Type::key && value.value == "-";
  }
};

struct Side {
  std::vector<detail::Source> sources;
  std::vector<FieldValue> fields;

  explicit Side(const Normal& value) noexcept : fields(value.fields(sources)) {}
  [[nodiscard]] Member operator[](std::size_t index) const noexcept {
    return {fields[index], sources[index]};
  }
  [[nodiscard]] std::optional<Member> find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == name) return (*this)[i];
    }
    return std::nullopt;
  }
};

/// Whether the kernel shows `given` milliseconds as `shown`, with 100, 250, 300 or 1000 ticks per
/// second.
bool sameInTicks(std::string_view shown, std::string_view given) noexcept {
  std::uint64_t is = 0, wanted = 0;
  if (!detail::readNumber(shown, is) || !detail::readNumber(given, wanted) || wanted > UINT32_MAX)
    return false;
  for (const std::uint64_t perSecond : {100U, 250U, 300U, 1000U}) {
    const std::uint64_t ticks = (wanted * perSecond + 999) / 1000;
    if (ticks * 1000 / perSecond == is) return true;
  }
  return false;
}

/// Whether a field makes no difference. One of the two may be absent.
bool sameMember(const detail::Grammar& grammar, const std::optional<Member>& before,
                const std::optional<Member>& after) {
  using detail::Shown;
  const detail::Field& field = *(before ? before : after)->source.field;
  const bool neverShown =
      field.shown == Shown::never || (field.shape == detail::Shape::rest && !grammar.is.closed);
  const std::string byDefault = detail::defaultOf(field);
  const auto isDefault = [&](const std::optional<Member>& one) {
    return !one || (!byDefault.empty() && one->value.value == byDefault);
  };
  if (field.shown == Shown::unused) return true;
  if (field.shown == Shown::byDevice && isDefault(after)) return true;
  if (!before || !after) return neverShown || (isDefault(before) && isDefault(after));
  if (neverShown && (before->isNullKey() || after->isNullKey())) return true;
  if (before->value.value != after->value.value) {
    return field.form == detail::Form::ticks &&
           sameInTicks(before->value.value, after->value.value);
  }
  return before->source.key == nullptr || after->source.key == nullptr ||
         *before->source.key == *after->source.key;
}

class Comparison {
 public:
  explicit Comparison(const DeviceResolver& resolver) noexcept : resolver_(resolver) {}

  void rows(std::uint32_t index, const TargetRow& before, const TargetRow& after) {
    number(index, "start", before.start, after.start);
    const detail::Grammar* const grammar = detail::findGrammar(after.target.type());
    if (grammar == nullptr || !grammar->is.ownLength)
      number(index, "length", before.length, after.length);
    if (before.target.type() != after.target.type()) {
      add(index, "type", before.target.type(), after.target.type());
    } else if (isTyped(before.target) && isTyped(after.target)) {
      typed(index, before.target, after.target);
    } else if (const Params a = before.target.text(), b = after.target.text();
               devmap::words(a) != devmap::words(b)) {
      add(index, "parameters", "(as it is)", "(another text)");  // it may hold a key
    }
  }
  void lone(std::uint32_t index, const TargetRow& row, bool isNew) {
    std::string text = detail::decimal(row.start.count);
    (text += ' ') += detail::decimal(row.length.count);
    (text += ' ') += row.target.type();
    isNew ? add(index, "row", {}, text) : add(index, "row", text, {});
  }
  TableDiff result;

 private:
  void add(std::uint32_t row, std::string_view field, std::string_view before,
           std::string_view after, bool fixed = false) {
    result.changes.push_back(
        {row, std::string(field), std::string(before), std::string(after), fixed});
  }
  void number(std::uint32_t row, std::string_view field, Sectors before, Sectors after) {
    if (before != after)
      add(row, field, detail::decimal(before.count), detail::decimal(after.count));
  }

  void typed(std::uint32_t index, const Value& before, const Value& after) {
    const Normal old(before, resolver_);
    Normal next(after, resolver_);
    next.settle(old);
    const detail::Grammar& grammar = *ValueAccess::grammar(after);
    const bool known = !old.isState() && !next.isState();
    const Side a(old), b(next);
    const auto tell = [&](const std::optional<Member>& was, const std::optional<Member>& is) {
      if (sameMember(grammar, was, is)) return;
      const FieldValue& value = (was ? was : is)->value;
      const auto text = [](const std::optional<Member>& one) {
        return one ? std::string_view(one->value.value) : std::string_view();
      };
      add(index, value.name, text(was), text(is), value.fixed && known);
    };
    for (std::size_t i = 0; i < a.fields.size(); ++i) tell(a[i], b.find(a.fields[i].name));
    for (std::size_t i = 0; i < b.fields.size(); ++i) {
      if (!a.find(b.fields[i].name)) tell(std::nullopt, b[i]);
    }
  }

  const DeviceResolver& resolver_;
};

const detail::Grammar* immutableIn(std::span<const TargetRow> rows) noexcept {
  for (const TargetRow& row : rows) {
    const auto* grammar = detail::findGrammar(row.target.type());
    if (grammar != nullptr && grammar->is.attributes.immutable) return grammar;
  }
  return nullptr;
}

bool requestBased(std::span<const TargetRow> rows) noexcept {
  return rows.size() == 1 && rows[0].target.as<Multipath>() != nullptr &&
         rows[0].target.as<Multipath>()->queueMode != Multipath::QueueMode::bio;
}

std::string reason(std::string_view subject, std::string_view why) {
  std::string text(subject);
  text += why;
  return text;
}

// dm-table.c: dm_table_get_immutable_target_type; dm-ioctl.c: table_load, is_valid_type
std::string refusedLive(std::span<const TargetRow> before, std::span<const TargetRow> after,
                        const TableDiff& diff) {
  const detail::Grammar* immutable = immutableIn(before);
  const bool wildcard = !after.empty() && std::ranges::all_of(after, [](const TargetRow& row) {
    const auto* grammar = detail::findGrammar(row.target.type());
    return grammar != nullptr && grammar->is.attributes.wildcard;
  });
  if (wildcard) return {};
  if (immutable != nullptr && (after.size() != 1 || after[0].target.type() != immutable->type)) {
    return reason(immutable->type, " gives way to nothing but its own type and error");
  }
  if (!before.empty() && requestBased(before) != requestBased(after) &&
      (immutable != nullptr || requestBased(after))) {
    return "a device keeps the kind of its queue: request-based and bio-based tables do not follow "
           "each other";
  }
  for (const TargetRow& row : after) {
    const auto* grammar = detail::findGrammar(row.target.type());
    if (grammar != nullptr && !grammar->is.liveReload && !before.empty())
      return reason(grammar->type, " cannot be reloaded on a live device");
  }
  for (const Change& change : diff.changes) {
    if (change.fixed)
      return reason(after[change.row].target.type(), ": ") +=
             reason(change.field, " is fixed for the life of the device");
  }
  return {};
}

}  // namespace

bool sameDevice(const DeviceWord& a, const DeviceWord& b, const DeviceResolver& resolver) noexcept {
  if (a == b) return true;
  const auto first = numberOf(a, resolver), second = numberOf(b, resolver);
  return first && second && *first == *second;
}

Params normalForm(const Value& value, const DeviceResolver& resolver) noexcept {
  return isTyped(value) ? Normal(value, resolver).text() : spaced(value.text());
}

TableDiff compareTables(std::span<const TargetRow> before, std::span<const TargetRow> after,
                        const DeviceResolver& resolver) noexcept {
  Comparison comparison(resolver);
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    if (i >= before.size())
      comparison.lone(index, after[i], true);
    else if (i >= after.size())
      comparison.lone(index, before[i], false);
    else
      comparison.rows(index, before[i], after[i]);
  }
  TableDiff diff = std::move(comparison.result);
  if (!diff.same()) diff.whyNot = refusedLive(before, after, diff);
  diff.live = diff.whyNot.empty();
  return diff;
}

}  // namespace devmap::targets
