#include <codec/bytes.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <codec/load.hpp>

namespace devmap::codec {
namespace {

constexpr std::size_t alignment = 16;

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
    if (size > size_) zero({data_ + size_, size - size_});
    size_ = size;
    return true;
  }
  if (size > static_cast<std::size_t>(PTRDIFF_MAX) - alignment) return false;
  const std::size_t capacity = (size + alignment - 1) / alignment * alignment;
  auto* data = static_cast<std::byte*>(::aligned_alloc(alignment, capacity));
  if (data == nullptr) return false;
  if (size_ != 0) std::memcpy(data, data_, size_);
  zero({data + size_, capacity - size_});
  reset();  // not realloc: that would leave an unwiped copy behind
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
