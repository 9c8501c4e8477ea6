// SPDX-License-Identifier: MIT
#include "cli.h"

int cli_new(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    cli_error("new is not there yet");
    return CLI_USAGE;
}
