#include "bench/compare/document.h"

#include <fstream>
#include <sstream>

#include "bench/compare/summary.h"
#include "engine/error.h"
#include "engine/files.h"

namespace unroll::compare {

std::string document(const Results& results, const std::vector<std::filesystem::path>& pictures) {
  std::string text = heading(results, Style::kMarkdown) + '\n';
  for (const auto& picture : pictures)
    text += concat_message("![share of the FMA peak](", picture.string(), ")\n");
  return text + summary(results, Style::kMarkdown) + missed_floors(results, Style::kMarkdown) +
         "\n<details><summary>Every size</summary>\n" + tables(results, Style::kMarkdown) +
         "\n</details>\n";
}

void replace_block(const std::filesystem::path& file, const std::string& text) {
  std::ifstream stream(file);
  std::ostringstream content;
  content << stream.rdbuf();
  const std::string old = content.str();
  const size_t begin = old.find("<!-- compare: begin");
  const size_t first = old.find('\n', begin);
  const size_t end = old.find("<!-- compare: end -->", begin);
  if (begin == std::string::npos || first == std::string::npos || end == std::string::npos)
    throw input_error(file.string(), ": expected the lines <!-- compare: begin … --> and ",
                      "<!-- compare: end -->");
  write_atomically(file, [&](std::ostream& out) {
    out << old.substr(0, first) << "\n\n" << text << '\n' << old.substr(end);
  });
}

}  // namespace unroll::compare
