// Changes packets with knowledge of their format: sizes and `next` fields get values that nearly
// fit, and records are doubled and cut. Half of the time libFuzzer changes bytes as it likes.
#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <span>

#include <uapi.hpp>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed);

namespace {

using namespace devmap;

constexpr std::size_t dataSizeAt = 12, dataStartAt = 16, targetCountAt = 20;  // struct dm_ioctl

class Packet {
 public:
  Packet(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
      : data_(data), size_(size), most_(most), random_(seed) {}

  void change() {
    switch (below(7)) {
      case 0: return set(dataSizeAt, near(size_));
      case 1: return set(dataStartAt, near(uapi::headerSize));
      case 2: return set(targetCountAt, near(below(5)));
      case 3: return changeNext();
      case 4: return doubleRecord();
      case 5: return cut();
      default: return changeText();
    }
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t below(std::size_t limit) {
    return limit == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  /// The value, one near it, or one near the maximum of 32 bits.
  std::uint32_t near(std::size_t value) {
    constexpr std::array<std::int64_t, 11> steps{0, 0, 0, 1, -1, 4, -4, 8, -8, 40, -40};
    if (below(16) == 0) return ~std::uint32_t{0} - static_cast<std::uint32_t>(below(48));
    return static_cast<std::uint32_t>(static_cast<std::int64_t>(value) +
                                      steps[below(steps.size())]);
  }
  void set(std::size_t at, std::uint32_t value) {
    if (at + sizeof value <= size_) std::memcpy(data_ + at, &value, sizeof value);
  }
  std::size_t payloadAt() const { return std::min<std::size_t>(uapi::headerSize, size_); }
  /// An offset in the payload where a record may begin.
  std::size_t record() { return payloadAt() + below((size_ - payloadAt()) / 8) * 8; }

  /// Makes a field that may be a `next` point at, or next to, another record.
  void changeNext() {
    const std::size_t field = record() + below(6) * 4;
    const std::size_t to = record();
    set(field, near(below(2) == 0 || to < field ? to - payloadAt() : to - field));
  }
  void doubleRecord() {
    const std::size_t from = record();
    const std::size_t length = std::min({(1 + below(16)) * 8, size_ - from, most_ - size_});
    std::memmove(data_ + from + length, data_ + from, size_ - from);
    size_ += length;
    set(dataSizeAt, static_cast<std::uint32_t>(size_));
  }
  void cut() {
    size_ -= below(std::min<std::size_t>(size_, 64));
    if (below(2) == 0) set(dataSizeAt, static_cast<std::uint32_t>(size_));
  }
  /// Removes the NUL of a text, or adds one.
  void changeText() {
    if (size_ == payloadAt()) return;
    std::uint8_t& byte = data_[payloadAt() + below(size_ - payloadAt())];
    byte = byte == 0 ? 'x' : 0;
  }

  std::uint8_t* data_;
  std::size_t size_, most_;
  std::minstd_rand random_;
};

}  // namespace

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                    unsigned seed) {
  if (seed % 2 == 0 || size == 0) return LLVMFuzzerMutate(data, size, most);
  Packet packet(data, size, most, seed);
  for (unsigned i = 0; i <= seed / 2 % 3; ++i) packet.change();
  return packet.size();
}
