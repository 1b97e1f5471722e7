// The crash sweep. A process creates, snapshots, activates, renames, grows and deletes volumes, and
// dies at each of its calls to Linux in turn. After each death the pool is opened again. Pool, log
// and devices must agree with each other and with what the process reported as done.
//
//  thin-sweep fake                           on FakeKernel: the process only, and the power with
//                                            it, whole and torn writes.
//  thin-sweep real DATA METADATA FILE LOG    on this kernel, as root: DATA is a loop device on
//                                            FILE; children that _exit at the call.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <devmap/devmap.hpp>
#include <devmap/fake/kernel.hpp>
#include <devmap/fake/storage.hpp>

#include "dying.hpp"
#include "script.hpp"

using namespace devmap;
using namespace script;

namespace {

std::vector<std::string> spoken;

/// `torn`: -1: only the process ends. Otherwise the power fails, with that many bytes of each
/// unsynced append on disk.
void sweepFake(FakeUdev udev, int torn) {
  FakeKernel kernel;
  FakeStorage storage;
  kernel.setTracing(false);
  kernel.setUdev(udev);
  kernel.addBlockDevice("/dev/data", {8, 0}, 64 << 20);
  kernel.addBlockDevice("/dev/meta", {8, 16}, 4 << 20);
  const Place place{kernel, storage, "/dev/data", "/log"};
  where = "fake, preparation";
  if (!prepare(place, "/dev/meta")) return;
  long deaths = 0, repairs = 0;
  for (bool finished = false; !finished; ++deaths) {
    dying::Fuse fuse;
    fuse.at = deaths + 1;
    where = "fake, udev " + std::to_string(static_cast<int>(udev)) + ", torn " +
            std::to_string(torn) + ", call " + std::to_string(fuse.at);
    kernel.resizeBlockDevice(
        {8, 0}, (std::uint64_t{64} << 20) + static_cast<std::uint64_t>(deaths) * 65536);
    kernel.setProcess(static_cast<int>(1000 + deaths));
    dying::DyingKernel dyingKernel(kernel, fuse);
    dying::DyingStorage dyingStorage(storage, fuse);
    spoken.clear();
    quiet();
    const bool done = work({dyingKernel, dyingStorage, place.data, place.log},
                           [](const std::string& line) { spoken.push_back(line); });
    finished = !fuse.blown();
    check(done || !finished, "the work is done, unless it was interrupted");
    kernel.endProcess(static_cast<int>(1000 + deaths));
    kernel.setProcess(1);
    if (torn < 0)
      storage.endProcess();
    else
      storage.losePower(static_cast<std::size_t>(torn));
    if (recover(place, spoken, false)) ++repairs;
  }
  noCookies(kernel);
  std::printf("fake, udev %d, torn %d: %ld deaths, %ld with something to repair\n",
              static_cast<int>(udev), torn, deaths, repairs);
}

int speech = -1;

void sweepReal(const Place& place, const char* metadata, const char* file) {
  where = "preparation";
  if (!prepare(place, metadata)) return;
  long deaths = 0, repairs = 0;
  std::uint64_t size = 0;
  for (bool finished = false; !finished; ++deaths) {
    where = "call " + std::to_string(deaths + 1);
    int fd = -1;
    if (!check(systemStorage().openFile(file, false, fd) == 0 &&
                   systemStorage().fileSize(fd, size) == 0 &&
                   systemStorage().setFileSize(fd, size + 65536) == 0 &&
                   systemStorage().closeFile(fd) == 0 &&
                   systemStorage().resizeLoop(place.data.c_str()) == 0,
               "larger data device"))
      return;
    int pipes[2];
    if (!check(::pipe(pipes) == 0, "pipe")) return;
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipes[0]);
      speech = pipes[1];
      dying::Fuse fuse;
      fuse.at = deaths + 1;
      fuse.exits = true;
      dying::DyingKernel kernel(place.kernel, fuse);
      dying::DyingStorage storage(place.storage, fuse);
      const bool done = work({kernel, storage, place.data, place.log}, [](const std::string& line) {
        const std::string text = line + '\n';
        if (::write(speech, text.data(), text.size()) < 0) ::_exit(1);
      });
      ::_exit(done ? 0 : 1);
    }
    ::close(pipes[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(pipes[0], buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<std::size_t>(got));
    ::close(pipes[0]);
    int state = 0;
    ::waitpid(child, &state, 0);
    const int status = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
    check(status == 0 || status == dying::Fuse::status,
          "exit status of the child: " + std::to_string(status));
    finished = status != dying::Fuse::status;
    spoken.clear();
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos;
         at = end + 1)
      spoken.push_back(text.substr(at, end - at));
    if (recover(place, spoken, true)) ++repairs;
    if (failed > 20) return;
  }
  noCookies(place.kernel);
  std::printf("real: %ld deaths, %ld with something to repair\n", deaths, repairs);
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::strcmp(words[1], "fake") == 0) {
    for (const int torn : {-1, 0, 7}) sweepFake(FakeUdev::off, torn);
    sweepFake(FakeUdev::immediate, -1);
  } else if (count == 6 && std::strcmp(words[1], "real") == 0) {
    sweepReal({systemKernel(), systemStorage(), words[2], words[5]}, words[3], words[4]);
  } else {
    std::fprintf(stderr, "usage: %s fake | real DATA METADATA FILE LOG\n", words[0]);
    return 2;
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
