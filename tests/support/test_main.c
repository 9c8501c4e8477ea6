// SPDX-License-Identifier: MIT
//
// In a file of its own, so that programs with another main can use what
// checks.
#include "support/test.h"

int main(int argc, char **argv)
{
    pm_test_keep_memory();
    return pm_test_main(argc, argv);
}
