// Text, names and sizes of the C interface. Expected values are what libdevmapper 1.02.185 gives,
// where nothing else is said.

#include <libdevmapper.h>

#include <doctest/doctest.h>

#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

class Pool {
 public:
  Pool() : pool_(dm_pool_create("test", 0)) { REQUIRE(pool_ != nullptr); }
  ~Pool() { dm_pool_destroy(pool_); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  operator dm_pool*() const { return pool_; }  // NOLINT(google-explicit-constructor)

 private:
  dm_pool* pool_;
};

int viaList(char** text, const char* format, ...) __attribute__((format(printf, 2, 3)));
int viaList(char** text, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int size = dm_vasprintf(text, format, arguments);
  va_end(arguments);
  return size;
}

/// The words, each in brackets.
std::string words(std::string text, unsigned int max = 8) {
  char* found[8];
  const int count = dm_split_words(text.data(), max, 0, found);
  std::string result;
  for (int i = 0; i < count; ++i) result += "<" + std::string(found[i]) + ">";
  return result;
}

/// "VG|LV|LAYER".
std::string split(const char* name) {
  const Pool pool;
  char* vg = nullptr;
  char* lv = nullptr;
  char* layer = nullptr;
  REQUIRE(dm_split_lvm_name(pool, name, &vg, &lv, &layer) == 1);
  return std::string(vg) + "|" + lv + "|" + layer;
}

std::string build(const char* vg, const char* lv, const char* layer) {
  return dm_build_dm_name(Pool(), vg, lv, layer);
}

std::string escaped(const char* text) {
  std::string buffer(dm_escaped_len(text), 'x');
  CHECK(dm_escape_double_quotes(buffer.data(), text) == buffer.data());
  CHECK(buffer.back() == '\0');
  buffer.pop_back();
  return buffer;
}

std::string unescaped(std::string text) {
  dm_unescape_double_quotes(text.data());
  return text.c_str();
}

/// "TEXT COLON AT": the new text, and where the two were found.
std::string marks(std::string text) {
  char* colon = nullptr;
  char* at = nullptr;
  dm_unescape_colons_and_at_signs(text.data(), &colon, &at);
  const auto place = [&](const char* mark) {
    return mark == nullptr ? "-" : std::to_string(mark - text.data());
  };
  return text.c_str() + (" " + place(colon)) + " " + place(at);
}

/// "FACTOR UNIT REST".
std::string factor(const char* units, int strict = 0) {
  char unit = '?';
  const char* end = nullptr;
  const std::uint64_t bytes = dm_units_to_factor(units, &unit, strict, &end);
  return std::to_string(bytes) + " " + unit + " " + end;
}

std::string size(std::uint64_t sectors, char unit, dm_size_suffix_t form, int si = 0,
                 std::uint64_t unitFactor = 1, int suffix = 1) {
  return dm_size_to_string(Pool(), sectors, unit, si, unitFactor, suffix, form);
}

}  // namespace

TEST_CASE("formatted text that does not fit is cut off and reported") {
  char buffer[8];
  CHECK(dm_snprintf(buffer, 8, "%s", "1234567") == 7);
  CHECK(std::string(buffer) == "1234567");
  CHECK(dm_snprintf(buffer, 8, "%d", 12345678) == -1);
  CHECK(std::string(buffer) == "1234567");
  CHECK(dm_snprintf(buffer, 0, "x") == -1);
}

TEST_CASE("allocated text: its size counts the NUL") {
  char* text = nullptr;
  CHECK(dm_asprintf(&text, "%d-%s", 12, "ab") == 6);
  CHECK(std::string(text) == "12-ab");
  std::free(text);
  CHECK(dm_asprintf(&text, "%s", "") == 1);
  CHECK(std::string(text) == "");
  std::free(text);
  CHECK(viaList(&text, "%c%c", 'x', 'y') == 3);
  CHECK(std::string(text) == "xy");
  std::free(text);
}

