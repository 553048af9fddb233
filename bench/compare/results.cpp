#include "bench/compare/results.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/compare/peers.h"
#include "engine/error.h"

namespace unroll::compare {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "unroll bench compare 1";

// Samples as lists, which take a third of the space of a list of pairs with names.
Json to_json(const Outcome& outcome) {
  if (!outcome.problem.empty())
    return {{"problem", outcome.problem}, {"supported", outcome.supported}};
  Json json{{"error", outcome.error}, {"iterations", outcome.iterations}};
  json["seconds"] = json["probe"] = json["waited"] = Json::array();
  for (const Sample& sample : outcome.samples) {
    json["seconds"].push_back(sample.seconds);
    json["probe"].push_back(sample.probe);
    json["waited"].push_back(sample.waited);
  }
  return json;
}

Outcome read_outcome(const Json& json) {
  Outcome outcome;
  if (json.contains("problem")) {
    outcome.problem = json.at("problem");
    outcome.supported = json.at("supported");
    return outcome;
  }
  outcome.error = json.at("error");
  outcome.iterations = json.at("iterations");
  for (size_t i = 0; i < json.at("seconds").size(); ++i)
    outcome.samples.push_back(
        {json.at("seconds").at(i), json.at("probe").at(i), json.at("waited").at(i)});
  return outcome;
}

// The medians are in the file for readers of it; we work them out anew.
Json to_json(const Results& results, const Comparison& comparison) {
  Json json{{"name", comparison.one.name()}, {"case", comparison.one}};
  json["contenders"] = Json::object();
  for (const auto& [id, outcome] : comparison.outcomes) {
    Json entry = to_json(outcome);
    if (const auto timing = results.timing(comparison, id)) {
      entry["median_seconds"] = timing->median;
      entry["quartiles"] = {timing->lower_quartile, timing->upper_quartile};
      entry["dropped"] = timing->dropped;
      entry["share_of_peak"] = results.share_of_peak(comparison, id).value();
    }
    if (const auto ratio = results.ratio(comparison, id)) entry["times_ours"] = *ratio;
    json["contenders"][id] = entry;
  }
  return json;
}

const Outcome* timed(const Comparison& comparison, const std::string& id) {
  const auto found = comparison.outcomes.find(id);
  if (found == comparison.outcomes.end() || !found->second.problem.empty()) return nullptr;
  return &found->second;
}

void require_same(const char* what, const std::string& before, const std::string& now) {
  if (before != now)
    throw input_error("cannot add to the earlier run: its ", what, " was '", before, "', not '",
                      now, "'; measure all of it anew");
}

}  // namespace

const PeerRecord* Results::peer(const std::string& id) const {
  for (const PeerRecord& record : peers)
    if (record.id == id) return &record;
  return nullptr;
}

std::optional<Timing> Results::timing(const Comparison& comparison, const std::string& id) const {
  const Outcome* outcome = timed(comparison, id);
  if (outcome == nullptr) return std::nullopt;
  return compare::timing(outcome->samples, peak.at(comparison.one.threads));
}

std::optional<double> Results::ratio(const Comparison& comparison, const std::string& id) const {
  const Outcome* theirs = timed(comparison, id);
  const Outcome* ours = timed(comparison, kOurs);
  if (theirs == nullptr || ours == nullptr) return std::nullopt;
  return compare::ratio(theirs->samples, ours->samples, peak.at(comparison.one.threads));
}

std::optional<double> Results::share_of_peak(const Comparison& comparison,
                                             const std::string& id) const {
  const auto seconds = timing(comparison, id);
  if (!seconds) return std::nullopt;
  return comparison.one.flops() / seconds->median / peak.at(comparison.one.threads);
}

std::optional<double> Results::share_of_bandwidth(const Comparison& comparison) const {
  const Case& one = comparison.one;
  const auto seconds = timing(comparison, kOurs);
  if (!seconds || !one.recurrent() || one.batch != 1) return std::nullopt;
  const int64_t bytes = one.gates() * one.hidden * one.hidden * 4;
  const auto found = reading.find({one.threads, bytes});
  if (found == reading.end()) return std::nullopt;
  const bool training = one.pass == Pass::kTraining;
  const double streamed = static_cast<double>(bytes * one.length * (training ? 2 : 1));
  // Of the products, W_hh·h and in training its transpose times the gradient are what streams.
  const double others = one.flops() * (training ? 4.0 / 6 : 1.0 / 2);
  return (streamed / found->second + others / peak.at(one.threads)) / seconds->median;
}

