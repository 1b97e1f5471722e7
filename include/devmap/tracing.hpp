// A Kernel that reports every call to another one, decoded, one line per call. It can also skip the
// calls (dry run).
//
//   struct Print : devmap::TraceSink {
//     void call(std::string_view text) noexcept override {
//       std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
//     }
//   } sink;
//
//   devmap::TracingKernel tracing(devmap::systemKernel(), sink);
//   auto context = devmap::DeviceMapper::open(tracing);
//
//   create name=data uuid=VOL-1 = 254:3
//   load 254:3 = 254:3, inactive table
//     0 2097152 linear 8:16 0
//   resume 254:3 cookie=0x00401234 = 254:3, live table, uevent
//
// The trace shows device-mapper commands, semaphores, nodes and links. It does not show files that
// are only read, nor clocks. The parameters of rows that may hold keys are shown as `(secret)`
// (targets/keys.hpp: mayHoldKeys). So are those of a type that devmap does not know, and messages
// that may hold a key or are marked as secret.
//
// Threading: as for the wrapped kernel. Each call is one call of the sink, from any thread; the
// sink keeps them from mixing. Lifetime: must outlive its contexts; the kernel and the sink must
// outlive it.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include <devmap/forwarding_kernel.hpp>

namespace devmap {

class TraceSink {
 public:
  TraceSink() = default;
  TraceSink(const TraceSink&) = delete;
  TraceSink& operator=(const TraceSink&) = delete;
  /// One call: a line, and another line for each row that belongs to it. Lines are separated by
  /// `\n`, with none at the end.
  virtual void call(std::string_view text) noexcept = 0;

 protected:
  ~TraceSink() = default;
};

/// What happens to the calls.
enum class Tracing : std::uint8_t {
  done,  ///< every call is made
  /// Calls that only read are made, and not shown. Calls that would change something are shown, and
  /// answered as if they had succeeded. A device that was not created is NEW, or 0:0. Waiting for a
  /// semaphore ends at once.
  dry,
};

class DEVMAP_API TracingKernel final : public ForwardingKernel {
 public:
  TracingKernel(Kernel& kernel, TraceSink& sink, Tracing tracing = Tracing::done) noexcept;

  int ioctl(int control, DmCommand command, std::span<std::byte> packet) noexcept override;
  int semCreate(std::int32_t key, int& id) noexcept override;
  int semSetValue(int id, int value) noexcept override;
  int semDisown(int id) noexcept override;
  int semValue(int id, int& value) noexcept override;
  int semOperate(int id, std::span<const short> deltas,
                 std::optional<std::chrono::nanoseconds> timeout) noexcept override;
  int semRemove(int id) noexcept override;
  int makeDirectory(const char* path) noexcept override;
  int makeLink(const char* target, const char* path) noexcept override;
  int makeNode(const char* path, NodeType type, DeviceNumber device,
               std::uint32_t mode) noexcept override;
  int setOwner(const char* path, std::uint32_t uid, std::uint32_t gid) noexcept override;
  int renameNode(const char* from, const char* to) noexcept override;
  int removeNode(const char* path) noexcept override;
  int probePaths(int fd) noexcept override;
  int writeText(const char* path, std::string_view text) noexcept override;
  int sleep(std::chrono::nanoseconds duration) noexcept override;

 private:
  [[nodiscard]] bool dry() const noexcept { return tracing_ == Tracing::dry; }
  /// One call that may be skipped. `words`: its description; `call`: makes it.
  template <typename Words, typename Call>
  int change(Words& words, Call&& call) noexcept;

  TraceSink& sink_;
  Tracing tracing_;
  /// Of the interface, as the kernel reported it: minor and patch.
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace devmap
