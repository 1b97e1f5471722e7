// Which target types have keys in their rows, and rows without them: the one list of that, for
// tables, JSON, traces and errors. Threading: all functions are pure. A program that shows rows to
// people shows what `withoutKeys` gives:
//
//   for (const Row& row : table->rows) print(row.type, withoutKeys(row.type, row.params));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <devmap/types.hpp>

namespace devmap {

/// Whether the parameters of a row of this type may hold a key in clear. True for a type that
/// devmap does not know.
[[nodiscard]] DEVMAP_API bool mayHoldKeys(std::string_view targetType) noexcept;

/// How `withoutKeys` gives the word `-`, which crypt takes for no key at all (cipher_null).
enum class NullKey : std::uint8_t {
  kept,  ///< as it is: it is no secret, and the row can be read again
  zero,  ///< as `0`, which is what dmsetup shows
};

/// The parameters of a row with each character of its keys as `0`; all else stays byte for byte.
/// Keys stand in:
/// - crypt, inlinecrypt, default-key: the second word. The form `:SIZE:TYPE:DESCRIPTION` names a
/// key of the kernel's keyring and stays.
///   inlinecrypt shows those as digits, which become zeros (dm-inlinecrypt.c: inlinecrypt_status).
/// - integrity: what follows the second colon of the words `internal_hash:`, `journal_crypt:` and
/// `journal_mac:`. Parameters of all other types, also of those that devmap does not know, are
/// given as they are.
[[nodiscard]] DEVMAP_API std::string withoutKeys(std::string_view targetType,
                                                 std::string_view params,
                                                 NullKey nullKey = NullKey::kept);

/// Whether a message to a target may hold a key: `key set KEY` of crypt, as the kernel reads it
/// (dm-crypt.c: crypt_message): any case, any blanks, and a backslash stands for the character
/// behind it.
[[nodiscard]] DEVMAP_API bool messageMayHoldKey(std::string_view message) noexcept;

/// Overwrites all memory of the text, what lies behind its end too, and empties it. The compiler
/// does not leave it out.
DEVMAP_API void wipe(std::string& text) noexcept;

}  // namespace devmap
