// Reports. Each expected line is what libdevmapper 1.02.185 prints.

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <libdevmapper.h>

#include "lab.hpp"

namespace {

using Lines = std::vector<std::string>;

struct Item {
  const char* name;
  const char* label;
  std::uint64_t size;
  std::int32_t change;
  dm_percent_t part;
  dm_list tags;
};

void* itself(void* object) { return object; }
const Item& of(const void* data) { return *static_cast<const Item*>(data); }

int name(dm_report* report, dm_pool*, dm_report_field* field, const void* data, void*) {
  return dm_report_field_string(report, field, &of(data).name);
}
int label(dm_report* report, dm_pool*, dm_report_field* field, const void* data, void*) {
  return dm_report_field_string(report, field, &of(data).label);
}
int size(dm_report* report, dm_pool*, dm_report_field* field, const void* data, void*) {
  return of(data).size == 13 ? 0 : dm_report_field_uint64(report, field, &of(data).size);
}
int change(dm_report* report, dm_pool*, dm_report_field* field, const void* data, void*) {
  return dm_report_field_int32(report, field, &of(data).change);
}
int part(dm_report* report, dm_pool*, dm_report_field* field, const void* data, void*) {
  return dm_report_field_percent(report, field, &of(data).part);
}
int tags(dm_report* report, dm_pool*, dm_report_field* field, const void* data, void*) {
  return dm_report_field_string_list(report, field, &of(data).tags, nullptr);
}
int unsorted(dm_report* report, dm_pool*, dm_report_field* field, const void* data, void*) {
  return dm_report_field_string_list_unsorted(report, field, &of(data).tags, ";;");
}
int own(dm_report*, dm_pool* pool, dm_report_field* field, const void*, void* userData) {
  dm_report_field_set_value(field, dm_pool_strdup(pool, static_cast<const char*>(userData)),
                            nullptr);
  return 1;
}

constexpr dm_report_object_type types[] = {
    {1, "Names", "name_", itself}, {2, "Numbers", "", itself}, {0, "", "", nullptr}};
constexpr dm_report_field_type fields[] = {
    {1, DM_REPORT_FIELD_TYPE_STRING, 0, 4, "name_name", "Name", name, "The name."},
    {1, DM_REPORT_FIELD_TYPE_STRING | DM_REPORT_FIELD_ALIGN_RIGHT, 0, 8, "name_label", "Label",
     label, "The label."},
    {2, DM_REPORT_FIELD_TYPE_NUMBER, 0, 3, "size", "Size", size, "The size."},
    {2, DM_REPORT_FIELD_TYPE_NUMBER | DM_REPORT_FIELD_ALIGN_LEFT, 0, 3, "change", "Chg", change,
     "The change."},
    {2, DM_REPORT_FIELD_TYPE_PERCENT, 0, 6, "part", "Part%", part, "The part."},
    {1, DM_REPORT_FIELD_TYPE_STRING_LIST, 0, 4, "tags", "Tags", tags, "Sorted."},
    {1, DM_REPORT_FIELD_TYPE_STRING_LIST, 0, 4, "unsorted", "Tags2", unsorted, "As they are."},
    {1, DM_REPORT_FIELD_TYPE_STRING, 0, 3, "own", "Own", own, "Of the program."},
    {0, 0, 0, 0, "", "", nullptr, nullptr}};

constexpr std::uint32_t aligned = DM_REPORT_OUTPUT_ALIGNED;
constexpr std::uint32_t buffered = DM_REPORT_OUTPUT_BUFFERED;
constexpr std::uint32_t headings = DM_REPORT_OUTPUT_HEADINGS;
constexpr std::uint32_t prefixed = DM_REPORT_OUTPUT_FIELD_NAME_PREFIX;
constexpr std::uint32_t asRows = DM_REPORT_OUTPUT_COLUMNS_AS_ROWS;

/// A report that its destructor frees.
class Report {
 public:
  explicit Report(const char* shown, std::uint32_t flags, const char* keys = nullptr,
                  const char* selection = nullptr, std::uint32_t of = 1)
      : types_(of) {
    static char userData[] = "mine";
    report_ = dm_report_init_with_selection(&types_, types, fields, shown, ":", flags, keys,
                                            selection, nullptr, userData);
  }
  ~Report() {
    if (report_ != nullptr) dm_report_free(report_);
  }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  operator dm_report*() const { return report_; }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::uint32_t shownTypes() const { return types_; }

