// SPDX-License-Identifier: MIT
//
// A map of Tiled as XML, with an assets folder around it.
#include "support/tiled_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tiled_world_fuzz("level.tmx", data, size);
    return 0;
}