TEST_CASE("a copy always ends, and writes no more than it needs") {
  char buffer[9] = "zzzzzzzz";
  CHECK(dm_strncpy(buffer, "ab", 8) == 1);
  CHECK(std::string_view(buffer, 8) == std::string_view("ab\0zzzzz", 8));
  CHECK(dm_strncpy(buffer, "1234567", 8) == 1);
  CHECK(std::string(buffer) == "1234567");
  CHECK(dm_strncpy(buffer, "abcdefgh", 8) == 0);
  CHECK(std::string(buffer) == "abcdefg");
  CHECK(dm_strncpy(buffer, "x", 0) == 0);
  CHECK(buffer[0] == 'a');
  CHECK(dm_strncpy(buffer, "", 1) == 1);
  CHECK(buffer[0] == '\0');
}

TEST_CASE("the last part of a path") {
  CHECK(std::string(dm_basename("/a/b/c")) == "c");
  CHECK(std::string(dm_basename("c")) == "c");
  CHECK(std::string(dm_basename("/a/b/")) == "");
}

TEST_CASE("words are split at any blanks, up to a number") {
  CHECK(words("a b  c") == "<a><b><c>");
  CHECK(words("  a\tb\n ") == "<a><b>");
  CHECK(words("a b c", 2) == "<a><b>");
  CHECK(words("a #b") == "<a><#b>");
  CHECK(words("") == "");
  CHECK(words("   ") == "");
  CHECK(words("a", 0) == "");
}

TEST_CASE("device numbers need eight bytes, and all that they have") {
  char buffer[20];
  CHECK(dm_format_dev(buffer, 20, 254, 3) == 1);
  CHECK(std::string(buffer) == "254:3");
  CHECK(dm_format_dev(buffer, 7, 1, 1) == 0);
  CHECK(dm_format_dev(buffer, 8, 1, 1) == 1);
  CHECK(dm_format_dev(buffer, 8, 1234, 567) == 0);
  CHECK(dm_format_dev(buffer, 9, 1234, 567) == 1);
  CHECK(dm_format_dev(buffer, DM_FORMAT_DEV_BUFSIZE, 4095, 1048575) == 1);
  CHECK(std::string(buffer) == "4095:1048575");
}

TEST_CASE("characters are counted up to a size, also behind a NUL") {
  CHECK(dm_count_chars("abcabc", 6, 'a') == 2);
  CHECK(dm_count_chars("abcabc", 3, 'a') == 1);
  CHECK(dm_count_chars("abc\0aa", 6, 'a') == 3);
  CHECK(dm_count_chars("abc", 0, 'a') == 0);
}

TEST_CASE("quotes are escaped and unescaped") {
  CHECK(escaped("a\"b\\c") == "a\\\"b\\\\c");
  CHECK(escaped("") == "");
  CHECK(unescaped("a\\\"b\\\\c") == "a\"b\\c");
  CHECK(unescaped("a\\b") == "a\\b");
  CHECK(unescaped("a\\") == "a\\");
  CHECK(unescaped("\\\\\\\"") == "\\\"");
}

TEST_CASE("the first colon and the first at sign without a backslash are found") {
  CHECK(marks("a:b@c") == "a:b@c 1 3");
  CHECK(marks("a@b:c") == "a@b:c 3 1");
  CHECK(marks("a:b:c@d@e") == "a:b:c@d@e 1 5");
  CHECK(marks("a\\:b\\@c") == "a:b@c - -");
  CHECK(marks("a\\\\:b") == "a\\:b 2 -");
  CHECK(marks("a\\x:b") == "a\\x:b 3 -");
  char text[] = "a\\:b:c";
  dm_unescape_colons_and_at_signs(text, nullptr, nullptr);
  CHECK(std::string(text) == "a:b:c");
}

TEST_CASE("names of LVM are built") {
  CHECK(build("vg", "lv", nullptr) == "vg-lv");
  CHECK(build("vg", "lv", "") == "vg-lv");
  CHECK(build("v-g", "l-v", "a-b") == "v--g-l--v-a--b");
  CHECK(build("vg", "lv", "_a-b") == "vg-lv_a--b");
  CHECK(build("vg", "", nullptr) == "vg-");
  CHECK(std::string(dm_build_dm_uuid(Pool(), "LVM-", "abc", nullptr)) == "LVM-abc");
  CHECK(std::string(dm_build_dm_uuid(Pool(), "LVM-", "abc", "real")) == "LVM-abc-real");
  CHECK(std::string(dm_build_dm_uuid(Pool(), "", "a", "-x")) == "a--x");
}

