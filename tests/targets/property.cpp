// Properties that hold for every target: what is written reads back the same, and no input breaks a
// reader.
#include <doctest/doctest.h>

#include <string>

#include <devmap/targets.hpp>
#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

#include "random.hpp"

namespace devmap::targets {

namespace {

struct Object {
  const detail::Grammar& grammar;
  bool status;
  void* at;
  Object(const detail::Grammar& g, bool s)
      : grammar(g), status(s), at(s ? g.createStatus() : g.create()) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { (status ? grammar.destroyStatus : grammar.destroy)(at); }
  [[nodiscard]] std::string text() const {
    return std::string(detail::write(grammar, at, status).view());
  }
  [[nodiscard]] std::span<const detail::Field> fields() const {
    return status ? grammar.status : grammar.table;
  }
};

/// Fields with their secrets in the clear, for comparison.
struct Content {
  std::vector<FieldValue> fields;
  std::vector<Secret> keys;
  explicit Content(const Object& object) {
    std::vector<detail::Source> sources;
    fields = detail::fieldsOf(object.fields(), object.at, &sources);
    for (const detail::Source& source : sources)
      if (source.key != nullptr) keys.push_back(*source.key);
  }
  friend bool operator==(const Content&, const Content&) = default;
};

void readsBack(const Object& object) {
  const std::string text = object.text();
  CAPTURE(text);
  Object again(object.grammar, object.status);
  auto done = detail::read(object.grammar.line(object.status), again.at, text);
  REQUIRE_MESSAGE(done, (done ? std::string() : done.error().message()));
  CHECK(again.text() == text);
  CHECK(Content(again) == Content(object));
}

}  // namespace

TEST_CASE("random values read back as they were written") {
  for (const auto* grammar : detail::allGrammars()) {
    CAPTURE(std::string(grammar->type));
    int valid = 0;
    test::Random random(7);
    for (int round = 0; round < 20000 && valid < 300; ++round) {
      Object object(*grammar, false);
      random.anotherDensity();
      test::fill(grammar->table, object.at, random);
      if (!detail::check(*grammar, object.at, {})) continue;
      ++valid;
      readsBack(object);
    }
    CHECK_MESSAGE(valid >= 20, valid << " valid values");
  }
}

TEST_CASE("random values can be made by the names of their fields") {
  for (const auto* grammar : detail::allGrammars()) {
    CAPTURE(std::string(grammar->type));
    int made = 0;
    test::Random random(17);
    for (int round = 0; round < 200000 && made < 100; ++round) {
      const Object object(*grammar, false);
      random.anotherDensity();
      test::fill(grammar->table, object.at, random);
      const Content content(object);
      if (!content.keys.empty() || !detail::check(*grammar, object.at, {})) continue;
      const std::string text = object.text();
      ++made;
      std::vector<NamedWord> words;
      for (const FieldValue& field : content.fields) words.push_back({field.name, field.value});
      CAPTURE(text);
      const auto value = makeParams(grammar->type, words);
      REQUIRE_MESSAGE(value, (value ? std::string() : value.error().message()));
      CHECK(value->text() == text);
    }
    CHECK_MESSAGE(made >= 5, made << " values");
  }
}

TEST_CASE("random status lines read back as they were written") {
  for (const auto* grammar : detail::allGrammars()) {
    CAPTURE(std::string(grammar->type));
    test::Random random(11);
    for (int round = 0; round < 200; ++round) {
      Object object(*grammar, true);
      random.anotherDensity();
      test::fill(grammar->status, object.at, random);
      readsBack(object);
    }
  }
}

TEST_CASE("damaged text never breaks a reader, and what is read can be written and read again") {
  for (const auto* grammar : detail::allGrammars()) {
    CAPTURE(std::string(grammar->type));
    test::Random random(13);
    for (int round = 0; round < 600; ++round) {
      const bool status = random.chance();
      Object object(*grammar, status);
      test::fill(object.fields(), object.at, random);
      std::string text = object.text();
      for (auto damages = random.below(4) + 1; damages != 0; --damages) {
        const auto where = random.index(text.size() + 1);
        constexpr std::string_view odd = "  :/-+09af\\\t\xff\xa0";
        if (random.chance() && where < text.size())
          text[where] = odd[random.index(odd.size())];
        else
          text.insert(where, 1, odd[random.index(odd.size())]);
        if (random.below(8) == 0) text.resize(random.index(text.size() + 1));
      }
      CAPTURE(text);
      Object again(*grammar, status);
      if (!detail::read(grammar->line(status), again.at, text)) continue;
      if (!status && detail::check(*grammar, again.at, {})) readsBack(again);
      (void)again.text();
    }
  }
}

}  // namespace devmap::targets
