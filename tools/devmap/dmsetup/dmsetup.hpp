// The tool as `dmsetup`, `dmstats`, `dmvdostats` and `devmap_name`: what its verbs share. The
// contract of all of it: standard output and exit status are those of dmsetup `spokenVersion` for
// the same devices. devmap.8 lists the intended differences.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/devmap.hpp>

#include "cli/cookie_keeper.hpp"
#include "cli/session.hpp"
#include "dmsetup/options.hpp"
#include "show/device_tree.hpp"

namespace tool::dmsetup {

/// Shows an error: dmsetup's line, then devmap's. `asked`: the device as it was addressed. Always
/// returns false.
bool fail(const Error& error, const Address& asked, NameMangling mangling);
/// The same for an error that names its device.
bool fail(const Error& error);

/// The version of dmsetup that the tool behaves as, with its date, as `version` prints it. It is
/// the one in Debian 13.
inline constexpr std::string_view spokenVersion = "1.02.205 (2025-02-27)";

using Words = std::span<const std::string_view>;
class Report;
struct Run;

/// What a verb does with devices.
enum class Scope : std::uint8_t {
  once,   ///< calls `once` with the operands
  each,   ///< every operand is a device: calls `each` until one fails; needs at least one
  orAll,  ///< the same, on all devices if none is named
};

struct Verb {
  const char* name;
  const char* operands;  ///< as help shows them
  std::uint8_t least;
  std::uint8_t most;  ///< 255: any number
  Scope scope;
  bool (*once)(Run& run, Words operands);
  bool (*each)(Run& run, const Address& address, bool several);
};

/// One call of the program.
/// Lifetime: the whole program. Not movable: its tasks refer to its context.
struct Run {
  explicit Run(const Line& options) noexcept : line(options) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  const Line& line;
  std::string devDirectory = "/dev";
  NameMangling mangling = NameMangling::automatic;
  NameMangling wantedForm =
      NameMangling::automatic;  ///< what `mangle` gives names, while `mangling` is none
  CookieKeeper kernel;
  std::optional<DeviceMapper> context;
  UdevFlags flags = UdevFlag::disableLibraryFallback;
  std::uint32_t cookie = 0;  ///< one that another process waits for; 0: none.
  Address asked;             ///< the device of the last task, as dmsetup would address it.
  bool began = false;        ///< the verb has started, so an error means that the command failed.
  bool printed = false;      ///< `table --concise`: a device precedes this one.
  Relatives relatives;       ///< which devices use which, for the report.
  Report* report = nullptr;  ///< the columns of this call, if it has any.
  std::chrono::nanoseconds covered = std::chrono::seconds{1};  ///< the time that this report covers

  [[nodiscard]] bool has(Opt opt) const noexcept { return line.has(opt); }
  [[nodiscard]] std::string_view value(Opt opt) const noexcept { return line.value(opt); }
  /// Whether -u, or -j and -m, name the device.
  [[nodiscard]] bool addressed() const noexcept { return has(Opt::uuid) || has(Opt::major); }

  /// Reads the environment and the options that every verb takes. Returns false after showing an
  /// error.
  [[nodiscard]] bool prepare();
  /// The part of prepare() whose errors are followed by a line that says so.
  [[nodiscard]] bool takeOptions();
  /// Opens the context unless it is open. Returns false after showing an error.
  [[nodiscard]] bool open();

  /// The device that an operand names or, without one, -u or -j and -m. Opens the context. Returns
  /// nothing after showing an error.
  [[nodiscard]] std::optional<Address> address(std::optional<std::string_view> operand);
  /// The same. Takes the operand off `operands`, unless the options name the device and `operands`
  /// has at most `others`.
  [[nodiscard]] std::optional<Address> takeAddress(Words& operands, std::size_t others);
  /// All devices, by number, in the kernel's order. Returns nothing after showing an error.
  [[nodiscard]] std::optional<std::vector<DeviceEntry>> all();

