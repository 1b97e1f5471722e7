#include <fake/kernel_log.hpp>

#include <algorithm>
#include <cerrno>

namespace devmap::fake {

void KernelLog::add(int priority, std::string_view text, std::chrono::nanoseconds now) {
  std::string record = std::to_string(priority) + ',' + std::to_string(records_.size()) + ',';
  record +=
      std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count()) + ",-;";
  record += text;
  records_.push_back(record + '\n');
  texts_.emplace_back(text);
}

int KernelLog::read(std::size_t& position, std::span<char> out, std::size_t& size) const {
  if (position >= records_.size()) return EAGAIN;
  const std::string& record = records_[position];
  if (record.size() > out.size()) return EINVAL;
  std::copy(record.begin(), record.end(), out.begin());
  size = record.size();
  ++position;
  return 0;
}

}  // namespace devmap::fake
