#include <devmap/targets/log_writes.hpp>
#include <targets/engine/define.hpp>

namespace devmap::targets {
namespace detail {
namespace {

constexpr Field table[] = {word<&LogWrites::device>("device"), word<&LogWrites::log>("log"),
                           rest<&LogWrites::rest>()};
constexpr Field status[] = {
    word<&LogWritesStatus::entries>("entries"),
    word<&LogWritesStatus::lastSector>("last_sector").in(Unit::sectors),
    field<&LogWritesStatus::loggingDisabled>(Shape::optional, "logging_disabled"),
    rest<&LogWritesStatus::rest>(),
};

}  // namespace

constexpr Grammar logWritesGrammar = grammar<LogWrites, LogWritesStatus>(table, status, {});

}  // namespace detail

DEVMAP_TARGET(LogWrites, LogWritesStatus, logWritesGrammar)

}  // namespace devmap::targets