TEST_CASE("names of LVM are split") {
  CHECK(split("vg-lv") == "vg|lv|");
  CHECK(split("vg--a-lv--b-lay") == "vg-a|lv-b|lay");
  CHECK(split("vg") == "vg||");
  CHECK(split("") == "||");
  CHECK(split("vg-lv-a-b") == "vg|lv|a");
  CHECK(split("vg---lv") == "vg-|lv|");
  CHECK(split("vg-") == "vg-||");
  CHECK(split("-lv") == "|lv|");
  CHECK(split("vg-lv--") == "vg|lv-|");
}

TEST_CASE("a name is split in place where there is no pool") {
  char name[] = "aa-bb-cc";
  char* vg = name;
  char* lv = nullptr;
  char* layer = nullptr;
  CHECK(dm_split_lvm_name(nullptr, nullptr, &vg, &lv, &layer) == 1);
  CHECK(vg == name);
  CHECK(lv == name + 3);
  CHECK(layer == name + 6);
  CHECK(dm_split_lvm_name(nullptr, "a-b", nullptr, &lv, &layer) == 0);
  CHECK(dm_split_lvm_name(Pool(), nullptr, &vg, &lv, &layer) == 0);
}

TEST_CASE("units have letters; capitals count in thousands") {
  CHECK(factor("b") == "1 b ");
  CHECK(factor("s") == "512 s ");
  CHECK(factor("S") == "512 S ");
  CHECK(factor("k") == "1024 k ");
  CHECK(factor("K") == "1000 K ");
  CHECK(factor("e") == "1152921504606846976 e ");
  CHECK(factor("E") == "1000000000000000000 E ");
  CHECK(factor("h") == "1 h ");
  CHECK(factor("R") == "1 R ");
  CHECK(factor("x") == "0 x x");
  CHECK(factor("") == "0 " + std::string(1, '\0') + " ");
}

TEST_CASE("a number before the unit multiplies it") {
  CHECK(factor("1k") == "1024 k ");
  CHECK(factor("1.5k") == "1536 k ");
  CHECK(factor("0.5m") == "524288 U ");
  CHECK(factor("7b") == "7 U ");
  CHECK(factor("3.7b") == "3 U ");
  CHECK(factor("100mB") == "104857600 U B");
  CHECK(factor("5h") == "1 h ");
  CHECK(factor("0k") == "0 U ");
  CHECK(factor("10") == "0 U 10");
  CHECK(factor("-1k") == "0 - -1k");
  CHECK(factor("16e") == "0 U ");  // the stock library gives the product modulo 2^64
}

TEST_CASE("where one letter is asked for, more is a failure that changes nothing") {
  CHECK(factor("100m", 1) == "104857600 U ");
  CHECK(factor("100mB", 1) == "0 ? 100mB");
  char unit = '?';
  CHECK(dm_units_to_factor("kx", &unit, 0, nullptr) == 1024);
}

TEST_CASE("sizes in the unit that fits best") {
  CHECK(size(1, 'h', DM_SIZE_LONG) == "512 Byte    ");
  CHECK(size(1, 'h', DM_SIZE_SHORT) == "512 B");
  CHECK(size(1, 'H', DM_SIZE_SHORT, 1) == "512 B ");
  CHECK(size(1, 'h', DM_SIZE_UNIT) == "512B");
  CHECK(size(1, 'h', DM_SIZE_UNIT, 1) == "512b");
  CHECK(size(2, 'h', DM_SIZE_LONG) == "1.00 Kilobyte");
  CHECK(size(2, 'h', DM_SIZE_LONG, 1) == "1.00 Kibibyte");
  CHECK(size(2, 'H', DM_SIZE_LONG, 1) == "1.02 Kilobyte");
  CHECK(size(2, 'h', DM_SIZE_SHORT) == "1.00 KB");
  CHECK(size(2, 'h', DM_SIZE_SHORT, 1) == "1.00 KiB");
  CHECK(size(2, 'H', DM_SIZE_SHORT, 1) == "1.02 kB");
  CHECK(size(1999, 'h', DM_SIZE_UNIT) == "999.50K");
  CHECK(size(2048, 'h', DM_SIZE_UNIT, 1) == "1.00m");
  CHECK(size(std::uint64_t{1} << 51, 'h', DM_SIZE_UNIT) == "1.00E");
  CHECK(size(UINT64_MAX, 'h', DM_SIZE_UNIT) == "16.00E");
}

