// outline ASSEMBLY < LISTING: makes functions of instructions that occur more than once, so that a program gets smaller. tools/build-static
// runs it on what GCC's link-time optimisation wrote for x86-64, without unwind tables and red zones. LISTING is `as -aln` of the same
// file, for the sizes.
//   A sequence that ends in a return or in a jump to a function is kept once; the others jump there. Nothing else changes.
//   A sequence that ends in a call becomes a call of a new function that ends in a jump; others become one that ends in a return. Inside of
//   it the return address is 8 bytes more on the stack: offsets from the stack pointer grow by 8. Flags and registers are as they were.
// What is not understood stays where it is: inline assembly, changes of the stack pointer.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::size_t longest = 24;  // instructions of a sequence
constexpr unsigned jumpSize = 5;     // bytes of a call or jump to another function

enum class Kind : std::uint8_t {
  ordinary,
  call,
  end,    // a return, or a jump to a function
  fixed,  // cannot be called from elsewhere, only jumped to
  other,  // no instruction: a label, a directive; or a jump inside of the function
};

struct Instruction {
  Kind kind = Kind::other;
  std::string text;  // as it stands in the file
  unsigned size = 0;
  int pushed = 0;     // bytes
  std::string moved;  // what does the same with a return address more on the stack
  unsigned movedSize = 0;
  std::uint32_t number = 0;  // the same for equal texts
};

/// Everything that a stream holds; the stream is closed.
std::string contentsOf(std::FILE* file) {
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, size);
  std::fclose(file);
  return text;
}

/// Takes the first line, without its end.
std::string_view takeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Fills in what can be said of an instruction by its text.
Instruction understood(std::string_view text, unsigned size) {
  Instruction it{.kind = Kind::ordinary, .text = std::string(text), .size = size, .moved = std::string(text), .movedSize = size};
  const std::size_t blank = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view name = text.substr(0, blank);
  const std::string_view operands = text.substr(std::min(blank + 1, text.size()));
  const auto is = [&](Kind kind) {
    it.kind = kind;
    return it;
  };
  if (text == "ret") return is(Kind::end);
  if (name == "jmp") return is(operands.starts_with('.') || operands.starts_with('*') ? Kind::other : Kind::end);
  if (name.starts_with("j") || name.starts_with("loop") || name.starts_with("ret") || name == "notrack" || name == "bnd")
    return is(Kind::other);
  if (name.starts_with("rep") && contains(operands, "ret")) return is(Kind::other);
  if (name == "call") it.kind = Kind::call;
  if (name == "ud2" || name == "leave" || name == "enter" || name == "syscall" || name == "hlt") return is(Kind::fixed);
  if (name.starts_with("call") && name != "call") return is(Kind::fixed);
  const std::size_t place = operands.find("%rsp");
  if (name.starts_with("push") || name.starts_with("pop")) {
    if (place != std::string_view::npos || (name != "pushq" && name != "popq")) return is(Kind::fixed);
    it.pushed = name == "pushq" ? 8 : -8;
    return it;
  }
  if (place == std::string_view::npos) return it;
  if (name == "movq" && operands.starts_with("%rsp, %r")) {
    it.moved = std::string("leaq\t8(%rsp), ").append(operands.substr(6));
    it.movedSize = 5;
    return it;
  }
  // Else the stack pointer may be the base of one operand, at an offset that is a plain number, and nothing more.
  if (place == 0 || operands[place - 1] != '(' || contains(operands.substr(place + 1), "%rsp")) return is(Kind::fixed);
  std::size_t first = place - 1;
  while (first > 0 && (operands[first - 1] >= '0' && operands[first - 1] <= '9')) --first;
  if (first > 0 && operands[first - 1] != ' ' && operands[first - 1] != '*') return is(Kind::fixed);
  unsigned offset = 0;
  const auto read = std::from_chars(operands.data() + first, operands.data() + place - 1, offset);
  if (read.ec != std::errc() && first != place - 1) return is(Kind::fixed);
  it.moved = std::string(text.substr(0, blank + 1));
  it.moved.append(operands.substr(0, first)).append(std::to_string(offset + 8)).append(operands.substr(place - 1));
  if (offset == 0) it.movedSize += 1;
  if (offset < 128 && offset + 8 >= 128) it.movedSize += 3;
  return it;
}

/// One line of the file, or one that was added.
struct Line {
  std::string text;  // of what is no instruction
  Instruction instruction{};
};

