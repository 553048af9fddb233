// The list of contenders: bench/peers/peers.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/compare/peer_process.h"

namespace unroll::compare {

/// The contender that all others are compared with.
inline constexpr const char* kOurs = "unroll";

struct Peer {
  std::string id;       // "torch"
  std::string title;    // "PyTorch"
  PeerCommand command;  // placeholders are filled in
  std::string install;  // the command that installs it
};

/// What the placeholders in peers.json stand for.
struct PeerFolders {
  std::filesystem::path scripts;   // {scripts}: bench/peers of the checkout
  std::filesystem::path programs;  // {programs}: where the C++ peers were built
  std::filesystem::path packages;  // {packages}: the Python environment, build/peers
};

/// Reads the list. Throws an input `Error` for a file that is not one, or that has no `unroll`.
std::vector<Peer> read_peers(const std::filesystem::path& file, const PeerFolders& folders);

}  // namespace unroll::compare
