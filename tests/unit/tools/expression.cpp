// Regular expressions of selections: libdevmapper's syntax, or refused.

#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "cli/expression.hpp"

using tool::dmsetup::Expression;
using namespace std::string_literals;

namespace {

bool fits(std::string_view expression, std::string_view text) {
  Expression compiled;
  const char* const wrong = compiled.compile(expression);
  if (wrong != nullptr) FAIL_CHECK(std::string(expression) << ": " << wrong);
  const std::optional<bool> fit = wrong == nullptr ? compiled.fits(text) : std::nullopt;
  CHECK(fit.has_value());
  return fit.value_or(false);
}

std::string refusal(std::string_view expression) {
  Expression compiled;
  const char* const wrong = compiled.compile(expression);
  return wrong == nullptr ? "" : wrong;
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

}  // namespace

TEST_CASE("expression: a long name in a repeated group") {
  const std::string docker = "docker-254-0-1234567-" + repeated("0123456789abcdef", 4).substr(3);
  REQUIRE(docker.size() == 82);
  CHECK(fits("^([a-z0-9]|-)+$", docker));
  CHECK(fits("^([a-z0-9]|-)+$", repeated("a-", 63)));
  CHECK_FALSE(fits("^([a-z0-9]|-)+$", docker + "_"));
  CHECK(fits("^((a|b)(c|d))*$", repeated("adbc", 30)));
  CHECK_FALSE(fits("(a*)*(a*)*(a*)*(a*)*(a*)*b", repeated("a", 127)));
  CHECK(fits("(((a+)+)+)+$", repeated("a", 127)));
}

TEST_CASE("expression: the ends of a text are characters") {
  CHECK(fits("^a$", "a"));
  CHECK_FALSE(fits("^a$", "ba"));
  CHECK(fits(".a", "a"));
  CHECK(fits("...", "a"));
  CHECK_FALSE(fits("....", "a"));
  CHECK(fits("a[^0-9]", "a"));
  CHECK_FALSE(fits("a[^0-9]", "a1"));
  CHECK(fits("(^a|b$)", "cb"));
  CHECK(fits("^*a", "ba"));
  CHECK_FALSE(fits("^^a", "a"));
  CHECK_FALSE(fits("a$b", "ab"));
  CHECK(fits("^$", ""));
  CHECK_FALSE(fits("[$]", "a"));
}

TEST_CASE("expression: bytes and classes") {
  CHECK(fits("^a.b$",
             "a\xff"
             "b"));
  CHECK_FALSE(fits("a.b", "a\nb"));
  CHECK_FALSE(fits("a.b", "a\rb"));
  CHECK(fits("a[^x]b", "a\nb"));
  CHECK(fits("^..$", "\xc3\xbc"));
  CHECK(fits("^[^a][^a]$", "\xc3\xbc"));
  CHECK(fits("\xc3\xbc", "x\xc3\xbcx"));
  CHECK(fits("[c-a]", "b"));
  CHECK(fits("[a-c-e]", "d"));
  CHECK_FALSE(fits("[a-c-e]", "-"));
  CHECK(fits("[-a]", "-"));
  CHECK_FALSE(fits("[a\\-c]", "b"));
  CHECK(fits("[a\\-c]", "-"));
  CHECK(fits("[\\^]", "^"));
  CHECK_FALSE(fits("^[\\^]$", "a"));
  CHECK(fits("^[\\^\\-]$", "-"));
  CHECK(fits("^[\\^\\-]$", "^"));
  CHECK(fits("^[\\]x]$", "]"));
  CHECK(fits("^[[:]$", "["));
  CHECK(fits("[[:alpha:]]", "a]"));
  CHECK_FALSE(fits("[[:alpha:]]", "z"));
  CHECK_FALSE(fits("[[=a=]]", "a"));
  CHECK(fits("^[!-~]+$", "aZ09^-[]\\{}"));
  CHECK_FALSE(fits("^[^!-~]+$", "-"));
}

TEST_CASE("expression: escapes, and what is no operator here") {
  CHECK(fits("a\\tb", "a\tb"));
  CHECK(fits("\\d", "d"));
  CHECK_FALSE(fits("\\d", "5"));
  CHECK(fits("(a)\\1", "a1"));
  CHECK_FALSE(fits("(a)\\1", "aa"));
  CHECK(fits("\\<a", "<a"));
  CHECK(fits("a{2}", "a{2}"));
  CHECK_FALSE(fits("a{2}", "aa"));
  CHECK(fits("]}", "]}"));
  CHECK(fits("^a**b$", "aab"));
  CHECK(fits("^a+?b$", "b"));
  CHECK(fits("^a?+b$", "aab"));
  CHECK_FALSE(fits("^a??b$", "aab"));
}

TEST_CASE("expression: what is refused") {
  for (const char* const text : {"", "()", "a|", "|a", "a||b", "(a|)", "(|a)"})
    CHECK(refusal(text) == "has an empty alternative");
  for (const char* const text : {"*a", "+", "(?a)", "a|*"})
    CHECK(refusal(text) == "has nothing before a *, + or ?");
  for (const char* const text : {"(a", "((a)"}) CHECK(refusal(text) == "has a ( without its )");
  for (const char* const text : {"a)", "a)|(b"}) CHECK(refusal(text) == "has a ) without its (");
  for (const char* const text : {"[a", "[", "[a-]", "[a-", "[a\\", "[^"})
    CHECK(refusal(text) == "has a [ without its ], or a range without its end");
  for (const char* const text : {"[]", "[]a]", "[^]a]"})
    CHECK(refusal(text).starts_with("has a [] without a member"));
  for (const char* const text : {"[\xc3\xbc]", "[^\xc3\xbc]", "[a-\xff]"})
    CHECK(refusal(text) == "has a character in [] that takes several bytes");
  CHECK(refusal("a\\") == "ends in a \\");
  CHECK(refusal("a\0b"s) == "holds a NUL");
  CHECK(refusal(repeated("a", 4096)).empty());
  CHECK(refusal(repeated("a", 4097)) == "is longer than 4096 bytes");
  CHECK(refusal(repeated("(", 240) + "a" + repeated(")", 240)).empty());
  CHECK(refusal(repeated("(", 300) + "a" + repeated(")", 300)) == "has too many groups in groups");
  CHECK(refusal(repeated("(", 20) + "a" + repeated(")+", 20)) == "is too large");
}

TEST_CASE("expression: what cannot be decided has no answer") {
  Expression expression;
  CHECK_FALSE(expression.fits("a").has_value());
  CHECK(expression.compile("a") == nullptr);
  CHECK_FALSE(expression.fits("a\0b"s).has_value());
  CHECK(expression.fits("a") == true);
  CHECK(expression.compile("b") == nullptr);
  CHECK(expression.fits("a") == false);
}

TEST_CASE("expression: the largest ones end soon") {
  const std::string name = repeated("a", 127);
  for (const std::string& text :
       {repeated("a?", 900), "(" + repeated("a*", 900) + ")*", repeated("(a|b)*", 600),
        repeated(".*", 900), repeated("(a?b?)+", 130),
        repeated("(", 200) + "a" + repeated(")*", 200)})
    CHECK_FALSE(fits(text + "x", name));
  CHECK(fits(repeated("a|", 2000) + "b", name));
}
