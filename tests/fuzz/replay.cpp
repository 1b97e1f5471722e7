// Runs one fuzz target over files and folders of inputs, with any compiler.
// Usage: replay_TARGET FILE-OR-FOLDER...
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

std::vector<std::filesystem::path> inputsOf(const std::filesystem::path& where) {
  if (!std::filesystem::is_directory(where)) return {where};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(where))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Returns false if the file cannot be read. The bytes are an allocation of their exact size, so
/// that AddressSanitizer sees every over-read.
bool replay(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return false;
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  const std::unique_ptr<std::uint8_t[]> bytes(new std::uint8_t[content.size()]);
  std::memcpy(bytes.get(), content.data(), content.size());
  LLVMFuzzerTestOneInput(bytes.get(), content.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : inputsOf(argv[i])) {
      if (!replay(file)) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return 1;
      }
      ++count;
    }
  }
  std::printf("%zu inputs\n", count);
  return count == 0 ? 1 : 0;
}
