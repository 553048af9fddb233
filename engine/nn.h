// Layers with parameters: everything in engine/nn/.
#pragma once

#include "engine/nn/init.h"
#include "engine/nn/layers.h"
#include "engine/nn/module.h"
#include "engine/nn/recurrent.h"
