#include <devmap/targets/secret.hpp>

#include <utility>

#include <base/wipe.hpp>
#include <targets/engine/engine.hpp>

namespace devmap::targets {

Secret::Secret(std::span<const std::uint8_t> bytes) noexcept
    : bytes_(bytes.empty() ? nullptr : new std::uint8_t[bytes.size()]), size_(bytes.size()) {
  for (std::size_t i = 0; i < size_; ++i) bytes_[i] = bytes[i];
}

Secret::Secret(const Secret& other) noexcept : Secret(other.reveal()) {}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(size_, other.size_);
  return *this;
}

Secret::~Secret() {
  base::wipe(std::as_writable_bytes(writable()));
  delete[] bytes_;
}

Secret Secret::zeros(std::size_t size) noexcept {
  Secret secret;
  if (size != 0) secret.bytes_ = new std::uint8_t[size]{};
  secret.size_ = size;
  return secret;
}

std::optional<Secret> Secret::fromHex(std::string_view digits) noexcept {
  if (digits.size() % 2 != 0) return std::nullopt;
  Secret secret = zeros(digits.size() / 2);
  for (std::size_t i = 0; i < secret.size_; ++i) {
    const int high = detail::digitOf(digits[2 * i]), low = detail::digitOf(digits[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    secret.bytes_[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return secret;
}

bool operator==(const Secret& a, const Secret& b) noexcept {
  if (a.size_ != b.size_) return false;
  volatile std::uint8_t differences = 0;
  for (std::size_t i = 0; i < a.size_; ++i)
    differences = static_cast<std::uint8_t>(differences | (a.bytes_[i] ^ b.bytes_[i]));
  return differences == 0;
}

}  // namespace devmap::targets
