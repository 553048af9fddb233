// Where data sets lie that `./unroll data NAME` has fetched.
#pragma once

#include <filesystem>
#include <string>

namespace unroll::lessons {

/// The folder that the environment variable UNROLL_DATA names, else data/ in this checkout.
std::filesystem::path data_folder();

/// What --data means: a file or folder of that name, else a data set in `data_folder()`. Throws an
/// input error that says where it looked when there is neither.
std::filesystem::path find_data(const std::string& data);

}  // namespace unroll::lessons
