// Plain value types.

#include <devmap/types.hpp>
#include <devmap/udev.hpp>

#include <doctest/doctest.h>

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
  CHECK(flags == (UdevFlag::disableDmRules | UdevFlag::disableLibraryFallback | UdevFlag::primarySource));
  CHECK(flags.has(UdevFlag::disableDmRules));
  CHECK_FALSE(flags.has(UdevFlag::lowPriority));
  CHECK(privateDeviceFlags.bits() == 0x000E);
  CHECK(std::string_view(udevPropertyName(UdevFlag::primarySource)) == "DM_UDEV_PRIMARY_SOURCE_FLAG");
  CHECK(std::string_view(udevPropertyName(UdevFlag::subsystem7)) == "DM_SUBSYSTEM_UDEV_FLAG7");
  CHECK(std::string_view(udevPropertyName(static_cast<UdevFlag>(0x80))) == "DM_UDEV_FLAG7");
}
