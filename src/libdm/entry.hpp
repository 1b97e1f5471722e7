// What every exported function does first.
#pragma once

namespace devmap::libdm {

/// Disables cancellation of the calling thread until the end of the call. pthread_cancel unwinds
/// without running destructors here, so that locks and descriptors would leak; multipathd cancels
/// its threads at any time (pthreads(7)).
class Entry {
 public:
  Entry() noexcept;
  ~Entry();
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

 private:
  int before_ = 0;
};

}  // namespace devmap::libdm
