#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "lessons/support/text.h"
#include "lessons/support/utf8.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

namespace fs = std::filesystem;
using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;
using namespace std::string_literals;

std::vector<std::string> names(const Corpus& corpus, const fs::path& below) {
  std::vector<std::string> relative;
  for (const fs::path& file : corpus.files) {
    relative.push_back(file.lexically_relative(below).string());
  }
  return relative;
}

TEST(Text, ReadsAFile) {
  const TemporaryFolder folder;
  const Corpus corpus = read_corpus(folder.write("a.txt", "Grüße\nzwei"));
  EXPECT_EQ(corpus.text, "Grüße\nzwei");
  EXPECT_EQ(corpus.characters, 10);
  EXPECT_EQ(corpus.describe(), "1 file, 10 characters");
}

TEST(Text, KeepsTheBeginning) {
  const TemporaryFolder folder;
  Corpus corpus = read_corpus(folder.write("a.txt", "Grüße\nzwei"));
  corpus.keep_first(11);
  EXPECT_EQ(corpus.describe(), "1 file, 10 characters");
  corpus.keep_first(7);
  corpus.keep_first(4);
  EXPECT_EQ(corpus.text, "Grüß");
  EXPECT_EQ(corpus.characters, 4);
  EXPECT_EQ(corpus.describe(), "1 file, the first 4 of 10 characters");
}

TEST(Text, DropsAByteOrderMark) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_corpus(folder.write("a.txt", "\xEF\xBB\xBFhello")).text, "hello");
}

TEST(Text, ReadsAFolderInTheOrderOfItsPaths) {
  const TemporaryFolder folder;
  folder.write("b.txt", "bee\n");
  folder.write("a/z.txt", "zet");
  folder.write("a/b.txt", "ab\n");
  folder.write("empty.txt", "");
  folder.write(".hidden", "hidden");
  folder.write(".git/config", "git");
  folder.write("CVS/Entries", "cvs");
  folder.write("picture.png", "\x89PNG\r\n\x1a\n\0\0"s);
  folder.write("packed", "\x1f\x8b\x08\x02\xff\xfe");  // no zero byte, yet no text
  const Corpus corpus = read_corpus(folder.path());
  EXPECT_EQ(names(corpus, folder.path()),
            (std::vector<std::string>{"a/b.txt", "a/z.txt", "b.txt"}));
  EXPECT_EQ(corpus.text, "ab\nzet\nbee\n");
  EXPECT_EQ(corpus.skipped, 3);  // .hidden and the two binary files; hidden folders are not entered
  EXPECT_EQ(corpus.describe(), "3 files (3 skipped), 11 characters");
}

TEST(Text, ReadsEveryFileOnce) {
  const TemporaryFolder folder;
  folder.write("GPL-3", "text\n");
  fs::create_symlink("GPL-3", folder.path() / "GPL");
  fs::create_symlink("nowhere", folder.path() / "broken");
  const TemporaryFolder elsewhere;
  fs::create_symlink(elsewhere.write("one", "other\n"), folder.path() / "link");
  const Corpus corpus = read_corpus(folder.path());
  EXPECT_EQ(names(corpus, folder.path()), (std::vector<std::string>{"GPL-3", "link"}));
  EXPECT_EQ(corpus.text, "text\nother\n");
}

TEST(Text, ReadsAListInItsOrder) {
  const TemporaryFolder folder;
  const std::vector<fs::path> paths = {folder.write("z", "last\n"), folder.write("a", "first\n")};
  EXPECT_EQ(read_corpus(paths).text, "last\nfirst\n");
}

TEST(Text, ReadsPartsOfACheckoutByEnding) {
  const TemporaryFolder folder;
  folder.write("README.md", "readme\n");
  folder.write("engine/b.cpp", "cpp\n");
  folder.write("engine/a.h", "h\n");
  folder.write("engine/a.png", "png\n");
  folder.write("build/c.cpp", "not a part\n");
  const std::vector<std::string> parts = {"README.md", "engine"};
  const std::vector<std::string> endings = {".md", ".h", ".cpp"};
  EXPECT_EQ(read_checkout(folder.path(), parts, endings).text, "readme\nh\ncpp\n");
  const std::vector<std::string> missing = {"kernels"};
  expect_input_error([&] { read_checkout(folder.path(), missing, endings); }, "kernels");
}

TEST(Text, SaysWhatIsWrongWithAFile) {
  const TemporaryFolder folder;
  const fs::path path = folder.path();
  expect_input_error([&] { read_corpus(path / "none.txt"); },
                     "none.txt: No such file or directory");
  expect_input_error([&] { read_corpus(folder.write("empty.txt", "")); }, "empty.txt is empty");
  expect_input_error([&] { read_corpus(folder.write("bytes", "a\0b"s)); }, "bytes is a binary");
  expect_input_error([&] { read_corpus("/dev/null"); }, "neither a file nor a folder");
  expect_input_error([&] { read_corpus("/proc/self/mem"); }, "/proc/self/mem: Input/output error");
  const std::string message = expect_input_error(
      [&] { read_corpus(folder.write("latin1.txt", "one\ntwo\nGr\xFC\xDF"s + "e")); },
      "latin1.txt is not valid UTF-8 at byte 10 (line 3)");
  EXPECT_NE(message.find("iconv"), std::string::npos);
}

TEST(Text, SaysWhatIsWrongWithAFolder) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "empty");
  expect_input_error([&] { read_corpus(folder.path() / "empty"); }, "there is no text in");
  folder.write("binary/a.bin", "\0"s);
  expect_input_error([&] { read_corpus(folder.path() / "binary"); }, "1 hidden or binary");
  folder.write("latin1/a.txt", "Gr\xFC\xDF");
  expect_input_error([&] { read_corpus(folder.path() / "latin1"); }, "a.txt is not valid UTF-8");
}

TEST(Utf8, FindsWhatIsInvalid) {
  EXPECT_FALSE(find_invalid_utf8("").has_value());
  EXPECT_FALSE(find_invalid_utf8("a\u00E4\u20AC\U0001F600").has_value());
  EXPECT_EQ(find_invalid_utf8("ab\x80"), 2u);
  EXPECT_EQ(find_invalid_utf8("a\xE2\x82"), 1u);         // cut short
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0u);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // beyond U+10FFFF
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0);
  EXPECT_EQ(count_code_points("a\u00E4\u20AC\U0001F600"), 4);
  EXPECT_EQ(code_point_bytes("\U0001F600x"), 4u);
  EXPECT_EQ(front_code_point("\u20AC"), U'\u20AC');
}

}  // namespace
}  // namespace unroll::lessons
