#include "bench/compare/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "bench/compare/arrays.h"
#include "bench/compare/probe.h"
#include "bench/compare/report.h"
#include "engine/error.h"
#include "lessons/support/progress.h"

namespace unroll::compare {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = 300s;  // for a start, and for preparing a case
constexpr int kChances = 2;       // a contender that failed that often is not started again

// A contender, and its process as long as that lives.
struct Contender {
  const Peer* peer;
  std::unique_ptr<PeerProcess> process = nullptr;
  int failures = 0;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The contenders with one number of threads.
class Match {
 public:
  Match(const std::vector<Peer>& peers, int threads, const Effort& effort, const fs::path& scratch,
        Results& results)
      : threads_(threads), effort_(effort), scratch_(scratch), results_(results) {
    for (const Peer& peer : peers)
      if (std::optional<Contender> contender = introduce(peer))
        contenders_.push_back(std::move(*contender));
    for (int i = 0; i < 50; ++i) probe();
    results_.peak[threads_] = usual_speed(probes_);
  }

  void play(const Case& one) {
    measure_reading(one);
    write_inputs(one, scratch_ / "inputs");
    ours_.clear();
    Comparison comparison{one, {}};
    std::vector<Contender*> ready;
    for (Contender& contender : contenders_)
      if (prepare(contender, one, comparison.outcomes[contender.peer->id]))
        ready.push_back(&contender);
    time(ready, comparison.outcomes);
    results_.comparisons.push_back(std::move(comparison));
    results_.peak[threads_] = usual_speed(probes_);
  }

 private:
  // Starts a contender and records what it is, or that it is missing.
  std::optional<Contender> introduce(const Peer& peer) {
    Contender contender{&peer};
    PeerRecord record{.id = peer.id, .title = peer.title, .install = peer.install};
    try {
      const Json hello = start(contender);
      if (hello.contains("missing")) {
        record.problem = hello["missing"];
      } else {
        record.version = hello.at("version");
        for (const auto& [name, value] : hello.at("settings").items())
          record.settings[name] = value.is_string() ? value.get<std::string>() : value.dump();
        const int threads = hello.at("threads");
        if (threads != threads_)
          throw PeerFailure(concat_message("it has ", threads, " threads, not ", threads_));
      }
    } catch (const PeerFailure& failure) {
      record.problem = failure.what();
    } catch (const Json::exception& failure) {
      record.problem = concat_message("its greeting is no good: ", failure.what());
    }
    require(record.problem.empty() || peer.id != kOurs,
            "unroll itself does not start: ", record.problem);
    if (!record.problem.empty()) record.version.clear();
    const bool missing = !record.problem.empty();
    note(std::move(record));
    if (missing) return std::nullopt;
    return contender;
  }

  // One record a contender; it may have started with other numbers of threads.
  void note(PeerRecord record) {
    const auto known = std::find_if(results_.peers.begin(), results_.peers.end(),
                                    [&](const PeerRecord& peer) { return peer.id == record.id; });
    if (known == results_.peers.end()) {
      results_.peers.push_back(std::move(record));
    } else if (!known->version.empty() && !record.problem.empty()) {
      known->problem += concat_message("with ", threads_, " threads: ", record.problem);
    }
  }

  Json start(Contender& contender) {
    const fs::path log = scratch_ / (contender.peer->id + ".log");
    contender.process = std::make_unique<PeerProcess>(contender.peer->command, threads_, log);
    return contender.process->greeting(kPatience);
  }

  double probe() {
    probes_.push_back(probe_fma(threads_));
    return probes_.back();
  }

  void measure_reading(const Case& one) {
    if (!one.recurrent() || one.batch != 1) return;
    const int64_t bytes = one.gates() * one.hidden * one.hidden * 4;
    double& speed = results_.reading[{threads_, bytes}];
    if (speed == 0) speed = probe_reading(threads_, bytes);
  }

  void fail(Contender& contender, Outcome& outcome, const std::string& problem) {
    require(contender.peer->id != kOurs, "unroll itself failed: ", problem);
    outcome = {};
    outcome.problem = problem;
    contender.process.reset();
    ++contender.failures;
  }

  // Calls `work`; a contender that fails is out of this case.
  template <class Work>
  bool attempt(Contender& contender, Outcome& outcome, const Work& work) {
    try {
      work();
      return outcome.problem.empty();
    } catch (const PeerFailure& failure) {
      fail(contender, outcome, failure.what());
    } catch (const Json::exception& failure) {
      fail(contender, outcome, concat_message("an answer is no good: ", failure.what()));
    }
    return false;
  }

