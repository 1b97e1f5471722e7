#include <task/task_state.hpp>

#include <base/wipe.hpp>
#include <codec/flags.hpp>

namespace devmap::detail {

void TaskState::clearResults() noexcept {
  info = {};
  rows.clear();
  names.clear();
  unmangled.clear();
  deps.clear();
  versions.clear();
  response.reset();
  packet.setSecret(secure);
  if (secure) base::wipe(packet.span());
}

std::string TaskState::deviceText() const {
  if (!name.empty()) return name;
  if (!uuid.empty()) return uuid;
  return device ? toString(*device) : std::string();
}

Error TaskState::refuse(Errc code, const char* operation, const char* why) const {
  return Error{.code = code, .operation = operation, .device = deviceText(), .detail = why};
}

codec::RequestHeader TaskState::header(std::uint32_t extraFlags) const noexcept {
  codec::RequestHeader request;
  request.flags = flags | extraFlags | (secure ? codec::flagSecureData : 0U);
  request.name = name;
  request.uuid = uuid;
  request.device = device;
  return request;
}

}  // namespace devmap::detail
