// Plain value types.

#include <devmap/timeout.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>

#include <doctest/doctest.h>

#include <base/deadline.hpp>
#include <devmap/fake/kernel.hpp>

#include <limits>

using namespace devmap;

TEST_CASE("sectors are 512 bytes, and a rest is dropped") {
  CHECK((toSectors(1024) == Sectors{2}));
  CHECK((toSectors(1023) == Sectors{1}));
  CHECK(toSectors(std::numeric_limits<std::uint64_t>::max()).count == (std::uint64_t{1} << 55) - 1);
  CHECK(toBytes(Sectors{3}) == 1536);
}

TEST_CASE("text of numbers and versions") {
  CHECK((devmap::toString(DeviceNumber{253, 1048575}) == std::string("253:1048575")));
  CHECK((devmap::toString(Version{4, 47, 0}) == std::string("4.47.0")));
  CHECK((Version{4, 9, 9} < Version{4, 10, 0}));
}

TEST_CASE("udev flags are the upper half of a DM_COOKIE, and each has its property") {
  const UdevFlags flags = udevFlagsOf(0x00610D4D);
  CHECK(flags ==
        (UdevFlag::disableDmRules | UdevFlag::disableLibraryFallback | UdevFlag::primarySource));
  CHECK(flags.has(UdevFlag::disableDmRules));
  CHECK_FALSE(flags.has(UdevFlag::lowPriority));
  CHECK(privateDeviceFlags.bits() == 0x000E);
  CHECK(std::string_view(udevPropertyName(UdevFlag::primarySource)) ==
        "DM_UDEV_PRIMARY_SOURCE_FLAG");
  CHECK(std::string_view(udevPropertyName(UdevFlag::subsystem7)) == "DM_SUBSYSTEM_UDEV_FLAG7");
  CHECK(std::string_view(udevPropertyName(static_cast<UdevFlag>(0x80))) == "DM_UDEV_FLAG7");
}

TEST_CASE("a timeout that does not fit into nanoseconds is for ever, and one below zero is zero") {
  using std::chrono::nanoseconds;
  static_assert(toNanoseconds(Timeout{30'000}) == nanoseconds{30'000'000'000});
  static_assert(toNanoseconds(Timeout{0}) == nanoseconds{0});
  static_assert(toNanoseconds(Timeout{-1}) == nanoseconds{0});
  static_assert(toNanoseconds(Timeout::min()) == nanoseconds{0});
  static_assert(toNanoseconds(Timeout::max()) == nanoseconds::max());
  static_assert(toNanoseconds(Timeout{9'223'372'036'854}) ==
                nanoseconds{9'223'372'036'854'000'000});
  static_assert(toNanoseconds(Timeout{9'223'372'036'855}) == nanoseconds::max());
  FakeKernel kernel;  // its clock stands still
  for (const Timeout timeout : {Timeout::max(), Timeout{9'223'372'036'854}}) {
    const base::Deadline deadline(kernel, timeout);
    CHECK(deadline.left() >= std::chrono::hours{24 * 365 * 292});
    CHECK(deadline.leftAsTimeout() >= std::chrono::hours{24 * 365 * 292});
    CHECK_FALSE(deadline.passed());
  }
  CHECK(base::Deadline(kernel, Timeout::min()).passed());
  CHECK(base::Deadline(kernel, nanoseconds{-1}).left() == nanoseconds{0});
  CHECK(base::Deadline(kernel, nanoseconds{1}).leftAsTimeout() == Timeout{1});
}

TEST_CASE("FakeKernel waits for ever more than once") {
  FakeKernel kernel;
  for (int i = 0; i < 3; ++i) CHECK(kernel.sleep(std::chrono::nanoseconds::max()) == 0);
  CHECK(kernel.now() == std::chrono::nanoseconds::max());
}
