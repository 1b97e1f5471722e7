// What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput, which libFuzzer or
// replay.cpp calls.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace devmap::fuzz {

/// Ends the process if an invariant is broken.
inline void expect(const char* fault) {
  if (fault == nullptr) return;
  std::fprintf(stderr, "broken invariant: %s\n", fault);
  std::abort();
}

inline void expect(bool holds, const char* what) { expect(holds ? nullptr : what); }

using PayloadCheck = const char* (*)(const codec::ReplyHeader&, check::Span);

/// Checks a decoder of payloads twice. First the input is a whole packet. Then it is a payload
/// after a header that cannot be wrong, with the last byte as the count and all flags set.
inline void payload(PayloadCheck check, const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto header = codec::decodeHeader(bytes)) expect(check(*header, bytes));
  codec::ReplyHeader header;
  header.dataSize = static_cast<std::uint32_t>(size);
  header.targetCount = size == 0 ? 0 : data[size - 1];
  header.flags = ~0U;
  expect(check(header, bytes));
}

}  // namespace devmap::fuzz
