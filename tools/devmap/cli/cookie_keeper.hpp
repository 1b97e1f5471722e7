// The kernel as the tool's verbs see it: cookies made through it do not outlive a signal that ends
// the program.
#pragma once

#include <devmap/forwarding_kernel.hpp>

namespace tool {

/// SIGHUP, SIGINT and SIGTERM remove the semaphores that this process has made here. They then end
/// it as they would without this class: a shell sees the exit status 128 + signal. A signal that is
/// ignored stays ignored. Cookies of other processes, which are only looked up, are left alone.
/// Threading: as the wrapped kernel; only one thread at a time may make semaphores.
class CookieKeeper final : public devmap::ForwardingKernel {
 public:
  CookieKeeper() noexcept : ForwardingKernel(devmap::systemKernel()) {}

  int semCreate(std::int32_t key, int& id) noexcept override;
  int semDisown(int id) noexcept override;
  int semRemove(int id) noexcept override;
};

}  // namespace tool