std::pair<size_t, size_t> Results::dropped() const {
  size_t dropped = 0, all = 0;
  for (const Comparison& comparison : comparisons)
    for (const auto& [id, outcome] : comparison.outcomes)
      if (const auto seconds = timing(comparison, id)) {
        dropped += seconds->dropped;
        all += seconds->dropped + seconds->counted;
      }
  return {dropped, all};
}

void append(Results& results, const Results& later) {
  require_same("machine", results.machine, later.machine);
  require_same("version", results.version, later.version);
  require_same("effort", results.quick ? "quick" : "full", later.quick ? "quick" : "full");
  for (const PeerRecord& peer : later.peers) {
    const PeerRecord* known = results.peer(peer.id);
    if (known != nullptr) {
      require_same(peer.title.c_str(), known->version, peer.version);
    } else {
      results.peers.push_back(peer);
    }
  }
  if (!results.date.ends_with(later.date)) results.date += " to " + later.date;
  for (const auto& [threads, flops] : later.peak)
    results.peak[threads] = std::max(results.peak[threads], flops);
  results.reading.insert(later.reading.begin(), later.reading.end());
  results.comparisons.insert(results.comparisons.end(), later.comparisons.begin(),
                             later.comparisons.end());
  std::vector<int> threads;
  for (const auto& [count, flops] : results.peak) threads.push_back(count);
  std::vector<Comparison> ordered;
  for (const Case& one : grid(threads, false))
    for (Comparison& comparison : results.comparisons)
      if (comparison.one == one) ordered.push_back(std::move(comparison));
  results.comparisons = std::move(ordered);
}

Json to_json(const Results& results) {
  Json json{{"format", kFormat},          {"date", results.date},
            {"machine", results.machine}, {"version", results.version},
            {"quick", results.quick},     {"tolerance", results.tolerance}};
  for (const PeerRecord& peer : results.peers)
    json["peers"].push_back({{"id", peer.id},
                             {"title", peer.title},
                             {"version", peer.version},
                             {"settings", peer.settings},
                             {"problem", peer.problem},
                             {"install", peer.install}});
  for (const auto& [threads, flops] : results.peak)
    json["peak"].push_back({{"threads", threads}, {"flops_per_second", flops}});
  json["reading"] = Json::array();
  for (const auto& [what, speed] : results.reading)
    json["reading"].push_back(
        {{"threads", what.first}, {"bytes", what.second}, {"bytes_per_second", speed}});
  for (const Comparison& comparison : results.comparisons)
    json["cases"].push_back(to_json(results, comparison));
  return json;
}

Results read_results(const std::filesystem::path& file) {
  Results results;
  try {
    std::ifstream stream(file);
    const Json json = Json::parse(stream);
    if (json.at("format") != kFormat) throw input_error("another format");
    results.date = json.at("date");
    results.machine = json.at("machine");
    results.version = json.at("version");
    results.quick = json.at("quick");
    results.tolerance = json.at("tolerance");
    for (const Json& peer : json.at("peers"))
      results.peers.push_back({peer.at("id"), peer.at("title"), peer.at("version"),
                               peer.at("settings"), peer.at("problem"), peer.at("install")});
    for (const Json& peak : json.at("peak"))
      results.peak[peak.at("threads")] = peak.at("flops_per_second");
    for (const Json& reading : json.at("reading"))
      results.reading[{reading.at("threads"), reading.at("bytes")}] =
          reading.at("bytes_per_second");
    for (const Json& entry : json.at("cases")) {
      Comparison comparison{entry.at("case").get<Case>(), {}};
      for (const auto& [id, outcome] : entry.at("contenders").items())
        comparison.outcomes[id] = read_outcome(outcome);
      results.comparisons.push_back(comparison);
    }
  } catch (const std::exception& error) {
    throw input_error("cannot read ", file.string(),
                      ": expected what ./unroll bench compare --json wrote: ", error.what());
  }
  return results;
}

}  // namespace unroll::compare
