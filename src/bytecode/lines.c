// SPDX-License-Identifier: MIT
#include "bytecode/bytecode.h"

// Whether [line] is at or before that place.
static bool is_before(const struct pm_line *line, uint32_t function,
                      uint32_t offset)
{
    return line->function < function ||
           (line->function == function && line->offset <= offset);
}

bool pm_module_find_line(const struct pm_module *module, uint32_t function,
                         uint32_t offset, struct pm_line *out)
{
    uint32_t low = 0;
    uint32_t high = module->line_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (is_before(&module->lines[middle], function, offset))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || module->lines[low - 1].function != function)
        return false;
    *out = module->lines[low - 1];
    return true;
}
