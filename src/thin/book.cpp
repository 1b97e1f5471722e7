#include <thin/book.hpp>

#include <algorithm>
#include <utility>

#include <devmap/name.hpp>
#include <thin/words.hpp>

namespace devmap::thin {
namespace {

std::string textOf(const Volume& volume) {
  return join({decimal(volume.id), " ", decimal(volume.size.count), volume.readOnly ? " r " : " w ",
               volume.origin ? decimal(*volume.origin) : "-", " ",
               volume.externalOrigin.empty() ? "-" : mangle(volume.externalOrigin), " ",
               decimal(volume.transaction), " ", volume.name});
}

bool takeId(std::string_view word, ThinId& id) noexcept {
  std::uint64_t value = 0;
  if (!readNumber(word, value) || value >= thinIds) return false;
  id = static_cast<ThinId>(value);
  return true;
}

bool readVolume(std::string_view text, Volume& volume) {
  if (!takeId(takeUpTo(text, ' '), volume.id) ||
      !readNumber(takeUpTo(text, ' '), volume.size.count))
    return false;
  const std::string_view mode = takeUpTo(text, ' ');
  if (mode != "r" && mode != "w") return false;
  volume.readOnly = mode == "r";
  if (const std::string_view origin = takeUpTo(text, ' '); origin != "-") {
    ThinId id = 0;
    if (!takeId(origin, id)) return false;
    volume.origin = id;
  }
  if (const std::string_view external = takeUpTo(text, ' '); external != "-")
    volume.externalOrigin = unmangle(external, NameMangling::hex);
  if (!readNumber(takeUpTo(text, ' '), volume.transaction)) return false;
  volume.name = text;
  return Name::parseForNode(text).has_value();
}

}  // namespace

std::string poolRecord(const Book& book) {
  return join({"pool ", book.stem, " ", decimal(book.blockSize)});
}
std::string stateRecord(const Book& book) {
  return join({"state ", decimal(book.transaction), " ", decimal(book.nextId)});
}
std::string setRecord(const Volume& volume) { return join({"set ", textOf(volume)}); }
std::string endRecord(std::string_view word, std::uint64_t transaction) {
  return join({word, " ", decimal(transaction)});
}

std::string makeRecord(std::uint64_t transaction, const std::vector<Volume>& volumes) {
  std::string text = endRecord("make", transaction);
  for (const Volume& volume : volumes)
    text += join({&volume == volumes.data() ? " " : ";", textOf(volume)});
  return text;
}

std::string idsRecord(std::string_view word, std::uint64_t transaction,
                      const std::vector<Volume>& volumes) {
  std::string text = endRecord(word, transaction);
  for (const Volume& volume : volumes)
    text += join({&volume == volumes.data() ? " " : ";", decimal(volume.id)});
  return text;
}

const Volume* Book::find(std::string_view name) const noexcept {
  const auto place =
      std::lower_bound(volumes.begin(), volumes.end(), name,
                       [](const Volume& v, std::string_view n) { return v.name < n; });
  return place == volumes.end() || place->name != name ? nullptr : &*place;
}

const Volume* Book::findId(ThinId id) const noexcept {
  const auto place =
      std::find_if(volumes.begin(), volumes.end(), [id](const Volume& v) { return v.id == id; });
  return place == volumes.end() ? nullptr : &*place;
}

void Book::insert(Volume volume) {
  const auto place =
      std::lower_bound(volumes.begin(), volumes.end(), volume.name,
                       [](const Volume& v, const std::string& n) { return v.name < n; });
  volumes.insert(place, std::move(volume));
}

void Book::erase(ThinId id) {
  std::erase_if(volumes, [id](const Volume& v) { return v.id == id; });
}

std::vector<ThinId> Book::freeIds(std::size_t count) const {
  std::vector<ThinId> taken;
  for (const Volume& volume : volumes) taken.push_back(volume.id);
  std::sort(taken.begin(), taken.end());
  std::vector<ThinId> ids;
  ThinId id = nextId;
  for (ThinId tries = 0; tries < thinIds && ids.size() < count; ++tries, id = (id + 1) % thinIds)
    if (!std::binary_search(taken.begin(), taken.end(), id)) ids.push_back(id);
  return ids;
}

bool Book::takeIntent(std::string_view words, bool deletes) {
  Intent fresh;
  fresh.deletes = deletes;
  if (intent || !readNumber(takeUpTo(words, ' '), fresh.transaction) ||
      fresh.transaction != transaction + 1)
    return false;
  while (!words.empty()) {
    Volume volume;
    const std::string_view item = takeUpTo(words, ';');
    if (deletes) {
      if (!takeId(item, volume.id)) return false;
      const Volume* const present = findId(volume.id);
      if (present == nullptr) return false;
      volume = *present;
    } else {
      const auto same = [&](const Volume& other) {
        return other.id == volume.id || other.name == volume.name;
      };
      if (!readVolume(item, volume) || std::ranges::any_of(volumes, same) ||
          std::ranges::any_of(fresh.volumes, same))
        return false;
      nextId = (volume.id + 1) % thinIds;
    }
    fresh.volumes.push_back(std::move(volume));
  }
  intent = std::move(fresh);
  return true;
}

bool Book::takeKeep(std::string_view words) {
  std::uint64_t of = 0;
  if (!intent || !intent->deletes || !readNumber(takeUpTo(words, ' '), of) ||
      of != intent->transaction)
    return false;
  while (!words.empty()) {
    ThinId id = 0;
    if (!takeId(takeUpTo(words, ';'), id)) return false;
    std::erase_if(intent->volumes, [id](const Volume& v) { return v.id == id; });
  }
  return true;
}

bool Book::takeEnd(std::string_view words, bool commits) {
  std::uint64_t of = 0;
  if (!intent || !readNumber(words, of) || of != intent->transaction) return false;
  if (commits) {
    transaction = of;
    for (Volume& volume : intent->volumes) {
      if (intent->deletes)
        erase(volume.id);
      else
        insert(std::move(volume));
    }
  }
  intent.reset();
  return true;
}

bool Book::takeSet(std::string_view words) {
  Volume volume;
  if (!readVolume(words, volume) || findId(volume.id) == nullptr) return false;
  if (intent && !intent->deletes &&
      std::ranges::any_of(intent->volumes, [&](const Volume& v) { return v.name == volume.name; }))
    return false;
  const Volume* const other = find(volume.name);
  if (other != nullptr && other->id != volume.id) return false;
  erase(volume.id);
  insert(std::move(volume));
  return true;
}

bool Book::take(std::string_view record) {
  const std::string_view word = takeUpTo(record, ' ');
  if (word == "pool") {
    stem = takeUpTo(record, ' ');
    return readNumber(record, blockSize);
  }
  if (word == "state") {
    ThinId next = 0;
    if (!readNumber(takeUpTo(record, ' '), transaction) || !takeId(record, next)) return false;
    nextId = next;
    return true;
  }
  if (word == "volume") {
    Volume volume;
    if (intent || !readVolume(record, volume) || find(volume.name) != nullptr ||
        findId(volume.id) != nullptr)
      return false;
    insert(std::move(volume));
    return true;
  }
  if (word == "make" || word == "delete") return takeIntent(record, word == "delete");
  if (word == "keep") return takeKeep(record);
  if (word == "commit" || word == "abort") return takeEnd(record, word == "commit");
  return word == "set" && takeSet(record);
}

std::vector<std::string> Book::records() const {
  std::vector<std::string> all{poolRecord(*this), stateRecord(*this)};
  for (const Volume& volume : volumes) all.push_back(join({"volume ", textOf(volume)}));
  return all;
}

}  // namespace devmap::thin
