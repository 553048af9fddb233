#include "lessons/support/resume.h"

#include "engine/error.h"
#include "engine/safetensors.h"

namespace unroll::lessons {

std::string settings_that_matter(const CommandLine& command_line,
                                 std::initializer_list<const char*> others, const Json& more) {
  Json settings = command_line.settings();
  for (const char* name : {"out", "threads", "device", "seeds", "resume"}) settings.erase(name);
  for (const char* name : others) settings.erase(name);
  settings.update(more);
  return settings.dump();
}

void resume_training(const std::filesystem::path& file, const Training& training,
                     const std::string& run) {
  if (!std::filesystem::exists(file))
    throw input_error("--resume: there is no ", file.string(),
                      "; start without --resume, or name the run's folder with --out");
  const std::map<std::string, std::string> metadata = read_safetensors(file).metadata;
  const auto saved = metadata.find("run.run");
  if (saved != metadata.end() && saved->second != run)
    throw input_error("--resume: the run in ", file.parent_path().string(),
                      " had other data or settings: ", saved->second, ", now ", run);
  load(file, training);
}

}  // namespace unroll::lessons
