#include <codec/request.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <codec/load.hpp>
#include <uapi.hpp>

namespace devmap::codec {
namespace {

constexpr std::size_t messageOffset = offsetof(dm_target_msg, message);

/// Writes text and NUL at `offset`. False when it does not fit.
bool putText(std::string_view text, std::size_t offset, std::span<std::byte> out) noexcept {
  if (text.empty() || hasNul(text)) return false;
  if (out.size() < offset || out.size() - offset <= text.size()) return false;
  storeText(out, offset, text);
  out[offset + text.size()] = std::byte{0};
  return true;
}

bool hasBackslash(std::string_view text) noexcept {
  return text.find('\\') != std::string_view::npos;
}

void putParams(std::string_view params, Backslash backslash, std::span<std::byte> out) noexcept {
  std::size_t at = 0;
  if (backslash == Backslash::literal && hasBackslash(params)) {
    for (const char c : params) {
      out[at++] = static_cast<std::byte>(c);
      if (c == '\\') out[at++] = static_cast<std::byte>(c);
    }
  } else {
    storeText(out, 0, params);
    at = params.size();
  }
  zero(out.subspan(at));
}

}  // namespace

std::size_t rowSize(std::string_view params, Backslash backslash) noexcept {
  std::size_t text = params.size();
  if (backslash == Backslash::literal && hasBackslash(params))
    text += static_cast<std::size_t>(std::count(params.begin(), params.end(), '\\'));
  return (uapi::specSize + text + 1 + uapi::payloadAlign - 1) / uapi::payloadAlign *
         uapi::payloadAlign;
}

bool encodeRow(const TableRow& row, Backslash backslash, std::span<std::byte> out) noexcept {
  if (out.size() != rowSize(row.params, backslash) || out.size() > uapi::maxPacketSize)
    return false;
  if (row.type.empty() || row.type.size() >= uapi::typeLength) return false;
  if (hasNul(row.type) || hasNul(row.params)) return false;
  zero(out.first(uapi::specSize));
  store(out, offsetof(dm_target_spec, sector_start), row.start.count);
  store(out, offsetof(dm_target_spec, length), row.length.count);
  store(out, offsetof(dm_target_spec, next), static_cast<std::uint32_t>(out.size()));
  storeText(out, offsetof(dm_target_spec, target_type), row.type);
  putParams(row.params, backslash, out.subspan(uapi::specSize));
  return true;
}

std::size_t messageSize(std::string_view text) noexcept { return messageOffset + text.size() + 1; }

bool encodeMessage(Sectors sector, std::string_view text, std::span<std::byte> out) noexcept {
  if (!putText(text, messageOffset, out)) return false;
  store(out, offsetof(dm_target_msg, sector), sector.count);
  return true;
}

bool encodeText(std::string_view text, std::span<std::byte> out) noexcept {
  if (!putText(text, 0, out)) return false;
  zero(out.subspan(text.size()));
  return true;
}

bool encodeGeometry(const Geometry& geometry, std::span<std::byte> out) noexcept {
  if (out.size() < geometrySize) return false;
  char* const begin = reinterpret_cast<char*>(out.data());
  char* const end = begin + geometrySize;
  char* at = begin;
  for (const std::uint64_t number :
       {std::uint64_t{geometry.cylinders}, std::uint64_t{geometry.heads},
        std::uint64_t{geometry.sectorsPerTrack}}) {
    at = std::to_chars(at, end, number).ptr;
    *at++ = ' ';
  }
  at = std::to_chars(at, end, geometry.start.count).ptr;
  zero(out.subspan(static_cast<std::size_t>(at - begin)));
  return true;
}

}  // namespace devmap::codec
