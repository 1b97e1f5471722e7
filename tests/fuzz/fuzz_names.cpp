// Fuzz target: names and uuids, and their mangled forms.
#include <string>

#include <devmap/name.hpp>

#include "fuzz.hpp"

using namespace devmap;
using fuzz::expect;

namespace {

bool plain(std::string_view mangled) {
  for (const char c : mangled)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) > '~' || c == '/')
      return false;
  return true;
}

void mangled(std::string_view bytes) {
  const std::string once = mangle(bytes);
  expect(plain(once), "a mangled name with bytes that udev replaces");
  expect(mangle(once) == once, "a mangled name is mangled again");

  const auto all = mangle(bytes, NameMangling::hex);
  expect(all.has_value() && plain(*all), "a mangled name with bytes that udev replaces");
  expect(unmangle(*all, NameMangling::hex) == bytes,
         "a name changes when it is mangled and unmangled");

  const auto either = mangle(bytes, NameMangling::automatic);
  if (!either)
    return expect(!either.error().detail.empty() && bytes.find('\\') != bytes.npos,
                  "a refusal without its reason");
  expect(plain(*either) && *either == once, "automatic mangling does something of its own");
  const auto again = mangle(*either, NameMangling::automatic);
  // A `\x` without two digits after it is mangled to what looks mangled twice. libdevmapper refuses
  // that too.
  expect(again ? *again == *either : either->find("\\x5cx") != std::string::npos,
         "a mangled name is mangled again");
  const std::string back = unmangle(*either, NameMangling::automatic);
  expect(back == bytes || back == unmangle(bytes, NameMangling::automatic),
         "a name becomes another");
}

void names(std::string_view bytes) {
  const auto name = Name::parse(bytes);
  if (name)
    expect(name->str() == bytes && bytes.size() <= Name::maxLength &&
               bytes.find_first_of(std::string_view("/\0", 2)) == bytes.npos,
           "a name that the kernel refuses");
  else
    expect(name.error().code == Errc::invalidName && !name.error().detail.empty(),
           "a refusal without its reason");
  if (const auto forNode = Name::parseForNode(bytes)) {
    expect(name.has_value() && mangle(bytes) == bytes, "a name that cannot stand in a link");
  } else if (name) {
    expect(forNode.error().detail.find(mangle(bytes)) != std::string::npos,
           "a refusal that does not propose the mangled form");
  }
  const auto uuid = Uuid::parse(bytes);
  expect(uuid.has_value() ==
             (!bytes.empty() && bytes.size() <= Uuid::maxLength && bytes.find('\0') == bytes.npos),
         "a wrong judgement of a uuid");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  mangled(bytes);
  names(bytes);
  return 0;
}
