// dmsetup vdostats, dmvdostats: how full vdo devices are.

#include "cli/print.hpp"
#include "dmsetup/report.hpp"
#include "dmsetup/stats.hpp"
#include "show/vdo_stats.hpp"

namespace tool::dmsetup {
namespace {

/// Shows one device. Skips one that is not a vdo, unless it was asked for by name: that is an
/// error.
bool showVdo(Run& run, const Address& address, bool named) {
  const auto table = run.look(TaskType::DeviceTable, address);
  const bool isVdo = table && table->rows().size() == 1 && table->rows().front().type == "vdo";
  if (!isVdo && !named) return true;
  if (!isVdo) return fail("Device ", address.name, " is not a VDO device.");
  const auto reply = send(run, table->info(), "stats");
  if (!reply) return false;
  const auto fields = readVdoStats(*reply);
  if (run.has(Opt::verbose)) return put(vdoText(table->info().name, fields)), true;
  const VdoUse use = useOf(fields);
  Subject subject{table->info()};
  subject.vdo = &use;
  return run.report->add(run, subject);
}

bool showAll(Run& run, Words operands) {
  if (run.addressed() && operands.empty()) {
    const auto address = run.address(std::nullopt);
    return address && showVdo(run, *address, true);
  }
  if (operands.empty()) {
    const auto devices = run.all();
    bool done = devices.has_value();
    for (std::size_t i = 0; done && i < devices->size(); ++i)
      done = showVdo(run, {{}, {}, (*devices)[i].device}, false);
    return done;
  }
  for (const std::string_view operand : operands) {
    const auto address = run.address(operand);
    if (!address || !showVdo(run, *address, true)) return false;
  }
  return true;
}

}  // namespace

bool runVdoStats(Run& run, Words operands) {
  Report report;
  const auto own = 1U << static_cast<unsigned>(FieldGroup::vdo);
  if (!run.has(Opt::verbose) &&
      !report.prepare(
          run.line, "vdo_name,vdo_physical_size,vdo_used,vdo_available,vdo_used_pct,vdo_saving_pct",
          own))
    return false;
  run.report = &report;
  Repetition repetition(run);
  bool done = false;
  do {
    done = showAll(run, operands);
    report.output();
  } while (done && repetition.again());
  return done;
}

void vdoValue(const Run& run, const Subject& subject, FieldId id, FieldValue& value) {
  if (id == FieldId::vdoName) value.text = subject.info.name;
  if (id == FieldId::vdoName || subject.vdo == nullptr) return;
  const VdoUse& use = *subject.vdo;
  std::optional<std::uint64_t> number = use.size;
  if (id == FieldId::vdoUsed) number = use.used;
  if (id == FieldId::vdoAvailable) number = use.available;
  if (id == FieldId::vdoUsedPercent) number = use.usedPercent;
  if (id == FieldId::vdoSavingPercent) number = use.savingPercent;
  const bool percent = id == FieldId::vdoUsedPercent || id == FieldId::vdoSavingPercent;
  value = {"N/A", -1};
  if (number) value.number = static_cast<double>(*number);
  if (number) value.text = percent ? join(*number, "%") : sizeText(run, value.number);
}

}  // namespace tool::dmsetup
