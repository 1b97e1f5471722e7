// Fuzz target: the records of a pool of volumes, one a line. What is accepted is written and read
// again.
#include <string>
#include <vector>

#include <thin/book.hpp>

#include "fuzz.hpp"

using devmap::fuzz::expect;
using devmap::thin::Book;

namespace {

bool same(const devmap::Volume& a, const devmap::Volume& b) {
  return a.name == b.name && a.id == b.id && a.size == b.size && a.readOnly == b.readOnly &&
         a.origin == b.origin && a.externalOrigin == b.externalOrigin &&
         a.transaction == b.transaction;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Book book;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (!book.take(rest.substr(0, end))) return 0;  // no one continues with it
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const devmap::Volume& volume : book.volumes) {
    expect(book.find(volume.name) == &volume, "volumes out of order, or two of a name");
    expect(book.findId(volume.id) == &volume, "two volumes of an id");
  }
  Book again;
  for (const std::string& record : book.records())
    expect(again.take(record), "a record of its own is refused");
  expect(again.stem == book.stem && again.blockSize == book.blockSize &&
             again.transaction == book.transaction && again.nextId == book.nextId &&
             again.volumes.size() == book.volumes.size(),
         "a book changes");
  for (std::size_t i = 0; i < book.volumes.size(); ++i)
    expect(same(book.volumes[i], again.volumes[i]), "a volume changes");
  return 0;
}
