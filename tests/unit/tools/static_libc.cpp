// The functions of the static tool that stand in for the C library's, under names of their own.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#define strlen staticStrlen
#define memchr staticMemchr
#define getenv staticGetenv
#define __execvpe staticExecvpe
#define execvp staticExecvp
#include "../../../tools/devmap/static_libc.cpp"
#undef strlen
#undef memchr
#undef getenv
#undef __execvpe
#undef execvp

namespace {

/// What a child ends with that runs `file` with this PATH: its exit status, or 200 and the errno.
int ended(const std::string& path, const char* file) {
  std::string pathEntry = "PATH=" + path;
  std::string name = file;
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::array<char*, 2> environment{pathEntry.data(), nullptr};
  const pid_t child = fork();
  if (child == 0) {
    setenv("PATH", path.c_str(), 1);
    staticExecvpe(file, arguments.data(), environment.data());
    _exit(errno > 50 ? 255 : 200 + errno);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/// A new folder, which goes with all that is in it.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "devmap-unit.XXXXXX").string()) { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("static libc: text and memory") {
  for (const char* const text : {"", "a", "ab\tc", "\xff\x80"}) CHECK(staticStrlen(text) == std::strlen(text));
  const std::string bytes(
      "a\0b\xff"
      "b",
      5);
  for (const int wanted : {0x61, 0, 0x62, 0xff, 0x1ff, 0x7a, -1})
    for (std::size_t size = 0; size <= bytes.size(); ++size)
      CHECK(staticMemchr(bytes.data(), wanted, size) == std::memchr(bytes.data(), wanted, size));
}

TEST_CASE("static libc: the environment") {
  std::array<char, 16> entries[4] = {{"AB=1"}, {"A=2"}, {"ODD"}, {"E="}};
  std::array<char*, 5> environment{entries[0].data(), entries[1].data(), entries[2].data(), entries[3].data(), nullptr};
  char** const before = environ;
  environ = environment.data();
  for (const char* const name : {"A", "AB", "ABC", "ODD", "E", "B"}) {
    const char* const expected = std::getenv(name);
    CHECK(static_cast<const char*>(staticGetenv(name)) == expected);
  }
  environ = nullptr;
  CHECK(staticGetenv("A") == nullptr);
  environ = before;
}

TEST_CASE("static libc: a program by PATH") {
  const Folder temporary;
  const std::string& folder = temporary.path();
  const std::string program = folder + "/devmap-none-such";
  CHECK(ended("/bin:/usr/bin", "true") == 0);
  CHECK(ended("/nothing:/bin:/usr/bin", "false") == 1);
  CHECK(ended("", "/bin/true") == 0);
  CHECK(ended(folder, "devmap-none-such") == 200 + ENOENT);
  CHECK(ended("/bin", "") == 200 + ENOENT);
  CHECK(ended("/etc/passwd:/bin:/usr/bin", "true") == 0);
  CHECK(ended(std::string(5000, 'x') + ":/bin:/usr/bin", "true") == 0);
  CHECK(ended("/bin", std::string(300, 'x').c_str()) == 200 + ENOENT);
  const int file = open(program.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  close(file);
  CHECK(ended(folder + ":/nothing", "devmap-none-such") == 200 + EACCES);
}
