#include <codec/bytes.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <codec/load.hpp>

namespace devmap::codec {
namespace {

constexpr std::size_t alignment = 16;

}  // namespace

void wipe(std::span<std::byte> bytes) noexcept {
  if (bytes.empty()) return;
  std::memset(bytes.data(), 0, bytes.size());
  __asm__ __volatile__("" : : "r"(bytes.data()) : "memory");  // the bytes count as read: the memset stays
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
