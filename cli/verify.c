// SPDX-License-Identifier: MIT
#include "cli.h"

int cli_verify(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    cli_error("verify is not there yet");
    return CLI_USAGE;
}
