#include "lessons/support/data_folder.h"

#include <cstdlib>

#include "engine/error.h"

namespace unroll::lessons {

namespace fs = std::filesystem;

fs::path data_folder() {
  const char* wanted = std::getenv("UNROLL_DATA");
  if (wanted != nullptr && *wanted != '\0') return wanted;
  return fs::path(UNROLL_CHECKOUT) / "data";
}

fs::path find_data(const std::string& data) {
  std::error_code failed;
  if (fs::exists(data, failed)) return data;
  // A name and no path: "../x" is a file that is not there.
  const bool is_name = !data.empty() && data.find('/') == std::string::npos && data != "..";
  const fs::path fetched = data_folder() / data;
  if (is_name && fs::exists(fetched, failed)) return fetched;
  throw input_error("--data: there is no file or folder ", data,
                    is_name ? ", and no data set of that name in " + data_folder().string() : "",
                    "; ./unroll data lists those that can be fetched");
}

}  // namespace unroll::lessons
