// SPDX-License-Identifier: MIT
//
// Options of a command.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/distance.h"
#include "cli.h"

struct parse {
    int argc;
    char **argv;
    int at;
    const struct cli_option *options;
    size_t option_count;
};

// --- near names --------------------------------------------------------------

const char *cli_nearest(const char *word, const char *const *names,
                        size_t count)
{
    const char *nearest = NULL;
    size_t size = strlen(word);
    uint32_t best = size < 4 ? 4 : 6;

    for (size_t i = 0; i < count; i++) {
        uint32_t far = pm_distance(word, size, names[i], strlen(names[i]), 2);
        if (far < best) {
            best = far;
            nearest = names[i];
        }
    }
    return nearest;
}

// --- options -----------------------------------------------------------------

static int unknown_option(const struct parse *p, const char *word)
{
    const char *names[32];
    size_t count = 0;

    for (size_t i = 0; i < p->option_count && count < 32; i++)
        names[count++] = p->options[i].name;
    const char *near = cli_nearest(word, names, count);
    if (near)
        cli_error("%s: there is no option \"%s\"; did you mean \"%s\"?",
                  p->argv[0], word, near);
    else
        cli_error("%s: there is no option \"%s\"; \"prometeu %s --help\" "
                  "lists them",
                  p->argv[0], word, p->argv[0]);
    return CLI_USAGE;
}

static int set_number(const struct parse *p, const struct cli_option *option,
                      const char *value)
{
    char *end;

    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (errno || *end || *value < '0' || *value > '9' ||
        number < option->least || number > option->greatest) {
        cli_error("%s: %s is \"%s\", it must be a whole number from %" PRIu64
                  " to %" PRIu64,
                  p->argv[0], option->name, value, option->least,
                  option->greatest);
        return CLI_USAGE;
    }
    *(uint64_t *)option->target = number;
    return -1;
}

static int add_to_list(const struct parse *p, const struct cli_option *option,
                       const char *value)
{
    struct cli_list *list = option->target;

    if (list->count == sizeof list->items / sizeof *list->items) {
        cli_error("%s: %s stands more than %zu times", p->argv[0], option->name,
                  list->count);
        return CLI_USAGE;
    }
    list->items[list->count++] = value;
    return -1;
}

static int set_option(struct parse *p, const struct cli_option *option,
                      const char *value)
{
    if (option->kind == CLI_FLAG) {
        if (value) {
            cli_error("%s: %s takes no value", p->argv[0], option->name);
            return CLI_USAGE;
        }
        *(bool *)option->target = true;
        return -1;
    }
    if (!value && option->kind == CLI_MAY_TEXT)
        value = "";
    if (!value && p->at + 1 < p->argc)
        value = p->argv[++p->at];
    if (!value) {
        cli_error("%s: %s wants a value behind it", p->argv[0], option->name);
        return CLI_USAGE;
    }
    if (option->kind == CLI_NUMBER)
        return set_number(p, option, value);
    if (option->kind == CLI_LIST)
        return add_to_list(p, option, value);
    *(const char **)option->target = value;
    return -1;
}

static int take_option(struct parse *p, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t size = equals ? (size_t)(equals - word) : strlen(word);

    for (size_t i = 0; i < p->option_count; i++)
        if (strlen(p->options[i].name) == size &&
            memcmp(p->options[i].name, word, size) == 0)
            return set_option(p, &p->options[i], equals ? equals + 1 : NULL);
    return unknown_option(p, word);
}

static int check_words(const struct parse *p, size_t count, size_t least,
                       size_t most, const char *extra)
{
    if (count > most) {
        cli_error("%s: \"%s\" is one word too many; see \"prometeu %s "
                  "--help\"",
                  p->argv[0], extra, p->argv[0]);
        return CLI_USAGE;
    }
    if (count < least) {
        cli_error("%s: a name is missing; see \"prometeu %s --help\"",
                  p->argv[0], p->argv[0]);
        return CLI_USAGE;
    }
    return -1;
}

// A word such as "-6" is a number and no option.
int cli_options(int argc, char **argv, const char *help,
                const struct cli_option *options, size_t option_count,
                const char **words, size_t least, size_t most,
                size_t *out_count)
{
    struct parse p = {argc, argv, 1, options, option_count};
    bool only_words = false;
    const char *extra = NULL;
    size_t count = 0;

    for (; p.at < argc; p.at++) {
        const char *word = argv[p.at];
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (!only_words &&
                   (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            fputs(help, stdout);
            return CLI_OK;
        } else if (!only_words && word[0] == '-' && word[1] &&
                   !(word[1] >= '0' && word[1] <= '9')) {
            int code = take_option(&p, word);
            if (code >= 0)
                return code;
        } else {
            if (count < most)
                words[count] = word;
            else if (!extra)
                extra = word;
            count++;
        }
    }
    *out_count = count;
    return check_words(&p, count, least, most, extra);
}
