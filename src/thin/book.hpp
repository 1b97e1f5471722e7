// The state that the records of a log add up to. Pure: no system call.
//
// The words of a record are separated by a blank. Several volumes or ids in it are separated by
// ';'.
// - `pool STEM BLOCK`: whose volumes these are. Uuids begin with STEM; BLOCK is the block size in
//   sectors.
// - `state TRANSACTION NEXT`: the last committed transaction, and the next thin id to assign.
// - `volume VOLUME`: one of the volumes.
// - `make TRANSACTION VOLUME;...`: an intent to create.
// - `delete TRANSACTION ID;...`: an intent to delete.
// - `keep TRANSACTION ID;...`: these ids of an intent to delete stay.
// - `commit TRANSACTION`: the intent was carried out.
// - `abort TRANSACTION`: the intent was not carried out, and nothing is left of it.
// - `set VOLUME`: the volume with that id has these properties now.
//
// VOLUME is `ID SECTORS r|w ORIGIN|- EXTERNAL|- TRANSACTION NAME`, with the bytes of EXTERNAL
// mangled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <devmap/thin/volumes.hpp>

namespace devmap::thin {

inline constexpr ThinId thinIds = ThinId{1} << 24;

struct Intent {
  std::uint64_t transaction = 0;
  bool deletes = false;
  std::vector<Volume> volumes;
};

struct Book {
  std::string stem;
  std::uint64_t blockSize = 0;
  std::uint64_t transaction = 0;
  ThinId nextId = 0;
  std::vector<Volume> volumes;  ///< sorted by name
  std::optional<Intent> intent;

  /// Applies one record. False: it is invalid in this state.
  [[nodiscard]] bool take(std::string_view record);
  /// The shortest log that adds up to this state, without its intent.
  [[nodiscard]] std::vector<std::string> records() const;

  [[nodiscard]] const Volume* find(std::string_view name) const noexcept;
  [[nodiscard]] const Volume* findId(ThinId id) const noexcept;
  /// The next `count` ids that no volume has, in order. Does not change nextId.
  [[nodiscard]] std::vector<ThinId> freeIds(std::size_t count) const;

 private:
  [[nodiscard]] bool takeIntent(std::string_view words, bool deletes);
  [[nodiscard]] bool takeEnd(std::string_view words, bool commits);
  [[nodiscard]] bool takeKeep(std::string_view words);
  [[nodiscard]] bool takeSet(std::string_view words);
  void insert(Volume volume);
  void erase(ThinId id);
};

[[nodiscard]] std::string poolRecord(const Book& book);
[[nodiscard]] std::string stateRecord(const Book& book);
[[nodiscard]] std::string setRecord(const Volume& volume);
[[nodiscard]] std::string makeRecord(std::uint64_t transaction, const std::vector<Volume>& volumes);
/// `word`: delete or keep.
[[nodiscard]] std::string idsRecord(std::string_view word, std::uint64_t transaction,
                                    const std::vector<Volume>& volumes);
[[nodiscard]] std::string endRecord(std::string_view word, std::uint64_t transaction);

}  // namespace devmap::thin
