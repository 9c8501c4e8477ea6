// SPDX-License-Identifier: MIT
#include "cli.h"

int cli_inspect(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    cli_error("inspect is not there yet");
    return CLI_USAGE;
}
