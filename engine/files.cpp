#include "engine/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>
#include <unistd.h>

#include "engine/error.h"

namespace unroll {

namespace fs = std::filesystem;

void write_atomically(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  fs::path temporary = path;
  temporary += ".tmp" + std::to_string(getpid());
  std::error_code ignored;
  try {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    if (!out) throw input_error("cannot write ", path.string(), ": ", std::strerror(errno));
    write(out);
    out.close();
    if (!out) throw Error(concat_message("cannot write ", path.string(), ": the disk may be full"));
    std::error_code failed;
    fs::rename(temporary, path, failed);
    if (failed) throw input_error("cannot write ", path.string(), ": ", failed.message());
  } catch (...) {
    fs::remove(temporary, ignored);
    throw;
  }
}

}  // namespace unroll
