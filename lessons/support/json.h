// The JSON type of the lessons: its keys stay in the order in which they were written.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace unroll::lessons {

using Json = nlohmann::ordered_json;

}  // namespace unroll::lessons
