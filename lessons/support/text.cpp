#include "lessons/support/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string read_file(const fs::path& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw input_error("cannot read ", path.string(), ": ", std::strerror(errno));
  std::string bytes;
  std::array<char, 1 << 16> block;
  do {
    in.read(block.data(), block.size());
    bytes.append(block.data(), static_cast<std::size_t>(in.gcount()));
  } while (in);
  if (in.bad()) throw input_error("cannot read ", path.string(), ": ", std::strerror(errno));
  return bytes;
}

// Text has no zero bytes, and text in another encoding than UTF-8 still has no control characters
// but those that move the cursor.
bool is_binary(std::string_view bytes) {
  const bool has_control = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && (c < '\b' || c > '\r') && c != '\x1B';
  });
  if (!has_control) return false;
  return bytes.find('\0') != std::string_view::npos || find_invalid_utf8(bytes).has_value();
}

// Adds the text of a file, which must be UTF-8.
void append(Corpus& corpus, const fs::path& path, std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  require_utf8(bytes, path.string());
  if (!corpus.text.empty() && corpus.text.back() != '\n') corpus.text += '\n';
  corpus.text += bytes;
  corpus.files.push_back(path);
}

void append_file(Corpus& corpus, const fs::path& path) {
  const std::string bytes = read_file(path);
  if (bytes.empty()) throw input_error(path.string(), " is empty");
  if (is_binary(bytes)) throw input_error(path.string(), " is a binary file, expected UTF-8 text");
  append(corpus, path, bytes);
}

bool is_hidden(const fs::path& name) { return name.native().starts_with('.'); }

// Subversion, git and others hide their folders behind a dot; these two do not.
bool is_version_control(const fs::path& name) { return name == "CVS" || name == "_darcs"; }

struct Listing {
  std::vector<fs::path> files;  // sorted
  std::int64_t skipped = 0;     // hidden files and links to files that are listed
};

Listing list_folder(const fs::path& folder) {
  Listing listing;
  std::vector<fs::path> links;
  std::set<fs::path> seen;
  try {
    for (auto entry = fs::recursive_directory_iterator(folder);
         entry != fs::recursive_directory_iterator(); ++entry) {
      const fs::path name = entry->path().filename();
      if (is_hidden(name) || is_version_control(name)) {
        if (entry->is_regular_file()) ++listing.skipped;
        entry.disable_recursion_pending();
      } else if (std::error_code broken_link; entry->is_regular_file(broken_link)) {
        if (entry->is_symlink()) {
          links.push_back(entry->path());
        } else {
          listing.files.push_back(entry->path());
          seen.insert(fs::canonical(entry->path()));
        }
      }
    }
    std::sort(links.begin(), links.end());
    for (const fs::path& link : links) {
      if (seen.insert(fs::canonical(link)).second) {
        listing.files.push_back(link);
      } else {
        ++listing.skipped;
      }
    }
  } catch (const fs::filesystem_error& error) {
    throw input_error("cannot read ", error.path1().string(), ": ", error.code().message());
  }
  std::sort(listing.files.begin(), listing.files.end());
  return listing;
}

void append_folder(Corpus& corpus, const fs::path& folder,
                   const std::optional<std::span<const std::string>>& endings) {
  const Listing listing = list_folder(folder);
  corpus.skipped += listing.skipped;
  for (const fs::path& path : listing.files) {
    const auto has_ending = [&path](const std::string& ending) {
      return path.native().ends_with(ending);
    };
    if (endings && std::none_of(endings->begin(), endings->end(), has_ending)) continue;
    const std::string bytes = read_file(path);
    if (is_binary(bytes)) {
      ++corpus.skipped;
    } else if (!bytes.empty()) {
      append(corpus, path, bytes);
    }
  }
}

void append_path(Corpus& corpus, const fs::path& path,
                 const std::optional<std::span<const std::string>>& endings) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (!fs::exists(status)) {
    throw input_error("cannot read ", path.string(), ": ", failed.message());
  }
  if (fs::is_directory(status)) {
    append_folder(corpus, path, endings);
  } else if (fs::is_regular_file(status) || fs::is_fifo(status)) {
    append_file(corpus, path);
  } else {
    throw input_error(path.string(), " is neither a file nor a folder");
  }
}

Corpus finish(Corpus corpus, std::span<const fs::path> paths) {
  if (corpus.text.empty()) {
    std::string names;
    for (const fs::path& path : paths) names += (names.empty() ? "" : ", ") + path.string();
    throw input_error("there is no text in ", names, " (", corpus.skipped,
                      " hidden or binary files were skipped)");
  }
  corpus.characters = count_code_points(corpus.text);
  return corpus;
}

}  // namespace

void Corpus::keep_first(std::int64_t count) {
  if (count >= characters) return;
  text.resize(byte_offset(text, count));
  cut += characters - count;
  characters = count;
}

std::string Corpus::describe() const {
  return format_count(static_cast<std::int64_t>(files.size())) +
         (files.size() == 1 ? " file" : " files") +
         (skipped > 0 ? " (" + format_count(skipped) + " skipped), " : ", ") +
         (cut > 0 ? "the first " + format_count(characters) + " of " : "") +
         format_count(characters + cut) + " characters";
}

Corpus read_corpus(const fs::path& path) { return read_corpus({&path, 1}); }

Corpus read_corpus(std::span<const fs::path> paths) {
  Corpus corpus;
  for (const fs::path& path : paths) append_path(corpus, path, std::nullopt);
  return finish(std::move(corpus), paths);
}

Corpus read_checkout(const fs::path& root, std::span<const std::string> parts,
                     std::span<const std::string> endings) {
  Corpus corpus;
  for (const std::string& part : parts) append_path(corpus, root / part, endings);
  return finish(std::move(corpus), {&root, 1});
}

}  // namespace unroll::lessons
