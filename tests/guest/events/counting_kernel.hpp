// A kernel in front of another one: counts ioctls and polls, and lets a test act between them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <span>

#include <devmap/forwarding_kernel.hpp>

class CountingKernel final : public devmap::ForwardingKernel {
 public:
  explicit CountingKernel(devmap::Kernel& kernel) : ForwardingKernel(kernel) {}

  /// Called before and after every ioctl, with the packet at that time. Their own calls go to the
  /// wrapped kernel.
  std::function<void(devmap::DmCommand, std::span<const std::byte>)> before;
  std::function<void(devmap::DmCommand, std::span<const std::byte>)> after;
  std::array<std::size_t, 32> ioctls{};
  std::size_t polls = 0;

  [[nodiscard]] std::size_t count(devmap::DmCommand command) const {
    return ioctls[static_cast<std::size_t>(command)];
  }

 private:
  int ioctl(int control, devmap::DmCommand command, std::span<std::byte> packet) noexcept override {
    if (before) before(command, packet);
    const int error = kernel_.ioctl(control, command, packet);
    ++ioctls[static_cast<std::size_t>(command)];
    if (after) after(command, packet);
    return error;
  }
  int pollControl(int control, std::chrono::nanoseconds timeout) noexcept override {
    ++polls;
    return kernel_.pollControl(control, timeout);
  }
};
