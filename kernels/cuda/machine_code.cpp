// Checks what nvcc made of our kernels, and writes the table kernels/machine_code.md.
//
//   machine_code check    the probes, the rules, and whether the table is up to date
//   machine_code write    writes the table
//
// CMake says where the table is, and writes a list of the object files: that of probe.cu, then
// those of the kernels.
#include <algorithm>
#include <cstdlib>
#include <cxxabi.h>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <tuple>

#include "kernels/cuda/cubin.h"
#include "kernels/cuda/machine_code_rules.h"

namespace unroll::kernels {
namespace {

// The architecture of the table; rules hold for all.
constexpr int kTableArchitecture = 90;
constexpr const char* kCompiler = "nvcc " UNROLL_NVCC_VERSION;
constexpr const char* kObjects = UNROLL_OBJECTS;
constexpr const char* kTable = UNROLL_MACHINE_CODE;

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "…/unroll_kernels_cuda.dir/./__/recurrent/4_graph.cu.o" → "recurrent/4_graph.cu".
std::string source_of(const std::string& object) {
  const std::string folder = "/__/";
  const size_t begin = object.rfind(folder);
  if (begin == object.npos) throw std::runtime_error("unexpected object file " + object);
  const std::string source = object.substr(begin + folder.size());
  return source.substr(0, source.rfind('.'));
}

// The kernel's name with template arguments, without namespaces, parameters and nvcc's additions:
// "forward_step<Lstm, 4, float>".
std::string readable(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  std::string name = status == 0 ? text.get() : symbol;
  for (const std::string scope : {"unroll::kernels::", "(anonymous namespace)::"})
    for (size_t begin; (begin = name.find(scope)) != name.npos;) name.erase(begin, scope.size());
  if (name.starts_with("void ")) name.erase(0, 5);
  int depth = 0;  // of template arguments; the first ( outside them begins the parameters
  for (size_t i = 0; i < name.size(); ++i) {
    depth += name[i] == '<';
    depth -= name[i] == '>';
    if (name[i] == '(' && depth == 0) name.resize(i);
  }
  return name;
}

// What the versions of a kernel for different operations or cells are called: "forward_step<…, 4,
// float>". Only ladders keep numbers apart, which are in folders of their own.
std::string row_name(const std::string& file, const std::string& name) {
  const bool ladder = file.find('/') != file.npos;
  const size_t begin = name.find('<');
  if (begin == name.npos) return name;
  std::vector<std::string> arguments(1);
  int depth = 0;
  for (const char letter : name.substr(begin + 1, name.size() - begin - 2)) {
    depth += letter == '<';
    depth -= letter == '>';
    if (letter == ',' && depth == 0)
      arguments.emplace_back();
    else if (letter != ' ' || depth > 0)
      arguments.back() += letter;
  }
  std::string row;
  for (const std::string& argument : arguments) {
    const bool kept = argument == "float" || argument == "double" || argument == "int" ||
                      (ladder && argument.find_first_not_of("0123456789") == argument.npos);
    const std::string shown = kept ? argument : "…";
    if (kept || !row.ends_with(shown)) row += (row.empty() ? "" : ", ") + shown;
  }
  return name.substr(0, begin + 1) + row + ">";
}

std::vector<Kernel> read_kernels(const std::vector<std::string>& objects) {
  std::vector<Kernel> kernels;
  for (const std::string& object : objects)
    for (MachineCode& code : read_machine_code(object)) {
      const std::string file = source_of(object), name = readable(code.symbol);
      kernels.push_back({file, name, row_name(file, name), std::move(code)});
    }
  std::sort(kernels.begin(), kernels.end(), [](const Kernel& a, const Kernel& b) {
    return std::tie(a.file, a.name, a.code.architecture) <
           std::tie(b.file, b.name, b.code.architecture);
  });
  return kernels;
}

// "12" or "12–31": what the versions of a kernel have of something.
template <class Get>
std::string range(const std::vector<const Kernel*>& versions, const Get& get) {
  const auto [least, most] = std::minmax_element(
      versions.begin(), versions.end(),
      [&](const Kernel* a, const Kernel* b) { return get(a->code) < get(b->code); });
  const int low = get((*least)->code), high = get((*most)->code);
  if (high == 0) return "";
  return low == high ? std::to_string(low) : std::to_string(low) + "–" + std::to_string(high);
}

// "20–44 (4)": the accesses, and in parentheses how many of them are 16 bytes wide.
std::string accesses(const std::vector<const Kernel*>& versions, Accesses MachineCode::*kind) {
  const auto all = range(versions, [&](const MachineCode& code) { return (code.*kind).all; });
  const auto wide = range(versions, [&](const MachineCode& code) { return (code.*kind).wide; });
  return wide.empty() ? all : all + " (" + wide + ")";
}

std::string table(const std::vector<Kernel>& kernels) {
  std::ostringstream out;
  out << "# Machine code of the kernels\n\n"
         "What "
      << kCompiler << " makes of the GPU sources for sm_" << kTableArchitecture << R"( (Hopper).
`./unroll test --all` compares this file with what it compiles, where nvcc is found, and checks that
no kernel spills registers or uses local memory; `./unroll kernel table` writes the file anew.

Registers are those of a thread. Shared memory is the static part, in bytes. Loads and stores are
instructions as they stand in the code, not how often they run; in parentheses, how many of them are
16 bytes wide. Tensor-core instructions are matrix products. A row stands for all versions of a kernel
template that differ in what is written as …, with the least and the most that one of them has.
)";
  std::string file;
  for (auto first = kernels.begin(); first != kernels.end();) {
    if (first->code.architecture != kTableArchitecture) {
      ++first;
      continue;
    }
    if (first->file != file) {
      file = first->file;
      out << "\n## " << file
          << "\n\n| kernel | versions | registers | shared memory | instructions | global loads | "
             "global stores | shared loads | shared stores | tensor core | barriers |\n"
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
    }
    std::map<std::string, std::vector<const Kernel*>> rows;
    for (; first != kernels.end() && first->file == file; ++first)
      if (first->code.architecture == kTableArchitecture) rows[first->row].push_back(&*first);
    for (const auto& row : rows) {
      const std::vector<const Kernel*>& versions = row.second;
      const auto field = [&](auto member) {
        return range(versions, [&](const MachineCode& code) { return code.*member; });
      };
      out << "| `" << (versions.size() == 1 ? versions.front()->name : row.first) << "` | "
          << versions.size() << " | " << field(&MachineCode::registers) << " | "
          << field(&MachineCode::shared_bytes) << " | " << field(&MachineCode::instructions)
          << " | " << accesses(versions, &MachineCode::global_loads) << " | "
          << accesses(versions, &MachineCode::global_stores) << " | "
          << accesses(versions, &MachineCode::shared_loads) << " | "
          << accesses(versions, &MachineCode::shared_stores) << " | "
          << field(&MachineCode::tensor_core) << " | " << field(&MachineCode::barriers) << " |\n";
    }
  }
  return out.str();
}

// The probes do one thing each. Returns what was not found in them.
std::vector<std::string> check_probes(const std::vector<MachineCode>& probes) {
  std::vector<std::string> problems;
  std::set<std::string> names;
  for (const MachineCode& code : probes) {
    const std::string name = readable(code.symbol);
    names.insert(name);
    const bool wide = name == "probe_wide" || name == "probe_shared";
    const bool shared = name == "probe_shared", local = name == "probe_local";
    const bool tensor = name == "probe_tensor_core";
    const bool ok = code.registers > 0 && code.instructions > 0 &&
                    (local ? code.stack_bytes == 128 && code.local.all > 0
                           : code.stack_bytes == 0 && code.local.all == 0) &&
                    (local || tensor ? code.global_loads.all > 0 && code.global_stores.all > 0
                                     : code.global_loads.all == 1 && code.global_stores.all == 1) &&
                    code.global_loads.wide == wide && code.global_stores.wide == wide &&
                    code.shared_bytes == (shared ? 1024 : 0) && code.shared_loads.all == shared &&
                    code.shared_loads.wide == shared && code.shared_stores.wide == shared &&
                    code.barriers == shared && (code.tensor_core > 0) == tensor;
    if (!ok)
      problems.push_back(name + " for sm_" + std::to_string(code.architecture) +
                         " is not read as what it is: see kernels/cuda/cubin.cpp");
  }
  if (names.size() != 5) problems.push_back("not all kernels of probe.cu were found");
  return problems;
}

int write(const std::vector<Kernel>& kernels) {
  std::ofstream file(kTable, std::ios::binary);
  file << table(kernels);
  if (!file.flush()) throw std::runtime_error(std::string("cannot write ") + kTable);
  return 0;
}

int check(const std::vector<Kernel>& kernels, const std::string& probe) {
  std::vector<std::string> problems = check_probes(read_machine_code(probe));
  for (std::string& problem : check_rules(kernels)) problems.push_back(std::move(problem));
  std::set<int> architectures;
  for (const Kernel& kernel : kernels) architectures.insert(kernel.code.architecture);
  const std::string old = std::filesystem::exists(kTable) ? read_file(kTable) : "";
  if (!architectures.contains(kTableArchitecture) ||
      (!old.empty() && old.find(kCompiler) == old.npos))
    std::cout << kTable << " is about another compiler or GPU and was not compared\n";
  else if (old != table(kernels))
    problems.push_back(std::string(kTable) + " is out of date; ./unroll kernel table writes it");
  for (const std::string& problem : problems) std::cout << "FAILED: " << problem << '\n';
  std::cout << kernels.size() << " kernels for";
  for (const int architecture : architectures) std::cout << " sm_" << architecture;
  std::cout << ", " << problems.size() << " problems\n";
  return problems.empty() && !kernels.empty() ? 0 : 1;
}

int run(const std::string& action) {
  if (action != "check" && action != "write") {
    std::cerr << "usage: machine_code check|write\n";
    return 2;
  }
  std::istringstream list(read_file(kObjects));
  std::string probe;
  std::getline(list, probe);
  std::vector<std::string> objects;
  for (std::string object; std::getline(list, object);) objects.push_back(object);
  const std::vector<Kernel> kernels = read_kernels(objects);
  return action == "check" ? check(kernels, probe) : write(kernels);
}

}  // namespace
}  // namespace unroll::kernels

int main(int argc, char** argv) {
  try {
    return unroll::kernels::run(argc == 2 ? argv[1] : "");
  } catch (const std::exception& error) {
    std::cerr << "machine_code: " << error.what() << '\n';
    return 1;
  }
}