  /// A task for the device, with the settings that the options ask for. A name next to a number is
  /// only for errors.
  [[nodiscard]] Result<Task> task(TaskType type, const Address& address = {});
  /// Runs the task. If it causes a udev event, runs it with a cookie and waits for udev.
  [[nodiscard]] Result<void> execute(Task& task);
  /// The same. Returns false after showing an error.
  [[nodiscard]] bool perform(Result<Task>& task);
  /// Shows an error of the last task. Always returns false.
  bool failed(const Error& error) const { return fail(error, asked, mangling); }
  /// Runs a task that reads. Returns nothing after showing an error, which includes a missing
  /// device.
  [[nodiscard]] std::optional<Task> look(TaskType type, const Address& address);

  /// Path of the device's node.
  [[nodiscard]] std::string nodeOf(std::string_view name) const;
};

/// Shows an error. Always returns false.
template <typename... T>
bool fail(const T&... parts) {
  return complain(parts...);
}
/// Returns true for success; shows the error otherwise.
template <typename T>
[[nodiscard]] bool ok(const Result<T>& result) {
  return result.has_value() || fail(result.error());
}

/// The block of `info` without -c.
void printInfo(Run& run, const DeviceInfo& info);
/// Shows a device that a verb with -v has changed.
bool showIfVerbose(Run& run, const Address& address);
/// Runs the words of --exec, followed by the node's path. Returns false if it cannot fork.
bool execute(Run& run, std::string_view name);
/// Name of the block device in the kernel, `dm-0` or `loop1`; empty if there is none.
[[nodiscard]] std::string blockName(DeviceNumber number);

/// A name or uuid, given as the kernel has it, in the form of the mode. Errors: invalidName if the
/// form cannot be decided.
[[nodiscard]] Result<std::string> inForm(std::string_view kernelText, NameMangling mode);

/// Calls `verb.each` for the devices that the operands and -S select.
bool runEach(Run& run, const Verb& verb, Words operands);
/// The devices that -S selects. Says so if there are none to select from. Returns nothing after
/// showing an error.
[[nodiscard]] std::optional<std::vector<DeviceEntry>> selected(Run& run);

/// The whole program. `name`: as it was called; `words`: its arguments. Returns the exit status.
int runProgram(std::string_view name, Words words);
/// Whether the program acts as dmsetup when it is called by this path.
[[nodiscard]] bool isPersonality(std::string_view path);

// The verbs, by file.
bool runCreate(Run& run, Words operands);
bool runLoad(Run& run, Words operands);
bool removeOne(Run& run, const Address& address, bool several);
bool runRemoveAll(Run& run, Words operands);
bool suspendOne(Run& run, const Address& address, bool several);
bool resumeOne(Run& run, const Address& address, bool several);
bool clearOne(Run& run, const Address& address, bool several);
bool wipeOne(Run& run, const Address& address, bool several);
bool runRename(Run& run, Words operands);
bool runMessage(Run& run, Words operands);
bool runGeometry(Run& run, Words operands);
bool runMknodes(Run& run, Words operands);
bool mangleOne(Run& run, const Address& address, bool several);
bool showInfo(Run& run, const Address& address, bool several);
bool showDeps(Run& run, const Address& address, bool several);
bool showStatus(Run& run, const Address& address, bool several);
bool showTable(Run& run, const Address& address, bool several);
bool showMeasure(Run& run, const Address& address, bool several);
bool runWait(Run& run, Words operands);
/// Whether -o is a way to name devices, as it must be except for reports and trees. Shows the error
/// otherwise.
[[nodiscard]] bool checkStyle(const Run& run);
bool runList(Run& run, Words operands);
bool runTree(Run& run);
bool runTargets(Run& run, Words operands);
bool runTargetVersion(Run& run, Words operands);
bool runVersion(Run& run, Words operands);
bool runSplitName(Run& run, Words operands);
bool runUdevCreateCookie(Run& run, Words operands);
bool runUdevReleaseCookie(Run& run, Words operands);
bool runUdevFlags(Run& run, Words operands);
bool runUdevComplete(Run& run, Words operands);
bool runUdevCompleteAll(Run& run, Words operands);
bool runUdevCookies(Run& run, Words operands);
bool runStats(Run& run, Words operands);
bool runVdoStats(Run& run, Words operands);

}  // namespace tool::dmsetup
