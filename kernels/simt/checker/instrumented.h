// Included into every kernel file that clang instruments: what clang would leave to memcpy and its
// like goes through the checker instead (callbacks.cpp).
#pragma once

__asm__(R"(
.set memcpy, unroll_simt_memcpy
.set memmove, unroll_simt_memmove
.set memset, unroll_simt_memset
)");
