#include <codec/bytes.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace devmap::codec {
namespace {

constexpr std::size_t deadStack = 8192;  // frames of a call, and a full set of vector registers (2.7 KiB with AVX-512)

void overwrite(std::byte* data, std::size_t size) noexcept {
  std::memset(data, 0, size);
  __asm__ __volatile__("" : : "r"(data) : "memory");  // the bytes count as read: the memset stays
}

[[gnu::noinline]] void overwriteDeadStack() noexcept {
  std::byte dead[deadStack];
  overwrite(dead, sizeof dead);
}

// Sends zeros through the functions that the secret went through, so that their registers hold those.
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

Bytes::Bytes(Bytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)),
      secret_(other.secret_) {}

Bytes& Bytes::operator=(Bytes&& other) noexcept {
  if (this == &other) return *this;
  reset();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  secret_ = other.secret_;
  return *this;
}

Bytes::~Bytes() { reset(); }

bool Bytes::resize(std::size_t size) noexcept {
  if (size <= capacity_) {
    size_ = size;
    return true;
  }
  if (size > static_cast<std::size_t>(PTRDIFF_MAX)) return false;
  const std::size_t capacity = std::max(size, capacity_ + capacity_ / 2);
  auto* data = static_cast<std::byte*>(secret_ ? std::malloc(capacity) : std::realloc(data_, capacity));  // NOLINT(*-no-malloc)
  if (data == nullptr) return false;
  if (secret_) {  // realloc would leave an unwiped copy behind
    if (size_ != 0) std::memcpy(data, data_, size_);
    reset();
  }
  data_ = data;
  size_ = size;
  capacity_ = capacity;
  return true;
}

void Bytes::reset() noexcept {
  if (secret_) wipe({data_, capacity_});
  ::free(data_);  // NOLINT(cppcoreguidelines-no-malloc): this class is the owner
  data_ = nullptr;
  size_ = 0;
  capacity_ = 0;
}

}  // namespace devmap::codec
