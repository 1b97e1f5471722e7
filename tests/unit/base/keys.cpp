// Which rows hold keys, and rows without them.
#include <devmap/targets/keys.hpp>

#include <string>

#include <doctest/doctest.h>

using devmap::mayHoldKeys;
using devmap::messageMayHoldKey;
using devmap::NullKey;
using devmap::withoutKeys;

TEST_CASE("keys: which types have them, and that an unknown type may") {
  for (const char* type :
       {"crypt", "inlinecrypt", "default-key", "integrity", "crypt2", "future", ""}) {
    CAPTURE(type);
    CHECK(mayHoldKeys(type));
  }
  for (const char* type : {"linear", "thin-pool", "verity", "vdo", "bow"}) {
    CAPTURE(type);
    CHECK_FALSE(mayHoldKeys(type));
  }
}

TEST_CASE("keys: the second word of crypt, inlinecrypt and default-key") {
  for (const char* type : {"crypt", "inlinecrypt", "default-key"}) {
    CAPTURE(type);
    CHECK(withoutKeys(type, "aes-xts-plain64 deadBEEF 0 7:0 8 1 allow_discards") ==
          "aes-xts-plain64 00000000 0 7:0 8 1 allow_discards");
    CHECK(withoutKeys(type, "aes-xts-plain64 :64:logon:my:key 0 7:0 8") ==
          "aes-xts-plain64 :64:logon:my:key 0 7:0 8");
    CHECK(withoutKeys(type, "cipher_null-ecb - 0 7:0 0") == "cipher_null-ecb - 0 7:0 0");
    CHECK(withoutKeys(type, "cipher_null-ecb - 0 7:0 0", NullKey::zero) ==
          "cipher_null-ecb 0 0 7:0 0");
    CHECK(withoutKeys(type, "aes :32:user:a 0 7:0 8", NullKey::zero) == "aes :32:user:a 0 7:0 8");
    CHECK(withoutKeys(type, " aes\t deadbeef") == " aes\t 00000000");
    CHECK(withoutKeys(type, "aes --") == "aes 00");
    for (const char* whole : {"", " ", "aes", "aes "}) CHECK(withoutKeys(type, whole) == whole);
  }
  // As Linux shows it: a number for the kind of key after it, and bytes for a key of the keyring.
  CHECK(withoutKeys("inlinecrypt", "aes-xts-plain64 c0ffee 1 0 7:0 0") ==
        "aes-xts-plain64 000000 1 0 7:0 0");
}

TEST_CASE("keys: behind the second colon of integrity's algorithms") {
  CHECK(withoutKeys("integrity",
                    "7:0 0 32 J 4 block_size:512 internal_hash:hmac(sha256):aabb "
                    "journal_crypt:ctr(aes):cc journal_mac:hmac(sha1):d") ==
        "7:0 0 32 J 4 block_size:512 internal_hash:hmac(sha256):0000 journal_crypt:ctr(aes):00 "
        "journal_mac:hmac(sha1):0");
  for (const char* plain : {"7:0 0 4 J 1 internal_hash:crc32c", "7:0 0 4 J 1 meta_device:8:16",
                            "7:0 0 4 J 1 internal_hash:", ""})
    CHECK(withoutKeys("integrity", plain) == plain);
  CHECK(withoutKeys("integrity", "7:0 0 4 J 2 internal_hash:a:12 internal_hash:b:34") ==
        "7:0 0 4 J 2 internal_hash:a:00 internal_hash:b:00");
}

TEST_CASE("keys: other rows stay as they are") {
  CHECK(withoutKeys("linear", "7:0 8") == "7:0 8");
  CHECK(withoutKeys("verity", "1 7:0 7:1 4096 4096 1 1 sha256 abcd ef") ==
        "1 7:0 7:1 4096 4096 1 1 sha256 abcd ef");
  CHECK(withoutKeys("future", "aes deadbeef internal_hash:a:b") ==
        "aes deadbeef internal_hash:a:b");
}

TEST_CASE("keys: messages that may hold one, as the kernel reads them") {
  for (const char* message :
       {"key set 00", "KEY Set 00", " key\t set  00", "key set", "k\\ey s\\et 00"}) {
    CAPTURE(message);
    CHECK(messageMayHoldKey(message));
  }
  for (const char* message : {"", "key", "key wipe", "keys set 00", "key sets 00", "ke set 00",
                              "set key 00", "create_thin 1", "\\", "key \\"}) {
    CAPTURE(message);
    CHECK_FALSE(messageMayHoldKey(message));
  }
}
