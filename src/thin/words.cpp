#include <thin/words.hpp>

#include <cerrno>

namespace devmap::thin {

std::string join(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const std::string_view part : parts) text += part;
  return text;
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
