// A line of one word, such as `Fail`: what the kernel did not report is absent, in members and in
// fields.
#include <doctest/doctest.h>

#include <string>
#include <utility>

#include <devmap/targets.hpp>
#include <devmap/targets/table_diff.hpp>
#include <targets/engine/engine.hpp>
#include <targets/engine/registry.hpp>

namespace devmap::targets {
namespace {

using Fields = std::vector<std::string>;

Fields names(const Value& value) {
  Fields list;
  for (const FieldValue& field : value.fields()) list.push_back(field.name + '=' + field.value);
  return list;
}

}  // namespace

TEST_CASE("words: every state that stands in place of a line is the only field, of every type") {
  int states = 0;
  for (const auto* grammar : detail::allGrammars()) {
    for (const bool status : {false, true}) {
      const auto fields = grammar->line(status).fields;
      if (fields.empty() || fields[0].shape != detail::Shape::whole) continue;
      bool first = true;
      for (const detail::Choice& choice : fields[0].choices) {
        if (std::exchange(first, false)) continue;
        CAPTURE(std::string(grammar->type));
        CAPTURE(std::string(choice.word));
        const Value value = status ? parseStatus(grammar->type, choice.word)
                                   : parseParams(grammar->type, choice.word);
        REQUIRE_MESSAGE(value.typed(), value.whyRaw());
        CHECK(names(value) == Fields{std::string(fields[0].name) + '=' + std::string(choice.word)});
        CHECK(value.text() == choice.word);
        ++states;
      }
    }
  }
  CHECK(states == 21);
}

TEST_CASE("words: the members of a line of one word are absent") {
  const auto pool = ThinPool::parseStatus("Fail");
  REQUIRE(pool);
  CHECK(pool->state == ThinPoolStatus::State::failed);
  CHECK(*pool == ThinPoolStatus{.state = ThinPoolStatus::State::failed});
  CHECK_FALSE((pool->transactionId || pool->metadata || pool->data || pool->heldRoot ||
               pool->onNoSpace || pool->metadataLowWatermark));
  CHECK(pool->mode == ThinPoolStatus::Mode::unreported);
  CHECK(pool->discard == ThinPoolStatus::Discard::unreported);
  for (const char* word : {"-", "Fail", "Error"}) CHECK_FALSE(Thin::parseStatus(word)->mapped);
  for (const char* word : {"Fail", "Error"}) {
    const auto cache = Cache::parseStatus(word);
    REQUIRE(cache);
    CHECK_FALSE((cache->metadataBlockSize || cache->metadata || cache->blockSize || cache->cache ||
                 cache->readHits || cache->readMisses || cache->writeHits || cache->writeMisses ||
                 cache->demotions || cache->promotions || cache->dirty));
    CHECK(cache->access == CacheStatus::Access::unreported);
    CHECK(cache->mode == CacheMode::unspecified);
    const auto clone = Clone::parseStatus(word);
    REQUIRE(clone);
    CHECK_FALSE((clone->metadataBlockSize || clone->metadata || clone->regionSize ||
                 clone->hydrated || clone->hydrating));
    CHECK(clone->access == CloneStatus::Access::unreported);
    const auto era = Era::parseStatus(word);
    REQUIRE(era);
    CHECK_FALSE((era->metadataBlockSize || era->metadata || era->era || era->metadataSnapshot));
  }
  for (const char* word : {"Invalid", "Merge failed", "Overflow", "Unknown"}) {
    const auto snapshot = Snapshot::parseStatus(word);
    REQUIRE(snapshot);
    CHECK_FALSE((snapshot->allocated || snapshot->metadata || snapshot->merged()));
  }
}

TEST_CASE("words: a word that older kernels leave out is absent") {
  const char* const old =
      "8 12/16384 64 0/2048 0 0 0 0 0 0 0 1 writeback 2 migration_threshold 2048 smq 0";
  REQUIRE(Cache::parseStatus(old));
  CHECK(Cache::parseStatus(old)->access == CacheStatus::Access::unreported);
  CHECK(names(parseStatus("cache", old)).back() == "policy=smq");
  CHECK(names(parseStatus("cache", std::string(old) + " rw -")).back() == "access=rw");
  CHECK_FALSE(ThinPool::parseStatus("0 9/16384 0/512 - ro discard_passdown")->onNoSpace);
}

TEST_CASE(
    "words: the table of a failed volume differs from any row, and nothing of it is said to be "
    "kept for life") {
  const auto failed = targets::parseTable("0 8 thin Fail"),
             row = targets::parseTable("0 8 thin 254:0 7");
  REQUIRE((failed && row));
  const TableDiff diff = compareTables(*failed, *row);
  CHECK_FALSE(diff.same());
  CHECK(diff.live);
  CHECK(compareTables(*failed, *failed).same());
}

}  // namespace devmap::targets
