// A task of the C interface: a bag of settings. Setters never refuse a setting that does not belong
// to the type of the task; run.cpp applies those that do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <devmap/device_mapper.hpp>
#include <devmap/task.hpp>
#include <devmap/types.hpp>
#include <devmap/udev.hpp>

#include "api.hpp"
#include "block.hpp"

namespace devmap::libdm {

/// A row that the program added, and its text.
struct AddedRow : Row {
  Block text;
};

struct Settings {
  bool readOnly = false;
  bool noFlush = false;
  bool skipLockfs = false;
  bool secure = false;
  bool retryRemove = false;
  bool deferredRemove = false;
  bool inactiveTable = false;
  bool imaMeasurement = false;
  bool suppressIdentical = false;
  bool addNodeOnCreate = false;
  std::optional<mode_t> mode;
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<std::string> message;
  std::uint64_t sector = 0;
  std::uint32_t eventNr = 0;
  std::string geometry;                          ///< four numbers
  std::uint32_t readAhead = DM_READ_AHEAD_AUTO;  ///< sectors; AUTO leaves it alone
  std::uint32_t readAheadFlags = 0;
};

/// What the last run brought. Empty after a run that failed.
struct Results {
  bool present = false;
  dm_info info{};
  std::string name, uuid;  ///< unmangled as the process wishes
  std::string nameInKernel, uuidInKernel;
  Block records;  ///< dm_names, dm_versions or dm_deps in the layout of the kernel
  Block rows;     ///< layRows
  std::size_t rowCount = 0;
  std::optional<std::string> response;
};

}  // namespace devmap::libdm

/// Opaque to C.
struct dm_task {
  explicit dm_task(int typeOfTask) noexcept : type(typeOfTask) {}
  dm_task(const dm_task&) = delete;
  dm_task& operator=(const dm_task&) = delete;
  ~dm_task();  ///< overwrites secrets

  const int type;

  // Which device: names and uuids in the kernel's form.
  std::string name, uuid;
  int major = -1, minor = -1;
  bool ownMajor = true;  ///< a major that is not device-mapper's stands for device-mapper's
  std::string newText;   ///< new name or uuid
  bool newTextIsUuid = false;

  devmap::libdm::Settings settings;
  std::uint32_t cookie = 0;
  devmap::UdevFlags udevFlags;
  bool cookieSet = false;  ///< dm_task_set_cookie was called

  std::vector<devmap::libdm::AddedRow> rows;
  devmap::libdm::Results results;
  devmap::Version driverVersion;  ///< of the interface, after a run that succeeded
  int errnum = 0;                 ///< of the last ioctl
};

namespace devmap::libdm {

/// The state of a device as C has it.
[[nodiscard]] dm_info toC(const DeviceInfo& info) noexcept;

/// Of a run: whether it succeeded, else the errno for the caller.
struct Outcome {
  bool done = false;
  int errnum = 0;
};

/// Runs the task. Logs why it fails.
[[nodiscard]] Outcome run(dm_task& task) noexcept;
/// dm_task_run: sets errno. 1 or 0.
[[nodiscard]] int runForC(dm_task* task) noexcept;

}  // namespace devmap::libdm
