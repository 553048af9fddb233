#include "lessons/support/stock_options.h"

namespace unroll::lessons {

void StockOptions::add_to(CommandLine& command_line) {
  command_line.add_common(*this, {"--cell", "--hidden", "--layers", "--seed", "--seeds", "--full",
                                  "--quick", "--data", "--out", "--device", "--threads"});
  command_line.group("Forecasts");
  command_line.add_choice("--head", head,
                          "gaussian: mean and deviation of a return; quantile: nine quantiles",
                          {"gaussian", "quantile"});
  command_line.add("--lookback", lookback, "days that are read", 1, 1000);
  command_line.add("--horizon", horizon, "days ahead of the second forecast; the first is 1", 2,
                   1000);
  command_line.add("--folds", folds, "stretches of the test, with a network trained before each", 1,
                   1000);
  command_line.add("--signal", signal,
                   "of the control series: how much of a return comes back on the next day; 0 "
                   "makes it a second random walk",
                   -0.95, 0.95);
  command_line.group("Trading");
  command_line.add("--costs", rules.costs, "of a trade, in hundredths of a per cent", 0.0, 1000.0);
  command_line.add("--slippage", rules.slippage, "the same: how much worse the price is than seen",
                   0.0, 1000.0);
  command_line.add("--delay", rules.delay, "days between a decision and the trade", 0, 100);
  command_line.group("Training");
  command_line.add("--steps", steps, "steps of each training", 1, 1'000'000);
  command_line.add("--batch", batch, "windows in a step", 1, 4096);
  command_line.add("--lr", lr, "learning rate of AdamW at its highest", 1e-7, 10.0);
  command_line.add("--clip", clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.add("--weight-decay", weight_decay, "pull of the weights towards 0", 0.0, 10.0);
  command_line.when_quick("--steps", steps, 20);
  command_line.when_quick("--hidden", hidden, 8);
  command_line.when_quick("--folds", folds, 2);
  command_line.when_quick("--seeds", seeds, 1);
  command_line.when_full("--seeds", seeds, 10);
  command_line.when_full("--folds", folds, 10);
  command_line.when_full("--steps", steps, 400);
}

}  // namespace unroll::lessons