TEST_CASE("a number that was rounded up is marked where that is asked for") {
  CHECK(size(3, 'R', DM_SIZE_UNIT) == "<1.54K");
  CHECK(size(2, 'R', DM_SIZE_UNIT) == "1.02K");
  CHECK(size(3, 'H', DM_SIZE_UNIT) == "1.54K");
  CHECK(size(2109497, 'r', DM_SIZE_SHORT) == "<1.01 GB");
  CHECK(size(2049, 'r', DM_SIZE_SHORT) == "1.00 MB");
}

TEST_CASE("sizes in a unit of the caller") {
  CHECK(size(2049, 'm', DM_SIZE_UNIT, 0, 1048576) == "1.00M");
  CHECK(size(2049, 'm', DM_SIZE_LONG, 1, 1048576) == "1.00 Mebibyte");
  CHECK(size(2049, 'K', DM_SIZE_SHORT, 0, 1000) == "1049.09 KB");
  CHECK(size(2049, 'K', DM_SIZE_SHORT, 1, 1000) == "1049.09 kB");
  CHECK(size(2049, 'k', DM_SIZE_UNIT, 0, 1024, 0) == "1024.50");
  CHECK(size(9, 's', DM_SIZE_LONG, 0, 512) == "9 Sectors ");
  CHECK(size(9, 's', DM_SIZE_SHORT, 0, 512) == "9 Se");
  CHECK(size(9, 'b', DM_SIZE_SHORT, 0, 1) == "4608 B ");
  CHECK(size(2048, 'U', DM_SIZE_SHORT, 0, 10485760) == "0.10 Un");
  CHECK(size(std::uint64_t{1} << 60, 'e', DM_SIZE_UNIT, 0, std::uint64_t{1} << 60) ==
        "16.00E");  // what does not fit in bytes; the stock library wraps
}

TEST_CASE("nothing has as many blanks as a unit would have") {
  CHECK(size(0, 'h', DM_SIZE_LONG) == "0         ");
  CHECK(size(0, 'r', DM_SIZE_SHORT) == "0   ");
  CHECK(size(0, 'h', DM_SIZE_UNIT) == "0 ");
  CHECK(size(0, 'h', DM_SIZE_LONG, 0, 1, 0) == "0");
  CHECK(size(0, 'm', DM_SIZE_LONG, 0, 1048576) == "0 Megabyte");
}

TEST_CASE("percentages are 0 and 100 only if it is exactly so") {
  CHECK(dm_make_percent(0, 5) == DM_PERCENT_0);
  CHECK(dm_make_percent(5, 5) == DM_PERCENT_100);
  CHECK(dm_make_percent(1, 0) == DM_PERCENT_100);
  CHECK(dm_make_percent(1, 3) == 33333333);
  CHECK(dm_make_percent(1, 1000000000000) == 1);
  CHECK(dm_make_percent(999999999999, 1000000000000) == 99999999);
  CHECK(dm_make_percent(7, 5) == 140000000);
  CHECK(dm_make_percent(UINT64_MAX, 1) == INT32_MAX);  // the stock library overflows
}

TEST_CASE("percentages as numbers") {
  CHECK(dm_percent_to_float(DM_PERCENT_100) == 100.0F);
  CHECK(dm_percent_to_float(12500000) == 12.5F);
  CHECK(dm_percent_to_round_float(99999999, 2) == doctest::Approx(99.99));
  CHECK(dm_percent_to_round_float(99999999, 0) == 99.0F);
  CHECK(dm_percent_to_round_float(1, 2) == doctest::Approx(0.01));
  CHECK(dm_percent_to_round_float(DM_PERCENT_100, 2) == 100.0F);
  CHECK(dm_percent_to_round_float(DM_PERCENT_0, 2) == 0.0F);
  CHECK(dm_percent_to_round_float(12500000, 2) == 12.5F);
}
