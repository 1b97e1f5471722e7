#include <codec/bytes.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <base/wipe.hpp>

namespace devmap::codec {

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
  auto* data = static_cast<std::byte*>(
      secret_ ? std::malloc(capacity) : std::realloc(data_, capacity));  // NOLINT(*-no-malloc)
  if (data == nullptr) return false;
  if (secret_) {  // realloc would leave an unwiped copy
    if (size_ != 0) std::memcpy(data, data_, size_);
    reset();
  }
  data_ = data;
  size_ = size;
  capacity_ = capacity;
  return true;
}

void Bytes::reset() noexcept {
  if (secret_) base::wipe({data_, capacity_});
  ::free(data_);  // NOLINT(cppcoreguidelines-no-malloc): this class is the owner
  data_ = nullptr;
  size_ = 0;
  capacity_ = 0;
}

}  // namespace devmap::codec
