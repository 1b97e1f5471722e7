// Random values of any target, made from its grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <targets/engine/grammar.hpp>

namespace devmap::targets::test {

/// xorshift64*: the same numbers on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed * 2654435761U + 88172645463325252U) {}
  std::uint64_t next() noexcept {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717U;
  }
  std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
  /// The same for an index, whose type has 32 bits on some machines.
  std::size_t index(std::size_t bound) noexcept { return static_cast<std::size_t>(below(bound)); }
  bool chance() noexcept { return (next() >> 40 & 1) != 0; }
  /// Whether to set an optional field. The share of fields that are set differs from value to
  /// value.
  bool wanted() noexcept { return (next() >> 40) % 8 < density_; }
  void anotherDensity() noexcept { density_ = (next() >> 40) % 8; }

 private:
  std::uint64_t state_;
  std::uint64_t density_ = 4;
};

/// Fills every field with a value that its own rule allows. Rules between fields may still refuse
/// the result.
void fill(std::span<const detail::Field> fields, void* object, Random& random);

/// Moves a field's value from one object to another of the same type.
void moveMember(const detail::Field& field, void* from, void* to);

}  // namespace devmap::targets::test
