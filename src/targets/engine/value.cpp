#include <algorithm>
#include <utility>

#include <devmap/targets.hpp>
#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

namespace devmap::targets {
namespace {

std::span<const std::uint8_t> bytesOf(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Value::Value(Value&& other) noexcept
    : grammar_(other.grammar_),
      object_(std::exchange(other.object_, nullptr)),
      status_(other.status_),
      type_(std::move(other.type_)),
      raw_(std::move(other.raw_)),
      whyRaw_(std::move(other.whyRaw_)) {}

Value& Value::operator=(Value&& other) noexcept {
  std::swap(grammar_, other.grammar_);
  std::swap(object_, other.object_);
  std::swap(status_, other.status_);
  std::swap(type_, other.type_);
  std::swap(whyRaw_, other.whyRaw_);
  raw_ = std::move(other.raw_);
  return *this;
}

void Value::discard() noexcept {
  if (grammar_ != nullptr)
    (status_ ? grammar_->destroyStatus : grammar_->destroy)(std::exchange(object_, nullptr));
}

Value::~Value() { discard(); }

std::string_view Value::statusOf() const noexcept {
  return grammar_ == nullptr ? std::string_view("?") : grammar_->statusOf;
}

Value Value::make(std::string_view type, std::string_view text, bool status) noexcept {
  Value value;
  value.type_ = type;
  value.status_ = status;
  value.grammar_ = detail::findGrammar(type);
  if (value.grammar_ != nullptr) {
    value.object_ = (status ? value.grammar_->createStatus : value.grammar_->create)();
    auto done = detail::read(value.grammar_->line(status), value.object_, text);
    if (done) return value;
    value.whyRaw_ = std::move(done.error().detail);
    value.discard();
  }
  value.raw_ = Secret(bytesOf(text));
  return value;
}

Params Value::text() const noexcept {
  return typed() ? detail::write(*grammar_, object_, status_) : Params(raw_);
}

std::vector<FieldValue> Value::fields() const noexcept {
  if (!typed()) return {};
  return detail::fieldsOf(status_ ? grammar_->status : grammar_->table, object_);
}

Result<void> Value::check(Sectors length) const noexcept {
  if (!typed() || status_) return {};
  return detail::check(*grammar_, object_, length);
}

Result<void> Value::checkVersion(Version target) const noexcept {
  if (!typed() || status_) return {};
  return detail::gate(*grammar_, object_, target);
}

Value parseParams(std::string_view type, std::string_view params) noexcept {
  return Value::make(type, params, false);
}
Result<Value> makeParams(std::string_view type, std::span<const NamedWord> fields) noexcept {
  constexpr const char* operation = "read field";
  const detail::Grammar* const grammar = detail::findGrammar(type);
  if (grammar == nullptr)
    return detail::fault(Errc::unsupported, operation, std::string(type).c_str(), "",
                         "devmap does not know the fields of this target");
  Value value;
  value.type_ = type;
  value.grammar_ = grammar;
  value.object_ = grammar->create();
  Result<void> done = detail::assign(*grammar, value.object_, fields);
  if (done) done = value.check();
  if (!done) return std::move(done).error();
  // Reading the text back finds what check does not: a missing word in the middle, an option
  // without what it needs.
  Value read = Value::make(type, std::string_view(value.text()), false);
  if (!read.typed())
    return Error{
        .code = Errc::invalidTable, .operation = operation, .detail = std::move(read.whyRaw_)};
  // Words of `rest` may have become an earlier field.
  done = read.check();
  if (!done) return std::move(done).error();
  return read;
}

Value parseStatus(std::string_view type, std::string_view status) noexcept {
  return Value::make(type, status, true);
}

std::vector<TargetRow> typedRows(std::span<const Row> rows) noexcept {
  std::vector<TargetRow> typed;
  typed.reserve(rows.size());
  for (const Row& row : rows)
    typed.push_back({row.start, row.length, parseParams(row.type, row.params)});
  return typed;
}

Result<void> checkTable(std::span<const TargetRow> rows) noexcept {
  Sectors end;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TargetRow& row = rows[i];
    const auto* const grammar = detail::findGrammar(row.target.type());
    detail::Fault found;
    if (row.start != end) {
      found = {"start", "leaves a gap or overlaps"};
    } else if (row.length.count == 0) {
      found = {"length", "is 0"};
    } else if (row.length.count > UINT64_MAX - end.count) {
      found = {"length", "too large"};
    } else if (grammar != nullptr && grammar->is.attributes.singleton && rows.size() > 1) {
      found = {"", "must be the only row of its table"};
    }
    Result<void> good = row.target.check(row.length);
    if (found.why != nullptr)
      good = detail::fault(Errc::invalidTable, "check table",
                           std::string(row.target.type()).c_str(), found.field, found.why);
    if (!good) {
      good.error().row = static_cast<std::uint32_t>(i);
      return good;
    }
    end.count += row.length.count;
  }
  return {};
}

}  // namespace devmap::targets
