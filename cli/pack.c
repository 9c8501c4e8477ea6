// SPDX-License-Identifier: MIT
#include "cli.h"

int cli_pack(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    cli_error("pack is not there yet");
    return CLI_USAGE;
}