class Program {
 public:
  void read(std::string_view assembly, const std::unordered_map<std::size_t, unsigned>& sizes) {
    bool code = false;
    bool byHand = false;
    for (std::size_t number = 1; !assembly.empty(); ++number) {
      const std::string_view text = takeLine(assembly);
      if (text.starts_with("\t.section") || text == "\t.text" || text == "\t.data" || text == "\t.bss") {
        code = contains(text, ".text");
      }
      if (text.starts_with("#APP")) byHand = true;
      if (text.starts_with("#NO_APP")) byHand = false;
      const auto size = sizes.find(number);
      const bool instruction = code && !byHand && size != sizes.end() && text.size() > 1 && text[0] == '\t' && text[1] != '.';
      if (instruction) {
        add(understood(text.substr(1), size->second));
      } else {
        lines_.push_back({std::string(text)});
      }
    }
  }

  [[nodiscard]] bool empty() const noexcept { return numbers_.empty(); }

  /// Bytes saved; 0: nothing is left to do.
  std::size_t shrink() {
    find();
    std::priority_queue<Candidate> best;
    for (const auto& [key, places] : found_)
      if (const long gain = gainOf(key, places.front(), places.size()); gain > 0) best.push({gain, &key});
    std::vector<bool> taken(lines_.size());
    std::vector<Change> changes(lines_.size());
    std::vector<Line> functions;
    long saved = 0;
    while (!best.empty()) {
      const Candidate candidate = best.top();
      best.pop();
      const Key& key = *candidate.key;
      std::vector<std::size_t>& places = found_[key];
      keepFree(places, key.size() - 1, taken);
      if (places.size() < 2) continue;
      const long gain = gainOf(key, places.front(), places.size());
      if (gain <= 0) continue;
      if (gain < candidate.gain) {
        best.push({gain, candidate.key});
        continue;
      }
      saved += gain;
      const std::string name = "outlined." + std::to_string(++count_);
      const std::size_t length = key.size() - 1;
      for (const std::size_t place : places) {
        std::fill_n(taken.begin() + static_cast<long>(place), length, true);
        changes[place] = {length, name, static_cast<Kind>(key.front())};
      }
      if (static_cast<Kind>(key.front()) == Kind::end) {
        changes[places.front()].length = 0;  // the one that stays
      } else {
        write(functions, name, places.front(), length);
      }
    }
    apply(changes, functions);
    return static_cast<std::size_t>(saved);
  }

  void print() const {
    for (const Line& line : lines_) {
      if (!line.instruction.text.empty()) std::putchar('\t');
      std::puts(line.instruction.text.empty() ? line.text.c_str() : line.instruction.text.c_str());
    }
  }

 private:
  using Key = std::u32string;  // the kind of its last instruction, then the numbers of all
  struct Candidate {
    long gain;
    const Key* key;
    bool operator<(const Candidate& other) const {  // the longer, then the lesser numbers: the same result in every run
      if (gain != other.gain) return gain < other.gain;
      if (key->size() != other.key->size()) return key->size() < other.key->size();
      return *key > *other.key;
    }
  };
  struct Change {
    std::size_t length = 0;
    std::string name;
    Kind kind = Kind::other;
  };

  void add(Instruction instruction) {
    instruction.number = numbers_.try_emplace(instruction.text, static_cast<std::uint32_t>(numbers_.size())).first->second;
    lines_.push_back({{}, std::move(instruction)});
  }

  /// All sequences that could be a function, and where they are.
  void find() {
    found_.clear();
    for (std::size_t first = 0; first < lines_.size(); ++first) {
      bool callable = true;
      int pushed = 0;
      unsigned size = 0;
      Key key(1, U'\0');
      for (std::size_t i = first; i < std::min(first + longest, lines_.size()); ++i) {
        const Instruction& it = lines_[i].instruction;
        if (it.kind == Kind::other) break;
        key.push_back(it.number);
        size += it.size;
        const auto note = [&](Kind kind) {
          key.front() = static_cast<char32_t>(kind);
          if (size > jumpSize) found_[key].push_back(first);
        };
        if (it.kind == Kind::end) {
          note(Kind::end);
          break;
        }
        if (it.kind == Kind::fixed || (pushed != 0 && it.moved != it.text)) callable = false;
        pushed += it.pushed;
        if (pushed < 0) callable = false;
        if (callable && pushed == 0) note(it.kind);
        if (it.kind == Kind::call) callable = false;  // it would not be the last; the stack must be aligned for it
      }
    }
  }

