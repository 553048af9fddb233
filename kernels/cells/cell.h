// What a recurrent cell is: the equations of one hidden unit at one step, forward and backward.
//
// A cell is a struct with
//   kGates         blocks of hidden_size rows in its weight matrices
//   kSaved         values a unit keeps for the backward pass: its gates, activated, and what else
//   kHasCellState  whether it has a second state c beside h (the LSTM's)
//   kSplitsHidden  whether the gradients of x- and h-gates differ (the GRU's)
//   forward(x, r, h, c, saved, h_next, c_next)
//     x[kGates] = W_ih·x + b_ih and r[kGates] = W_hh·h + b_hh, before activation; h and c are the
//     unit's state before the step.
//   backward(saved, h, c, c_next, dh, dc, dx, dr, dh_prev, dc_prev)
//     dh and dc are the gradients of the state after the step; dx and dr those of x and r. dh_prev
//     and dc_prev are what flows to the state before the step, apart from the part through r.
// All are branch-free templates over the number type, so that one text serves every schedule.
#pragma once

#include "kernels/device.h"
#include "kernels/functions.h"
