// SPDX-License-Identifier: MIT
#include "cli.h"

int cli_doctor(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    cli_error("doctor is not there yet");
    return CLI_USAGE;
}
