#include "lessons/support/word_vectors.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include "engine/autograd.h"
#include "engine/error.h"
#include "lessons/support/format.h"

namespace unroll::lessons {

namespace {

// Files of vectors have gigabytes: they are read line by line.
class VectorFile {
 public:
  explicit VectorFile(const std::filesystem::path& file) : name_(file.string()) {
    errno = 0;
    if (std::filesystem::is_directory(file))
      throw input_error("--embeddings: ", name_, " is a folder, expected a file of word vectors");
    in_.open(file, std::ios::binary);
    if (!in_) throw input_error("--embeddings: cannot read ", name_, ": ", std::strerror(errno));
    if (!next()) throw input_error("--embeddings: ", name_, " is empty");
    const std::int64_t fields = count_fields();
    std::int64_t words = 0, width = 0;
    has_header_ = fields == 2 && parse(field(0), words) && parse(field(1), width);
    width_ = has_header_ ? width : fields - 1;
    if (width_ < 1)
      throw input_error(where(), ": expected a word and its numbers, found \"", line_.substr(0, 40),
                        "\"");
  }

  std::int64_t width() const { return width_; }
  bool has_header() const { return has_header_; }
  std::string where() const { return name_ + ":" + std::to_string(number_); }

  bool next() {
    if (!std::getline(in_, line_)) return false;
    ++number_;
    while (!line_.empty() && (line_.back() == ' ' || line_.back() == '\r')) line_.pop_back();
    return true;
  }

  std::int64_t count_fields() const {
    return line_.empty() ? 0 : 1 + std::count_if(line_.begin(), line_.end(), is_separator);
  }
  std::string_view word() const { return field(0); }
  // Some files have such lines; split words never do.
  bool word_has_blanks() const {
    float number = 0;
    return count_fields() > width_ + 1 && !parse(field(1), number);
  }

  // Writes the numbers of this line to `to`.
  void numbers(float* to) const {
    std::string_view rest = std::string_view(line_).substr(field(0).size());
    for (std::int64_t i = 0; i < width_; ++i) {
      rest.remove_prefix(1);
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      if (!parse(rest.substr(0, end), to[i]) || !std::isfinite(to[i]))
        throw input_error(where(), ": expected a number, found \"", rest.substr(0, end), "\"");
      rest.remove_prefix(end);
    }
  }

 private:
  static bool is_separator(char c) { return c == ' ' || c == '\t'; }

  template <class T>
  static bool parse(std::string_view text, T& value) {
    const char* end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, value);
    return failed == std::errc() && stop == end;
  }

  std::string_view field(int index) const {
    std::string_view rest = line_;
    for (; index > 0; --index)
      rest.remove_prefix(std::min(rest.find_first_of(" \t"), rest.size() - 1) + 1);
    return rest.substr(0, rest.find_first_of(" \t"));
  }

  std::string name_, line_;
  std::ifstream in_;
  std::int64_t number_ = 0, width_ = 0;
  bool has_header_ = false;
};

}  // namespace

std::string WordVectors::describe() const {
  return concat_message("Word vectors: ", width, " numbers each, for ", format_count(found_count),
                        " of the ", format_count(static_cast<std::int64_t>(found.size()) - 1),
                        " words\n");
}

void WordVectors::copy_into(Tensor& embedding) const {
  const auto rows = static_cast<std::int64_t>(found.size());
  require(embedding.shape() == Shape({rows, width}), "[WordVectors] expected an embedding of (",
          rows, ", ", width, "), got ", embedding.shape());
  std::vector<float> all = embedding.to_vector<float>();
  double own = 0, drawn = 0;  // squares
  for (std::size_t i = 0; i < all.size(); ++i) {
    own += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    drawn += static_cast<double>(all[i]) * static_cast<double>(all[i]);
  }
  own /= static_cast<double>(found_count * width);
  drawn /= static_cast<double>(all.size());
  const auto factor = static_cast<float>(drawn > 0 ? std::sqrt(own / drawn) : 1.0);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = found[i / static_cast<std::size_t>(width)] ? values[i] : all[i] * factor;
  const NoGrad no_grad;
  assign(embedding, from_vector(all, embedding.shape(), embedding.device()));
}

WordVectors read_word_vectors(const std::filesystem::path& path, const WordVocabulary& vocabulary,
                              std::int64_t wanted) {
  VectorFile file(path);
  const std::int64_t width = file.width();
  if (wanted > 0 && width != wanted)
    throw input_error(file.where(), ": expected vectors of ", wanted,
                      " numbers, as --embedding says, found ", width);
  const auto words = static_cast<std::size_t>(vocabulary.size());
  WordVectors vectors{width, std::vector<float>(words * static_cast<std::size_t>(width)),
                      std::vector<bool>(words)};
  bool more = file.has_header() ? file.next() : true;
  for (; more; more = file.next()) {
    if (file.count_fields() == 0) continue;
    if (file.word_has_blanks()) continue;
    if (file.count_fields() != width + 1)
      throw input_error(file.where(), ": expected a word and ", width,
                        " numbers, as in the first line, found ", file.count_fields() - 1);
    const auto id = static_cast<std::size_t>(vocabulary.id(std::string(file.word())));
    // The first of several vectors of a word counts, as in the files that have them.
    if (id == WordVocabulary::kUnknown || vectors.found[id]) continue;
    file.numbers(&vectors.values[id * static_cast<std::size_t>(width)]);
    vectors.found[id] = true;
    ++vectors.found_count;
  }
  if (vectors.found_count == 0)
    throw input_error("--embeddings: none of the words of the training texts is in ",
                      path.string());
  return vectors;
}

}  // namespace unroll::lessons
