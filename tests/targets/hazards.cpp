// What kernels show but do not accept back, or what means something else. tests/guest/targets/run
// has the cases that need a kernel.
#include <doctest/doctest.h>

#include <devmap/targets.hpp>
#include <devmap/targets/table_diff.hpp>

using namespace devmap;
using namespace devmap::targets;

TEST_CASE("a throughput of service-time is a number, whatever its zeros in front") {
  const auto check = [](std::string_view throughput) {
    return parseParams("multipath", "0 0 1 1 service-time 0 1 2 8:16 1 " + std::string(throughput))
        .check()
        .has_value();
  };
  CHECK(check("100"));
  CHECK(check("0100"));
  CHECK_FALSE(check("101"));
  CHECK_FALSE(check("0101"));
}

TEST_CASE("inlinecrypt shows a number behind its key, which it does not take back") {
  const Value shown =
      parseParams("inlinecrypt", "aes-xts-plain64 00ff 1 0 8:1 2048 1 allow_discards");
  const auto* crypt = shown.as<InlineCrypt>();
  REQUIRE(crypt != nullptr);
  CHECK(crypt->shownKeyType == 1);
  CHECK(crypt->ivOffset == 0);
  CHECK(crypt->device == DeviceNumber{8, 1});
  CHECK(crypt->allowDiscards);
  CHECK_FALSE(crypt->check());
}

TEST_CASE("pcache shows crc, and takes data_crc") {
  const Value shown = parseParams("pcache", "259:0 8:0 4 cache_mode writeback crc true");
  REQUIRE(shown.as<Pcache>() != nullptr);
  CHECK(shown.text() == "259:0 8:0 4 cache_mode writeback data_crc true");
}

TEST_CASE("raid counts raid10_use_near_sets without showing it: the row stays text") {
  constexpr std::string_view text = "raid10 3 128 raid10_copies 2 2 - 8:1 - 8:2";
  CHECK(parseParams("raid", text).typed());
  constexpr std::string_view high = "raid10 4 128 raid10_copies 2 2 - 8:1 - 8:2";
  const Value shown = parseParams("raid", high);
  CHECK_FALSE(shown.typed());
  CHECK(shown.text() == high);
  CHECK_FALSE(shown.whyRaw().empty());
}

TEST_CASE("a thin volume may show a state for parameters") {
  const Value failed = parseParams("thin", "Fail");
  REQUIRE(failed.as<Thin>() != nullptr);
  CHECK(failed.as<Thin>()->shown == Thin::Shown::failed);
  CHECK_FALSE(failed.check());
  CHECK(failed.text() == "Fail");
}

TEST_CASE("flakey and multipath show what was not said; it means the same") {
  const auto same = [](std::string_view type, std::string_view a, std::string_view b) {
    return normalForm(parseParams(type, a)) == normalForm(parseParams(type, b));
  };
  CHECK(same("flakey", "8:1 0 5 5", "8:1 0 5 5 2 error_reads error_writes"));
  CHECK_FALSE(same("flakey", "8:1 0 5 5", "8:1 0 5 5 1 drop_writes"));
  CHECK(same("multipath", "0 0 0 0", "1 retain_attached_hw_handler 0 0 0"));
}

TEST_CASE("older forms of vdo stay text, and say why") {
  const Value old = parseParams("vdo", "V2 8:1 262144 4096 32768 16380 on auto vdo0 ack 1");
  CHECK_FALSE(old.typed());
  CHECK(old.whyRaw() == "vdo: version: not a word that stands here ('V2')");
}
