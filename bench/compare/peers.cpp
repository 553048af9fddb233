#include "bench/compare/peers.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/error.h"

namespace unroll::compare {
namespace {

using Json = nlohmann::ordered_json;

std::string fill_in(std::string text, const PeerFolders& folders) {
  const auto replace = [&](const std::string& word, const std::string& value) {
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += value.size())
      text.replace(at, word.size(), value);
  };
  replace("{scripts}", folders.scripts.string());
  replace("{programs}", folders.programs.string());
  replace("{packages}", folders.packages.string());
  return text;
}

Peer read_peer(const Json& json, const PeerFolders& folders) {
  Peer peer{.id = json.at("id"), .title = json.at("title"), .command = {}, .install = {}};
  if (json.contains("install")) peer.install = json.at("install");
  for (const std::string argument : json.at("command"))
    peer.command.arguments.push_back(fill_in(argument, folders));
  if (json.contains("environment"))
    for (const auto& [name, value] : json.at("environment").items())
      peer.command.environment[name] = fill_in(value, folders);
  return peer;
}

}  // namespace

std::vector<Peer> read_peers(const std::filesystem::path& file, const PeerFolders& folders) {
  std::vector<Peer> peers;
  try {
    std::ifstream stream(file);
    for (const Json& json : Json::parse(stream)) peers.push_back(read_peer(json, folders));
  } catch (const nlohmann::json::exception& error) {
    throw input_error(file.string(),
                      ": expected a list of contenders as in bench/peers: ", error.what());
  }
  if (std::none_of(peers.begin(), peers.end(), [](const Peer& p) { return p.id == kOurs; }))
    throw input_error(file.string(), ": there is no contender \"", kOurs, '"');
  return peers;
}

}  // namespace unroll::compare
