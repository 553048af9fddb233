// Files that are either whole or not there at all.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>

namespace unroll {

/// Calls `write` with a stream on a temporary file beside `path`, then renames it to `path`.
/// Throws `Error` when the folder cannot be written or the disk is full, leaving any older file
/// at `path` as it was.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(std::ostream&)>& write);

}  // namespace unroll
