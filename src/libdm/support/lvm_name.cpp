// Names of LVM's devices: VG-LV-LAYER, with each '-' inside a part doubled.

#include <cstdlib>
#include <string_view>

#include "api.hpp"
#include "entry.hpp"
#include "log.hpp"
#include "support/pool.hpp"

using namespace devmap::libdm;

namespace {

/// Appends to a text; only counts its size while `out` is null.
class Writer {
 public:
  explicit Writer(char* out) noexcept : out_(out) {}
  void add(char c) noexcept {
    if (out_ != nullptr) out_[size_] = c;
    ++size_;
  }
  void add(std::string_view text) noexcept {
    for (const char c : text) add(c);
  }
  /// A part of a name.
  void addPart(std::string_view text) noexcept {
    for (const char c : text) {
      if (c == '-') add(c);
      add(c);
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  char* out_;
  std::size_t size_ = 0;
};

/// The text that `write` makes of a Writer.
template <typename Write>
char* build(dm_pool& pool, Write write) noexcept {
  Writer counting(nullptr);
  write(counting);
  auto* const text = static_cast<char*>(poolAllocate(pool, counting.size() + 1));
  if (text == nullptr) return nullptr;
  Writer writer(text);
  write(writer);
  return text;
}

std::string_view orEmpty(const char* text) noexcept { return text == nullptr ? "" : text; }

/// Ends the part at `text` and undoubles its '-', in place. Returns the next part; the end of the
/// text if there is none. A last '-' is part of its part.
char* splitPart(char* text) noexcept {
  char* out = text;
  char* in = text;
  for (; *in != '\0'; ++in) {
    if (*in == '-' && in[1] == '-') {
      ++in;
    } else if (*in == '-' && in[1] != '\0') {
      *out = '\0';
      return in + 1;
    }
    *out++ = *in;
  }
  *out = '\0';
  return in;
}

}  // namespace

char* dm_build_dm_name(dm_pool* pool, const char* vg, const char* lv, const char* layer) {
  const Entry entry;
  if (pool == nullptr) return nullptr;
  const std::string_view last = orEmpty(layer);
  return build(*pool, [&](Writer& writer) {
    writer.addPart(orEmpty(vg));
    writer.add('-');
    writer.addPart(orEmpty(lv));
    if (!last.empty() && last.front() != '_') writer.add('-');
    writer.addPart(last);
  });
}

char* dm_build_dm_uuid(dm_pool* pool, const char* prefix, const char* id, const char* layer) {
  const Entry entry;
  if (pool == nullptr) return nullptr;
  const std::string_view last = orEmpty(layer);
  return build(*pool, [&](Writer& writer) {
    writer.add(orEmpty(prefix));
    writer.add(orEmpty(id));
    if (!last.empty()) writer.add('-');
    writer.add(last);
  });
}

int dm_split_lvm_name(dm_pool* pool, const char* name, char** vg, char** lv, char** layer) {
  const Entry entry;
  if (vg == nullptr || lv == nullptr || layer == nullptr) {
    logError("Internal error: dm_split_lvm_name: Forbidden NULL parameter detected.");
    return 0;
  }
  if (pool != nullptr) *vg = name == nullptr ? nullptr : poolCopy(*pool, name);
  if (*vg == nullptr) {
    logError("dm_split_lvm_name: no name, or out of memory");
    return 0;
  }
  *lv = splitPart(*vg);
  *layer = splitPart(*lv);
  splitPart(*layer);
  return 1;
}