  int add(const char* name, const char* label, std::uint64_t size, std::int32_t change = 0,
          dm_percent_t part = 0, std::vector<const char*> tags = {}) {
    Item item{name, label, size, change, part, {}};
    std::vector<dm_str_list> list(tags.size());
    dm_list_init(&item.tags);
    for (std::size_t i = 0; i < tags.size(); ++i) {
      list[i].str = tags[i];
      dm_list_add(&item.tags, &list[i].list);
    }
    return dm_report_object(report_, &item);
  }
  /// What is printed now.
  Lines output() {
    libdmtest::lines.clear();
    CHECK(dm_report_output(report_) == 1);
    return libdmtest::lines;
  }

 private:
  std::uint32_t types_;
  dm_report* report_ = nullptr;
};

bool made(const char* keys, const char* selection) {
  const Report report("name", 0, keys, selection);
  return report != nullptr;
}

}  // namespace

TEST_CASE("report: columns are as wide as their widest text, and numbers are at the right") {
  const libdmtest::Lab lab;
  Report report("name,label,size,change", aligned | buffered | headings);
  CHECK(report.shownTypes() == 3);
  CHECK(dm_report_is_empty(report) == 1);
  CHECK(report.add("longer name", "l", 5, -7) == 1);
  CHECK(report.add("x", "label", 123456, 2) == 1);
  CHECK(dm_report_is_empty(report) == 0);
  CHECK(report.output() == Lines{"Name       :Label   :Size  :Chg",
                                 "longer name:       l:     5:-7 ",
                                 "x          :   label:123456:2  "});
  CHECK(dm_report_is_empty(report) == 1);
  CHECK(report.output().empty());
  CHECK(report.add("y", "", 1) == 1);
  CHECK(report.output() == Lines{"y   :        :  1:0  "});
  libdmtest::lines.clear();
  CHECK(dm_report_column_headings(report) == 1);
  CHECK(libdmtest::lines == Lines{"Name:Label   :Siz:Chg"});
}

TEST_CASE("report: names of fields go before their values, as udev's rules read them") {
  const libdmtest::Lab lab;
  Report report("name_name,size", prefixed | asRows);
  CHECK(dm_report_set_output_field_name_prefix(report, "dm_") == 1);
  CHECK(report.add("it's", "", 5) == 1);
  CHECK(report.output() == Lines{"DM_NAME_NAME='it's'", "DM_SIZE='5'"});
  Report unquoted("name_name,size", prefixed | DM_REPORT_OUTPUT_FIELD_UNQUOTED);
  CHECK(dm_report_set_output_field_name_prefix(unquoted, "") == 1);
  libdmtest::lines.clear();
  CHECK(unquoted.add("a b", "", 5) == 1);
  CHECK(libdmtest::lines == Lines{"NAME_NAME=a b:SIZE=5"});
}

TEST_CASE("report: columns as rows") {
  const libdmtest::Lab lab;
  Report report("name,size", aligned | headings | asRows);
  CHECK(report.add("one", "", 5) == 1);
  CHECK(report.add("second", "", 6) == 1);
  CHECK(report.output() == Lines{"Name:one:second", "Size:5:6"});
}

TEST_CASE("report: rows are sorted by keys, which need not be shown") {
  const libdmtest::Lab lab;
  const auto sorted = [](const char* keys) {
    Report report("name", buffered, keys);
    CHECK(report.add("b", "2", 10, -1) == 1);
    CHECK(report.add("a", "1", 9, 1) == 1);
    CHECK(report.add("b", "1", 100, 0) == 1);
    std::string text;
    for (const std::string& line : report.output()) text += line;
    return text;
  };
  CHECK(sorted("") == "bab");
  CHECK(sorted("+name") == "abb");
  CHECK(sorted("-name") == "bba");
  CHECK(sorted("size") == "abb");
  CHECK(sorted("-size") == "bba");
  CHECK(sorted("change") == "bab");  // as without a sign
  CHECK(sorted("label,-name") == "bab");
  CHECK(sorted("name,-size") == "abb");
}

TEST_CASE("report: texts of the types of fields") {
  const libdmtest::Lab lab;
  Report report("part,tags,unsorted,own,selected", 0);
  libdmtest::lines.clear();
  CHECK(report.add("", "", 1, 0, 1, {"b", "c", "a"}) == 1);
  CHECK(report.add("", "", 1, 0, DM_PERCENT_INVALID) == 1);
  CHECK(report.add("", "", 1, 0, 99995000, {"x"}) == 1);
  CHECK(report.add("", "", 1, 0, DM_PERCENT_100) == 1);
  CHECK(libdmtest::lines ==
        Lines{"0.01:a,b,c:b;;c;;a:mine:1", ":::mine:1", "99.99:x:x:mine:1", "100.00:::mine:1"});
  CHECK(report.add("", "", 1, 0, 2000000000) == 0);
  CHECK(libdmtest::lines.back() == "_do_report_object: report function failed for field part");
}

