#include "kernels/cuda/cubin.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace unroll::kernels {
namespace {

// Bits 0 to 8 of an instruction. The three bits above say what kinds of operands it has.
enum Operation : uint64_t {
  kGenericLoad = 0x180,  // of an address whose kind of memory the compiler does not know
  kGlobalLoad = 0x181,
  kLocalLoad = 0x183,
  kSharedLoad = 0x184,
  kGenericStore = 0x185,
  kGlobalStore = 0x186,
  kLocalStore = 0x187,
  kSharedStore = 0x188,
  kHmma = 0x03c,  // matrix product of f16, bf16 or tf32
  kDmma = 0x03f,  // of f64
  kBarrier = 0x11d,
  kNop = 0x118,
};
constexpr uint64_t kWidth16 = 6;
constexpr size_t kInstructionBytes = 16;

// Attributes in .nv.info: a byte of format, a byte of attribute, two bytes of size, then the symbol
// and its value.
constexpr uint8_t kFormatSized = 4, kAttributeRegisters = 0x2f, kAttributeStack = 0x11;
constexpr uint32_t kSectionInfo = 0x70000000;

constexpr uint16_t kMachineCuda = 190;
constexpr std::string_view kTextPrefix = ".text.", kSharedPrefix = ".nv.shared.";
// From sm_90 on the size of a kernel's shared memory includes what CUDA keeps for itself.
constexpr int kReservedSharedBytes = 1024;

// A cubin inside the bytes of an object file.
class Cubin {
 public:
  explicit Cubin(std::string_view bytes) : bytes_(bytes), header_(at<Elf64_Ehdr>(0)) {
    for (int i = 0; i < header_.e_shnum; ++i)
      sections_.push_back(at<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr)));
  }

  int architecture() const { return static_cast<int>(header_.e_flags >> 8 & 0xff); }

  std::vector<MachineCode> kernels() const {
    std::vector<MachineCode> kernels;
    for (const Elf64_Shdr& section : sections_) {
      const std::string_view name = section_name(section);
      if (!name.starts_with(kTextPrefix)) continue;
      MachineCode kernel{.symbol = std::string(name.substr(kTextPrefix.size())),
                         .architecture = architecture()};
      count_instructions(contents(section), kernel);
      kernels.push_back(std::move(kernel));
    }
    for (const Elf64_Shdr& section : sections_) add_resources(section, kernels);
    return kernels;
  }

 private:
  template <class T>
  T at(uint64_t offset) const {
    return read<T>(bytes_, offset);
  }

  template <class T>
  static T read(std::string_view bytes, uint64_t offset) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T))
      throw std::runtime_error("a cubin is cut off");
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
  }

  std::string_view contents(const Elf64_Shdr& section) const {
    return bytes_.substr(std::min<uint64_t>(section.sh_offset, bytes_.size()), section.sh_size);
  }

  std::string_view text(const Elf64_Shdr& strings, uint64_t offset) const {
    const std::string_view from = contents(strings).substr(offset);
    return from.substr(0, from.find('\0'));
  }

  std::string_view section_name(const Elf64_Shdr& section) const {
    return text(sections_.at(header_.e_shstrndx), section.sh_name);
  }

  static void count_instructions(std::string_view code, MachineCode& kernel) {
    for (size_t i = 0; i + kInstructionBytes <= code.size(); i += kInstructionBytes) {
      const uint64_t operation = read<uint64_t>(code, i) & 0x1ff;
      const bool wide = (read<uint64_t>(code, i + 8) >> 9 & 7) == kWidth16;
      const auto count = [wide](Accesses& accesses) {
        ++accesses.all;
        accesses.wide += wide;
      };
      kernel.instructions += operation != kNop;
      switch (operation) {
        case kGenericLoad:
        case kGlobalLoad:
          count(kernel.global_loads);
          break;
        case kGenericStore:
        case kGlobalStore:
          count(kernel.global_stores);
          break;
        case kSharedLoad:
          count(kernel.shared_loads);
          break;
        case kSharedStore:
          count(kernel.shared_stores);
          break;
        case kLocalLoad:
        case kLocalStore:
          count(kernel.local);
          break;
        case kHmma:
        case kDmma:
          ++kernel.tensor_core;
          break;
        case kBarrier:
          ++kernel.barriers;
          break;
        default:
          break;
      }
    }
  }

  // Calls use(symbol, attribute, value) for what .nv.info says about symbols.
  template <class Use>
  void for_each_attribute(const Elf64_Shdr& section, const Use& use) const {
    const Elf64_Shdr& symbols = sections_.at(section.sh_link);
    const std::string_view info = contents(section);
    for (size_t i = 0; i + 4 <= info.size();) {
      const bool sized = read<uint8_t>(info, i) == kFormatSized;
      const auto attribute = read<uint8_t>(info, i + 1);
      const auto size = read<uint16_t>(info, i + 2);
      if (sized && size == 8) {
        const auto symbol =
            read<Elf64_Sym>(contents(symbols), read<uint32_t>(info, i + 4) * sizeof(Elf64_Sym));
        use(text(sections_.at(symbols.sh_link), symbol.st_name), attribute,
            static_cast<int>(read<uint32_t>(info, i + 8)));
      }
      i += 4 + (sized ? size : 0);
    }
  }

  // What a section other than the kernels' own says about them.
  void add_resources(const Elf64_Shdr& section, std::vector<MachineCode>& kernels) const {
    const auto find = [&](std::string_view symbol) {
      return std::find_if(kernels.begin(), kernels.end(),
                          [&](const MachineCode& kernel) { return kernel.symbol == symbol; });
    };
    const std::string_view name = section_name(section);
    if (name.starts_with(kSharedPrefix)) {
      const auto kernel = find(name.substr(kSharedPrefix.size()));
      if (kernel == kernels.end()) return;
      const int reserved = kernel->architecture >= 90 ? kReservedSharedBytes : 0;
      kernel->shared_bytes = std::max(0, static_cast<int>(section.sh_size) - reserved);
    } else if (section.sh_type == kSectionInfo && name == ".nv.info") {
      for_each_attribute(section, [&](std::string_view symbol, uint8_t attribute, int value) {
        const auto kernel = find(symbol);
        if (kernel == kernels.end()) return;
        if (attribute == kAttributeRegisters) kernel->registers = value;
        if (attribute == kAttributeStack) kernel->stack_bytes = value;
      });
    }
  }

  std::string_view bytes_;
  Elf64_Ehdr header_;
  std::vector<Elf64_Shdr> sections_;
};

}  // namespace

std::vector<MachineCode> read_machine_code(const std::string& object) {
  std::ifstream file(object, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + object);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  std::vector<MachineCode> kernels;
  // The first ELF header is the object's own.
  for (size_t i = bytes.find(ELFMAG); i != bytes.npos; i = bytes.find(ELFMAG, i + SELFMAG)) {
    Elf64_Ehdr header;
    if (bytes.size() - i < sizeof header) break;
    std::memcpy(&header, bytes.data() + i, sizeof header);
    if (header.e_machine != kMachineCuda) continue;
    for (MachineCode& kernel : Cubin(std::string_view(bytes).substr(i)).kernels())
      kernels.push_back(std::move(kernel));
  }
  return kernels;
}

}  // namespace unroll::kernels
