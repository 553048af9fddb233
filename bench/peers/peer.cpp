#include "bench/peers/peer.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "engine/error.h"

namespace unroll::peers {
namespace {

using Json = nlohmann::ordered_json;

std::vector<Floats> read_inputs(const compare::Case& one, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<Floats> inputs;
  for (const compare::Array& array : one.inputs()) {
    Floats values(static_cast<size_t>(array.size()));
    file.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(float)));
    inputs.push_back(std::move(values));
  }
  require(static_cast<bool>(file), "cannot read ", path);
  return inputs;
}

void write_results(const std::vector<Floats>& results, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  for (const Floats& values : results)
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  file.close();
  require(static_cast<bool>(file), "cannot write ", path);
}

// What is short is run once before the clock starts: other peers have had the caches.
double time_runs(Job& job, int64_t iterations) {
  if (iterations > 1) job.run();
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < iterations; ++i) job.run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Json answer(const Json& request, const Prepare& prepare, std::unique_ptr<Job>& job) {
  const auto command = request.at("command").get<std::string>();
  if (command == "prepare") {
    job.reset();  // before the next one takes its memory
    const auto one = request.at("case").get<compare::Case>();
    try {
      job = prepare(one, read_inputs(one, request.at("inputs").get<std::string>()));
    } catch (const Unsupported& reason) {
      return {{"unsupported", reason.what()}};
    }
    job->run();
    write_results(job->results(), request.at("results").get<std::string>());
    return {{"ready", true}};
  }
  require(command == "run" && job != nullptr, "unexpected command ", command);
  return {{"seconds", time_runs(*job, request.at("iterations").get<int64_t>())}};
}

}  // namespace

int threads() {
  const char* text = std::getenv("OMP_NUM_THREADS");
  const int count = text == nullptr ? 0 : std::atoi(text);
  require(count > 0, "OMP_NUM_THREADS: expected the number of threads");
  return count;
}

int serve(const std::string& version, const Json& settings, const Prepare& prepare) {
  std::cout << Json{{"version", version}, {"threads", threads()}, {"settings", settings}}
            << std::endl;
  std::unique_ptr<Job> job;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      std::cout << answer(Json::parse(line), prepare, job) << std::endl;
    } catch (const std::exception& error) {
      std::cout << Json{{"error", error.what()}} << std::endl;
    }
  }
  return 0;
}

}  // namespace unroll::peers
