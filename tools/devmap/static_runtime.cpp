// The few functions of the C++ runtime that the tool and the library need, for a fully static binary without libstdc++.
// Out of memory and broken preconditions of the standard library end the program with a message: nothing here throws.
// Not part of builds that link libstdc++.

#include <cstdarg>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <typeinfo>

#include <signal.h>
#include <unistd.h>

namespace {

[[noreturn]] void die(const char* what) noexcept {
  constexpr char start[] = "devmap: fatal: ";
  // Nothing is left to do where stderr cannot be written.
  if (write(STDERR_FILENO, start, sizeof start - 1) > 0 && write(STDERR_FILENO, what, std::strlen(what)) > 0)
    static_cast<void>(!write(STDERR_FILENO, "\n", 1));
  kill(getpid(), SIGABRT);  // abort() would take locks and change signals first, for threads and handlers that are not here
  _exit(134);
}

void* allocate(std::size_t size) noexcept {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) die("out of memory");
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace std {

const nothrow_t nothrow{};

// What the headers call where they would throw. They would say which of their functions it was; the binary has no room for these names.
void __throw_bad_alloc() { die("out of memory"); }
void __throw_bad_array_new_length() { die("out of memory"); }
void __throw_bad_function_call() { die("empty function called"); }
[[gnu::noinline]] void __throw_length_error(const char* /*what*/) { die("too long"); }
[[gnu::noinline]] void __throw_logic_error(const char* /*what*/) { die("logic error"); }
[[gnu::noinline]] void __throw_invalid_argument(const char* /*what*/) { die("invalid argument"); }
[[gnu::noinline]] void __throw_out_of_range(const char* /*what*/) { die("out of range"); }
[[gnu::noinline]] void __throw_out_of_range_fmt(const char* /*what*/, ...) { die("out of range"); }
void __throw_system_error(int) { die("a lock failed"); }

// Asked by make_shared's deleter lookup, which needs RTTI to answer anything else.
bool _Sp_make_shared_tag::_S_eq(const type_info&) noexcept { return false; }

}  // namespace std

extern "C" [[noreturn]] void __cxa_pure_virtual() { die("pure virtual function called"); }
