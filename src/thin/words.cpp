#include <thin/words.hpp>

#include <cerrno>
#include <charconv>

namespace devmap::thin {

std::string join(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string decimal(std::uint64_t value) { return std::to_string(value); }

bool parseNumber(std::string_view word, std::uint64_t& value) noexcept {
  const char* const end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end && !word.empty();
}

std::string_view takeWord(std::string_view& text, char separator) noexcept {
  const std::size_t end = text.find(separator);
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

Error storageError(const char* operation, int errnum, std::string_view path) {
  Errc code = Errc::refusedByKernel;
  switch (errnum) {
    case ENOENT:
    case ENXIO:
    case ENODEV: code = Errc::notFound; break;
    case EEXIST: code = Errc::alreadyExists; break;
    case EBUSY:
    case EWOULDBLOCK: code = Errc::busy; break;
    case EACCES:
    case EPERM: code = Errc::permissionDenied; break;
    case ENOSPC:
    case EDQUOT: code = Errc::noSpace; break;
    case EROFS: code = Errc::readOnly; break;
    case ENOMEM: code = Errc::outOfMemory; break;
    case ENOSYS:
    case EOPNOTSUPP: code = Errc::unsupported; break;
    case EINTR: code = Errc::interrupted; break;
    case ENOTBLK: code = Errc::notABlockDevice; break;
    default: break;
  }
  return Error{.code = code, .operation = operation, .errnum = errnum, .detail = std::string(path)};
}

}  // namespace devmap::thin
