// Which target types have keys in their rows, and how to show rows without them. Tables, JSON,
// traces and errors all use this one list. Threading: all functions are pure. A program that shows
// rows to people prints what `withoutKeys` returns:
//
//   for (const Row& row : table->rows) print(row.type, withoutKeys(row.type, row.params));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <devmap/types.hpp>

namespace devmap {

/// Whether the parameters of a row of this type may hold a key in the clear. True for a type that
/// devmap does not know.
[[nodiscard]] DEVMAP_API bool mayHoldKeys(std::string_view targetType) noexcept;

/// How `withoutKeys` returns the word `-`, which means no key to crypt (cipher_null).
enum class NullKey : std::uint8_t {
  kept,  ///< unchanged: it is not a secret, and the row can be parsed again
  zero,  ///< as `0`, which is what dmsetup shows
};

/// The parameters of a row with each character of its keys replaced by `0`. All else is unchanged,
/// byte for byte. So are all parameters of types that are not listed here, known to devmap or not.
/// Keys are in:
/// - crypt, inlinecrypt, default-key: the second word. The form `:SIZE:TYPE:DESCRIPTION` names a
///   key in the kernel's keyring and is unchanged. inlinecrypt shows such keys as digits, which
///   become zeros (dm-inlinecrypt.c: inlinecrypt_status).
/// - integrity: the text after the second colon of the words `internal_hash:`, `journal_crypt:` and
///   `journal_mac:`.
[[nodiscard]] DEVMAP_API std::string withoutKeys(std::string_view targetType,
                                                 std::string_view params,
                                                 NullKey nullKey = NullKey::kept);

/// Whether a message to a target may hold a key: crypt's `key set KEY`. Words are compared as the
/// kernel does it (dm-crypt.c: crypt_message): in any case, with any blanks, and with a backslash
/// escaping the next character.
[[nodiscard]] DEVMAP_API bool messageMayHoldKey(std::string_view message) noexcept;

/// Overwrites all memory of the text, including its spare capacity, and empties it. The compiler
/// does not optimise this away.
DEVMAP_API void wipe(std::string& text) noexcept;

}  // namespace devmap
