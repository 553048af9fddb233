// The settings of the lesson on stock prices and its command line.
#pragma once

#include <cstdint>
#include <string>

#include "lessons/support/backtest.h"
#include "lessons/support/command_line.h"

namespace unroll::lessons {

struct StockOptions : CommonOptions {
  StockOptions() { hidden = 16; }

  std::string head = "gaussian";  // gaussian, quantile
  std::int64_t lookback = 10, horizon = 5, folds = 5;
  TradingRules rules;
  double signal = 0.3;  // of the control
  std::int64_t steps = 200, batch = 64;
  double lr = 3e-3, clip = 1.0, weight_decay = 0.01;

  void add_to(CommandLine& command_line);
};

}  // namespace unroll::lessons
