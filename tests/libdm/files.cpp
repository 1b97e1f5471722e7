// Files of the C interface. Expected values are what libdevmapper 1.02.185 gives.

#include <libdevmapper.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace {

/// A directory that is removed with all in it.
class Directory {
 public:
  Directory() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~Directory() { REQUIRE(std::system(("rm -rf " + path_).c_str()) == 0); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = "/tmp/devmap-libdm-XXXXXX";
};

void write(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  CHECK(dm_fclose(file) == 0);
}

/// What `function` returns in another process.
template <typename Function>
int elsewhere(Function function) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(function());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("directories are made with those above them") {
  const Directory directory;
  CHECK(dm_create_dir(directory.at("a/b/c").c_str()) == 1);
  CHECK(dm_create_dir(directory.at("a/b/c").c_str()) == 1);
  CHECK(access(directory.at("a/b/c").c_str(), W_OK) == 0);
  CHECK(dm_create_dir(directory.at("a//d/").c_str()) == 1);
  CHECK(access(directory.at("a/d").c_str(), W_OK) == 0);
  CHECK(dm_create_dir("") == 1);
}

TEST_CASE("a file in the way of a directory is a failure") {
  const Directory directory;
  write(directory.at("file"));
  CHECK(dm_create_dir(directory.at("file").c_str()) == 0);
  CHECK(dm_create_dir(directory.at("file/x").c_str()) == 0);
}

TEST_CASE("only a directory without entries is empty") {
  const Directory directory;
  CHECK(dm_is_empty_dir(directory.at("").c_str()) == 1);
  write(directory.at(".hidden"));
  CHECK(dm_is_empty_dir(directory.at("").c_str()) == 0);
  CHECK(dm_is_empty_dir(directory.at(".hidden").c_str()) == 0);
  CHECK(dm_is_empty_dir(directory.at("none").c_str()) == 0);
}

TEST_CASE("closing reports what any write has met") {
  std::FILE* file = std::fopen("/dev/full", "w");
  REQUIRE(file != nullptr);
  std::fputs("x", file);
  CHECK(dm_fclose(file) == EOF);
  CHECK(errno == ENOSPC);
  file = std::fopen("/dev/full", "w");
  std::fputs("x", file);
  CHECK(std::fflush(file) == EOF);
  errno = EINVAL;
  CHECK(dm_fclose(file) == EOF);
  CHECK(errno == 0);
}

TEST_CASE("one process at a time has a lock file, with its number in it") {
  const Directory directory;
  const std::string path = directory.at("lock");
  CHECK(dm_daemon_is_running(path.c_str()) == 0);
  REQUIRE(dm_create_lockfile(path.c_str()) == 1);
  CHECK(elsewhere([&] { return dm_daemon_is_running(path.c_str()); }) == 1);
  CHECK(elsewhere([&] { return dm_create_lockfile(path.c_str()); }) == 0);
  std::FILE* const file = std::fopen(path.c_str(), "r");
  int number = 0;
  CHECK(std::fscanf(file, "%d", &number) == 1);
  CHECK(number == getpid());
  CHECK(dm_create_lockfile(directory.at("none/lock").c_str()) == 0);
  std::fclose(file);
}

TEST_CASE("the lock ends with its process") {
  const Directory directory;
  const std::string path = directory.at("lock");
  CHECK(elsewhere([&] { return dm_create_lockfile(path.c_str()); }) == 1);
  CHECK(elsewhere([&] { return dm_daemon_is_running(path.c_str()); }) == 0);
  CHECK(dm_create_lockfile(path.c_str()) == 1);
}
