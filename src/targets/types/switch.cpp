#include <devmap/targets/switch.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Nest paths = nest<&Switch::paths>(deviceSpanFields);
constexpr Rule positive{.min = 1, .max = UINT32_MAX};
constexpr Field table[] = {
    field<&Switch::paths>(Shape::count, "paths").of(paths).with(positive),
    word<&Switch::regionSize>("region_size").in(Unit::sectors).with(positive),
    groupRequired(),
    unknown<&Switch::options>(),
    end,
    field<&Switch::paths>(Shape::elements, "paths").of(paths),
    rest<&Switch::rest>(),
};
constexpr Names<table> named;

Fault check(const void* object, std::uint64_t) noexcept {
  if (!static_cast<const Switch*>(object)->options.empty())
    return {named["unknown"], "the kernel takes no options here"};
  return {};
}

void hex(std::string& out, std::uint64_t value) {
  char digits[16];
  Writer writer(digits);
  writer.put(value, 16);
  out.append(digits, writer.bytes());
}

}  // namespace

constexpr Grammar switchGrammar =
    grammar<Switch, NoStatus>(table, noStatus, {.check = check, .closed = true});

}  // namespace detail

using detail::hex;

Switch::RegionMappings& Switch::RegionMappings::set(std::uint64_t region, std::uint64_t path) {
  text_ += ' ';
  hex(text_, region);
  text_ += ':';
  hex(text_, path);
  return *this;
}

Switch::RegionMappings& Switch::RegionMappings::next(std::uint64_t path) {
  text_ += " :";
  hex(text_, path);
  return *this;
}

Switch::RegionMappings& Switch::RegionMappings::repeat(std::uint64_t cycle, std::uint64_t count) {
  text_ += " R";
  hex(text_, cycle);
  text_ += ',';
  hex(text_, count);
  return *this;
}

DEVMAP_TARGET(Switch, NoStatus, switchGrammar)

}  // namespace devmap::targets