  // Lets a contender prepare a case, compares its results with ours, and finds out how many
  // iterations a sample has. Returns whether it may be timed.
  bool prepare(Contender& contender, const Case& one, Outcome& outcome) {
    if (!contender.process && contender.failures >= kChances) {
      outcome.problem = "it failed before";
      return false;
    }
    return attempt(contender, outcome, [&] {
      if (!contender.process) start(contender);
      check(contender, one, outcome);
      if (outcome.problem.empty()) calibrate(contender, outcome);
    });
  }

  void check(Contender& contender, const Case& one, Outcome& outcome) {
    const fs::path file = scratch_ / "results";
    fs::remove(file);
    Json request{{"command", "prepare"}, {"case", one}};
    for (const Array& array : one.inputs()) request["arrays"].push_back({array.name, array.shape});
    request["inputs"] = (scratch_ / "inputs").string();
    request["results"] = file.string();
    const Json reply = contender.process->ask(request, kPatience);
    if (reply.contains("error")) throw PeerFailure(reply["error"]);
    if (reply.contains("unsupported")) {
      outcome.problem = reply["unsupported"];
      outcome.supported = false;
      return;
    }
    std::vector<float> values = read_results_of(one, file);
    if (values.empty()) throw PeerFailure("its results have another size");
    if (contender.peer->id == kOurs) {
      ours_ = std::move(values);
      return;
    }
    const Difference difference = largest_difference(one, ours_, values);
    outcome.error = difference.error;
    if (difference.error > kTolerance)
      outcome.problem = concat_message("wrong: ", difference.array, " differs from ours by ",
                                       difference.error, " of its largest number");
  }

  void calibrate(Contender& contender, Outcome& outcome) {
    outcome.iterations = 1;
    for (int i = 0; i < 3; ++i) {
      const double seconds = time_sample(contender, outcome.iterations);
      outcome.iterations =
          std::max(int64_t{1}, static_cast<int64_t>(std::ceil(effort_.sample_seconds / seconds)));
    }
  }

  // Seconds of an iteration.
  double time_sample(Contender& contender, int64_t iterations) {
    const Json reply =
        contender.process->ask({{"command", "run"}, {"iterations", iterations}}, kPatience);
    if (reply.contains("error")) throw PeerFailure(reply["error"]);
    const double seconds = reply.at("seconds");
    if (!(seconds > 0)) throw PeerFailure("it measured no time");
    return seconds / static_cast<double>(iterations);
  }

  void time(std::vector<Contender*> ready, std::map<std::string, Outcome>& outcomes) {
    const auto start = Clock::now();
    for (size_t round = 1; !ready.empty(); ++round) {
      std::shuffle(ready.begin(), ready.end(), order_);
      double before = probe();
      for (Contender* contender : ready) {
        Outcome& outcome = outcomes.at(contender->peer->id);
        attempt(*contender, outcome, [&] {
          const double waited = contender->process->waited();
          const auto asked = Clock::now();
          const double seconds = time_sample(*contender, outcome.iterations);
          const double wall = seconds_since(asked) * threads_;
          const double share = (contender->process->waited() - waited) / wall;
          const double after = probe();
          outcome.samples.push_back({seconds, std::min(before, after), share});
          before = after;
        });
      }
      std::erase_if(ready, [](const Contender* contender) { return !contender->process; });
      if (round >= effort_.least && seconds_since(start) > effort_.case_seconds) return;
      if (round >= 3 * effort_.samples) return;
      const double usual = usual_speed(probes_);
      if (std::all_of(ready.begin(), ready.end(), [&](const Contender* contender) {
            const std::vector<Sample>& samples = outcomes.at(contender->peer->id).samples;
            return static_cast<size_t>(
                       std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) {
                         return counts(sample, usual);
                       })) >= effort_.samples;
          }))
        return;
    }
  }

  int threads_;
  Effort effort_;
  fs::path scratch_;
  Results& results_;
  std::vector<Contender> contenders_;
  std::vector<double> probes_;
  std::vector<float> ours_;  // our results of the case that is prepared
  std::mt19937 order_{1};
};

}  // namespace

void measure(const std::vector<Case>& cases, const std::vector<Peer>& peers, const Effort& effort,
             const fs::path& scratch, Results& results, const std::function<void()>& keep) {
  // Ours first: the others' results are compared with it.
  std::vector<Peer> ordered = peers;
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const Peer& peer) { return peer.id == kOurs; });
  lessons::Progress progress("comparing", static_cast<int64_t>(cases.size()), "cases");
  std::unique_ptr<Match> match;
  int threads = 0;
  for (const Case& one : cases) {
    progress.note(one.name());
    if (one.threads != threads) {
      match.reset();
      match = std::make_unique<Match>(ordered, one.threads, effort, scratch, results);
      threads = one.threads;
      progress.clear();
      std::cerr << missing_peers(results, "");
    }
    match->play(one);
    keep();
    progress.advance(1);
  }
  progress.finish();
}

}  // namespace unroll::compare
