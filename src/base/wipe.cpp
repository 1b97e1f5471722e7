#include <base/wipe.hpp>

#include <cstring>

namespace devmap::base {
namespace {

constexpr std::size_t deadStack =
    8192;  // frames of a call, and a full set of vector registers (2.7 KiB with AVX-512)

void overwrite(std::byte* data, std::size_t size) noexcept {
  std::memset(data, 0, size);
  __asm__ __volatile__("" : : "r"(data) : "memory");  // counts as a read: keeps the memset
}

// Not inlined: its frame lies where those of the functions that copied the secret lay.
[[gnu::noinline]] void overwriteDeadStack() noexcept {
  std::byte dead[deadStack];
  overwrite(dead, sizeof dead);
}

// Passes zeros through the functions that handled the secret, so that their registers hold zeros.
// Not inlined, so that the compiler cannot see what the zeros are.
[[gnu::noinline]] void overwriteRegisters(std::span<std::byte> zeros) noexcept {
  std::memmove(zeros.data(), zeros.data() + 1, zeros.size() - 1);
  const void* volatile found = std::memchr(zeros.data(), 1, zeros.size());
  const volatile int order = std::memcmp(zeros.data(), zeros.data() + 1, zeros.size() - 1);
  static_cast<void>(found);
  static_cast<void>(order);
}

}  // namespace

void wipe(std::span<std::byte> bytes) noexcept {
  if (bytes.empty()) return;
  overwrite(bytes.data(), bytes.size());
  overwriteRegisters(bytes);
  overwriteDeadStack();
}

}  // namespace devmap::base
