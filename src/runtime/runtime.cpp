// The functions of the C++ runtime that the library and the tool need, for fully static programs
// without libstdc++. Nothing here throws: a program that is out of memory, or breaks a precondition
// of the standard library, says so and aborts.

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <typeinfo>

#include <unistd.h>

namespace {

/// Writes without the C library's streams, which may allocate.
void say(const char* text) noexcept {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0)
    return;  // stderr is closed: nothing is left to do
}

[[noreturn]] void die(const char* what) noexcept {
  say("fatal: ");
  say(what);
  say("\n");
  std::abort();
}

void* allocate(std::size_t size) noexcept {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) die("out of memory");
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace std {

const nothrow_t nothrow{};

// The headers of libstdc++ call these where they would throw. `what` names the function of the
// standard library.
void __throw_bad_alloc() { die("out of memory"); }
void __throw_bad_array_new_length() { die("out of memory"); }
void __throw_bad_function_call() { die("call of an empty std::function"); }
void __throw_length_error(const char* what) { die(what); }
void __throw_logic_error(const char* what) { die(what); }
void __throw_invalid_argument(const char* what) { die(what); }
void __throw_out_of_range(const char* what) { die(what); }
void __throw_out_of_range_fmt(const char* what, ...) { die(what); }
void __throw_system_error(int error) { die(strerror(error)); }

// make_shared uses this to identify its deleter. Without RTTI the answer is no.
bool _Sp_make_shared_tag::_S_eq(const type_info&) noexcept { return false; }

}  // namespace std

extern "C" [[noreturn]] void __cxa_pure_virtual() { die("pure virtual function called"); }