TEST_CASE("report: an object whose function fails is left out") {
  const libdmtest::Lab lab;
  Report report("name,size", buffered);
  CHECK(report.add("x", "", 13) == 0);
  CHECK(libdmtest::lines == Lines{"_do_report_object: report function failed for field size"});
  CHECK(report.output().empty());
  CHECK(dm_report_object(nullptr, nullptr) == 0);
}

TEST_CASE("report: names without case, underscores or the prefix; all, help and unknown names") {
  const libdmtest::Lab lab;
  const auto row = [](const char* shown, std::uint32_t of) {
    Report report(shown, 0, nullptr, nullptr, of);
    libdmtest::lines.clear();
    if (report != nullptr) CHECK(report.add("n", "l", 5, 0, DM_PERCENT_100) == 1);
    return libdmtest::lines;
  };
  CHECK(row("NAME", 1) == Lines{"n"});
  CHECK(row("namename,,na_me", 1) == Lines{"n:n"});
  CHECK(row("all,size", 1) == Lines{"n:l:5:0:100.00:::mine:5"});
  CHECK(row("name_all", 2) == Lines{"n:l:::mine"});
  CHECK(row("all", 2) == Lines{"5:0:100.00"});
  CHECK(row("all", 0) == Lines{"n:l:5:0:100.00:::mine"});
  CHECK(row("name_name,help", 3).empty());
  libdmtest::lines.clear();
  const Report unknown("name,nope", 0);
  CHECK_FALSE(unknown != nullptr);
  CHECK(libdmtest::lines.front() == "Names Fields");
  CHECK(libdmtest::lines[2] == "  name_all   - All fields in this section.");
  CHECK(libdmtest::lines.back() == "Unrecognised field: nope");
  CHECK(!made("name,-nope", nullptr));
  CHECK(libdmtest::lines.back() == "dm_report: Unrecognised field: -nope");
}

TEST_CASE("report: columns that are empty in all rows can be left out") {
  const libdmtest::Lab lab;
  Report report("name,label,tags", buffered | headings);
  CHECK(report.add("", "l", 1) == 1);
  CHECK(report.add("", "", 1) == 1);
  CHECK(dm_report_compact_fields(report) == 1);
  CHECK(report.output() == Lines{"Label:", "l", ""});
  CHECK(report.add("", "", 1) == 1);
  CHECK(dm_report_compact_given_fields(report, "name_name,nope") == 0);
  CHECK(dm_report_compact_given_fields(report, "name_name") == 1);
  CHECK(report.output() == Lines{""});
}

TEST_CASE("report: a selection with criteria is refused") {
  const libdmtest::Lab lab;
  CHECK(made(nullptr, ""));
  CHECK(made(nullptr, "all"));
  CHECK(!made(nullptr, "name_name=x"));
  CHECK(libdmtest::lines ==
        Lines{"libdevmapper: selection criteria are not provided by devmap: name_name=x"});
  Report report("name", buffered);
  CHECK(dm_report_set_selection(report, nullptr) == 1);
  CHECK(dm_report_set_selection(report, "size>1") == 0);
  Item item{"n", "", 1, 0, 0, {}};
  int selected = 0;
  CHECK(dm_report_object_is_selected(report, &item, 0, &selected) == 1);
  CHECK(selected == 1);
  CHECK(dm_report_is_empty(report) == 1);
  CHECK(dm_report_object_is_selected(report, &item, 1, nullptr) == 1);
  CHECK(dm_report_is_empty(report) == 0);
  dm_report_destroy_rows(report);
  CHECK(report.output().empty());
}

TEST_CASE("report: rows that are printed many times") {
  const libdmtest::Lab lab;
  Report report("name", buffered | DM_REPORT_OUTPUT_MULTIPLE_TIMES);
  CHECK(report.add("n", "", 1) == 1);
  CHECK(report.output() == Lines{"n"});
  CHECK(report.output() == Lines{"n"});
}

TEST_CASE("report: a group of one report prints it when it ends") {
  const libdmtest::Lab lab;
  Report report("name", buffered);
  Report other("name", buffered);
  dm_report_group* const group = dm_report_group_create(DM_REPORT_GROUP_SINGLE, nullptr);
  REQUIRE(group != nullptr);
  CHECK(dm_report_group_push(group, report, nullptr) == 1);
  CHECK(dm_report_group_push(group, other, nullptr) == 0);
  CHECK(report.add("n", "", 1) == 1);
  libdmtest::lines.clear();
  CHECK(dm_report_group_output_and_pop_all(group) == 1);
  CHECK(libdmtest::lines == Lines{"n"});
  CHECK(dm_report_group_pop(group) == 1);
  CHECK(dm_report_group_pop(group) == 0);
  CHECK(dm_report_group_destroy(group) == 1);
  CHECK(dm_report_group_create(DM_REPORT_GROUP_JSON, nullptr) == nullptr);
}