  [[nodiscard]] long gainOf(const Key& key, std::size_t first, std::size_t places) const {
    long size = 0;
    long moved = 0;
    for (std::size_t i = first; i < first + key.size() - 1; ++i) {
      size += lines_[i].instruction.size;
      moved += lines_[i].instruction.movedSize;
    }
    const auto count = static_cast<long>(places);
    if (static_cast<Kind>(key.front()) == Kind::end) return (count - 1) * (size - jumpSize);
    return count * (size - jumpSize) - moved - (static_cast<Kind>(key.front()) == Kind::call ? 0 : 1);
  }

  /// Drops places that something else has taken meanwhile, or that overlap.
  static void keepFree(std::vector<std::size_t>& places, std::size_t length, const std::vector<bool>& taken) {
    std::size_t next = 0;
    std::erase_if(places, [&](std::size_t place) {
      if (place < next) return true;
      for (std::size_t i = place; i < place + length; ++i)
        if (taken[i]) return true;
      next = place + length;
      return false;
    });
  }

  void write(std::vector<Line>& functions, const std::string& name, std::size_t first, std::size_t length) {
    functions.push_back({"\t.section\t.text." + name + ",\"ax\",@progbits"});
    functions.push_back({name + ":"});
    std::swap(lines_, functions);
    for (std::size_t i = first; i < first + length; ++i) {
      const Instruction it = functions[i].instruction;
      const bool jumps = it.kind == Kind::call;
      add(understood(jumps ? "jmp" + it.moved.substr(4) : it.moved, it.movedSize));
      if (!jumps && i + 1 == first + length) add(understood("ret", 1));
    }
    std::swap(lines_, functions);
  }

  void apply(const std::vector<Change>& changes, const std::vector<Line>& functions) {
    std::vector<Line> old;
    std::swap(old, lines_);
    for (std::size_t i = 0; i < old.size();) {
      const Change& change = changes[i];
      if (change.length != 0) {
        add(understood((change.kind == Kind::end ? "jmp\t" : "call\t") + change.name, jumpSize));
        i += change.length;
        continue;
      }
      if (!change.name.empty()) lines_.push_back({change.name + ":"});
      lines_.push_back(std::move(old[i++]));
    }
    lines_.insert(lines_.end(), functions.begin(), functions.end());
  }

  std::vector<Line> lines_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::unordered_map<Key, std::vector<std::size_t>> found_;
  std::size_t count_ = 0;
};

/// Bytes of each line by `as -aln`: line, offset, bytes in groups of hexadecimal digits.
std::unordered_map<std::size_t, unsigned> sizesIn(std::string_view listing) {
  std::unordered_map<std::size_t, unsigned> sizes;
  while (!listing.empty()) {
    std::string_view rest = takeLine(listing);
    const auto word = [&]() -> std::string_view {
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      const std::string_view found = rest.substr(0, rest.find_first_of(" \t"));
      rest.remove_prefix(found.size());
      return found;
    };
    const std::string_view number = word();
    std::size_t line = 0;
    if (number.empty() || std::from_chars(number.data(), number.data() + number.size(), line).ptr != number.data() + number.size())
      continue;
    const std::string_view offset = word();
    if (offset.size() < 4 || offset.find_first_not_of("0123456789abcdef") != std::string_view::npos) continue;
    for (std::string_view bytes = word(); !bytes.empty() && bytes.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
         bytes = word())
      sizes[line] += static_cast<unsigned>(bytes.size() / 2);
  }
  return sizes;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: outline ASSEMBLY < LISTING > RESULT\n", stderr);
    return 1;
  }
  std::FILE* const assembly = std::fopen(arguments[1], "r");
  if (assembly == nullptr) {
    std::perror(arguments[1]);
    return 1;
  }
  Program program;
  program.read(contentsOf(assembly), sizesIn(contentsOf(stdin)));
  if (program.empty()) {
    std::fprintf(stderr, "outline: %s: no instruction has a size in the listing\n", arguments[1]);
    return 1;
  }
  constexpr int rounds = 8;  // what became a call can be part of another sequence; the fourth finds nothing any more
  for (int round = 0; round < rounds && program.shrink() > 0; ++round) continue;
  program.print();
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? 0 : 1;
}
