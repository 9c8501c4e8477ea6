// SPDX-License-Identifier: MIT
//
// prometeu, the command line: the table of commands.
#include <stdio.h>
#include <string.h>

#include <prometeu/version.h>

#include "base/check.h"
#include "cli.h"

const struct cli_command cli_commands[] = {
    {"new", "makes a project that runs", cli_new},
    {"run", "runs a project, cartridge, package or source", cli_run},
    {"build", "builds a project: cartridge directory and package", cli_build},
    {"check", "says what is wrong with a program's sources", cli_check},
    {"fmt", "gives sources their one layout", cli_fmt},
    {"test", "runs a project's tests", cli_test},
    {"explain", "says what a message of the compiler means", cli_explain},
    {"asm", "assembler text to program.pbx", cli_asm},
    {"dis", "program.pbx to assembler text", cli_dis},
    {"verify", "checks a file of any kind, all of it", cli_verify},
    {"pack", "packs assets, or a cartridge into one file", cli_pack},
    {"inspect", "shows what is in a file", cli_inspect},
    {"diff", "compares the assets of two files", cli_diff},
    {"unpack", "assets back to pictures, sounds, maps", cli_unpack},
    {"saves", "lists, checks, exports, imports, clears what games saved",
     cli_saves},
    {"doctor", "says what is installed and what is missing", cli_doctor},
};
const size_t cli_command_count = PM_ARRAY_LEN(cli_commands);

static void print_help(FILE *out)
{
    fputs("usage: prometeu COMMAND [ARGUMENTS]\n\ncommands:\n", out);
    for (size_t i = 0; i < cli_command_count; i++)
        fprintf(out, "  %-8s %s\n", cli_commands[i].name,
                cli_commands[i].summary);
    fputs("\n"
          "  prometeu COMMAND --help says more, with an example;\n"
          "  prometeu --version says which version this is.\n"
          "\n"
          "exit codes: 0 done, 1 the thing checked is bad, 2 wrong use,\n"
          "            3 the world failed (disk, device, memory)\n"
          "\n"
          "begin with:  prometeu new mygame && prometeu run mygame\n",
          out);
}

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i].name, name) == 0)
            return &cli_commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[PM_ARRAY_LEN(cli_commands)];

    for (size_t i = 0; i < cli_command_count; i++)
        names[i] = cli_commands[i].name;
    const char *near = cli_nearest(name, names, cli_command_count);
    if (near)
        cli_error("there is no command \"%s\"; did you mean \"%s\"?", name,
                  near);
    else
        cli_error("there is no command \"%s\"; \"prometeu help\" lists them",
                  name);
    return CLI_USAGE;
}

static int help(int argc, char **argv)
{
    static char option[] = "--help";
    char *ask[] = {argv[0], option, NULL};

    if (argc < 3) {
        print_help(stdout);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(argv[2]);
    return command ? command->run(2, ask) : unknown_command(argv[2]);
}

int main(int argc, char **argv)
{
    cli_memory_begin();
    if (argc < 2) {
        print_help(stderr);
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 ||
        strcmp(name, "-h") == 0)
        return help(argc, argv);
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        printf("prometeu %s (bytecode %d, assets %d, cartridge %d, host calls "
               "%d, saved states %d)\n",
               PM_VERSION_STRING, PM_BYTECODE_VERSION, PM_CONTAINER_VERSION,
               PM_CARTRIDGE_VERSION, PM_HOST_CALLS_VERSION,
               PM_SAVED_STATE_VERSION);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(name);
    return command ? command->run(argc - 1, argv + 1) : unknown_command(name);
}
