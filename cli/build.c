// SPDX-License-Identifier: MIT
#include "cli.h"

int cli_build(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    cli_error("build is not there yet");
    return CLI_USAGE;
}
