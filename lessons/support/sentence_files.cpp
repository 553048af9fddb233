#include "lessons/support/sentence_files.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "engine/error.h"
#include "lessons/support/near_duplicates.h"
#include "lessons/support/text.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSplitSeed = 1;  // all runs see the same parts

// The only file of the folder whose name holds one of `names`.
fs::path only_file(const fs::path& folder, std::initializer_list<std::string_view> names) {
  std::vector<fs::path> found;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string file = entry.path().filename().string();
      if (file.starts_with('.') || !entry.is_regular_file()) continue;
      for (const std::string_view name : names)
        if (file.find(name) != std::string::npos) found.push_back(entry.path());
    }
  } catch (const fs::filesystem_error& error) {
    throw input_error("cannot read ", folder.string(), ": ", error.code().message());
  }
  if (found.size() != 1)
    throw input_error(folder.string(), ": expected one file with \"", *names.begin(),
                      "\" in its name, found ", found.size(),
                      "; a folder holds a file each to train on, to validate (dev) and to test");
  return found[0];
}

}  // namespace

std::string quoted(std::string_view line) {
  return "\"" + std::string(line.substr(0, 40)) + (line.size() > 40 ? "…\"" : "\"");
}

std::vector<std::vector<PlacedLine>> read_line_blocks(const fs::path& file) {
  const std::string bytes = read_corpus(file).text;
  std::vector<std::vector<PlacedLine>> blocks(1);
  std::string_view rest = bytes;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") != std::string_view::npos)
      blocks.back().push_back({concat_message(file.string(), ":", number), std::string(line)});
    else if (!blocks.back().empty())
      blocks.emplace_back();
  }
  if (blocks.back().empty()) blocks.pop_back();
  return blocks;
}

PartFiles find_part_files(const fs::path& folder) {
  return {only_file(folder, {"train"}), only_file(folder, {"dev", "valid"}),
          only_file(folder, {"test"})};
}

ShuffledSplit split_sentences(const std::vector<std::vector<std::string>>& sentences) {
  return split_groups(near_duplicate_groups(sentences), 0.8, 0.1, kSplitSeed);
}

}  // namespace unroll::lessons
