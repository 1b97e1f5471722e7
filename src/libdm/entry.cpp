#include "entry.hpp"

#include <pthread.h>

namespace devmap::libdm {

Entry::Entry() noexcept { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
Entry::~Entry() { pthread_setcancelstate(before_, nullptr); }

}  // namespace devmap::libdm
