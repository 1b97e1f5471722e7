// The one line that a person reads, and Result.

#include <devmap/error.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

using namespace devmap;

TEST_CASE(
    "a message holds operation, device, row, detail, errno and the kernel's sentence, in this "
    "order") {
  const Error error{.code = Errc::notFound,
                    .operation = "load table",
                    .errnum = ENOENT,
                    .device = "pool",
                    .row = 2,
                    .detail = "a device that the table names does not exist",
                    .kernelMessage = "device-mapper: table: x"};
  CHECK(error.message() ==
        "load table 'pool': row 2: a device that the table names does not exist: no such file or "
        "directory (ENOENT); the kernel says: "
        "device-mapper: table: x");
}

TEST_CASE("what an error lacks leaves no trace in its message") {
  CHECK(Error{.code = Errc::timedOut, .operation = "wait for udev"}.message() == "wait for udev");
  CHECK(Error{.code = Errc::refusedByKernel, .operation = "x", .errnum = 9999}.message() ==
        "x: errno 9999");
}

TEST_CASE("control bytes cannot forge a line") {
  const Error error{
      .code = Errc::busy, .operation = "remove device", .device = "a\nerror: b\x7f\x1b"};
  CHECK(error.message() == "remove device 'a\\x0aerror: b\\x7f\\x1b'");
}

TEST_CASE("errnos by name") {
  CHECK(errnoName(EINVAL) == "EINVAL");
  CHECK(errnoName(ENODATA) == "ENODATA");
  CHECK(errnoName(12345) == "errno 12345");
  CHECK(errnoName(-5) == "errno -5");
}

namespace {

/// Whether the function ends the program.
bool ends(void (*function)()) {
  const pid_t child = fork();
  if (child == 0) {
    function();
    _exit(0);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child &&
         !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace

TEST_CASE("reading the wrong side of a Result ends the program") {
  CHECK_FALSE(ends([] { static_cast<void>(*Result<int>(1)); }));
  CHECK(ends([] { static_cast<void>(*Result<int>(Error{})); }));
  CHECK(ends([] { static_cast<void>(Result<int>(1).error()); }));
  CHECK(ends([] { static_cast<void>(Result<void>().error()); }));
  CHECK(ends([] { static_cast<void>(Result<int>(1).error()); }));
  CHECK(ends([] {
    static_cast<void>(Result<void>().error());
  }));  // otherwise it would be a Result<int> without a value
}

TEST_CASE("a failed Result that was moved from is failed still") {
  Result<std::string> text(Error{.code = Errc::busy, .operation = "x", .detail = "why"});
  Result<std::string> other(std::move(text));
  CHECK_FALSE(text);  // NOLINT(bugprone-use-after-move): that is what is looked at
  REQUIRE_FALSE(other);
  CHECK(other.error().detail == "why");
  const Result<int> third = std::move(other).error();
  CHECK_FALSE(other);  // NOLINT(bugprone-use-after-move)
  CHECK(third.error().code == Errc::busy);
  text = std::string("now a value");
  CHECK(*text == "now a value");
  Result<void> nothing(third.error());
  const Result<void> passed = std::move(nothing).error();
  CHECK_FALSE(passed);
  CHECK_FALSE(nothing);                     // NOLINT(bugprone-use-after-move)
  CHECK(third.error().code == Errc::busy);  // a copy was taken
}

TEST_CASE("Result keeps one value, or none") {
  const auto counted = std::make_shared<int>(1);
  const Error error{.code = Errc::suspended, .operation = "x"};
  {
    Result<std::shared_ptr<int>> value(counted);
    Result<std::shared_ptr<int>> copy(value);
    CHECK(counted.use_count() == 3);
    copy = Result<std::shared_ptr<int>>(error);
    CHECK(counted.use_count() == 2);
    CHECK(copy.error().code == Errc::suspended);
    copy = value;
    CHECK(counted.use_count() == 3);
    value = std::move(copy);
    CHECK(counted.use_count() == 2);
    const auto& itself = value;
    value = itself;
    CHECK(counted.use_count() == 2);
    REQUIRE(value);
    CHECK(**value == 1);
  }
  CHECK(counted.use_count() == 1);
}

TEST_CASE("Result holds a value or an error") {
  Result<int> good(7);
  REQUIRE(good);
  CHECK(*good == 7);
  CHECK(good.value_or(1) == 7);
  Result<int> bad(Error{.code = Errc::busy, .operation = "x"});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::busy);
  CHECK(bad.value_or(1) == 1);
  Result<std::unique_ptr<int>> moved(std::make_unique<int>(3));
  const std::unique_ptr<int> taken = *std::move(moved);
  CHECK(*taken == 3);
  Result<void> nothing;
  CHECK(nothing);
  Result<void> failed(Error{.code = Errc::suspended, .operation = "x"});
  CHECK_FALSE(failed);
  CHECK(failed.error().code == Errc::suspended);
}
