// SPDX-License-Identifier: MIT
//
// Reading a plan of faults.
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "hosts/common/errno_status.h"
#include "hosts/common/os_fault_internal.h"

struct word {
    const char *text;
    size_t size;
};

struct plan {
    const char *at;
    char *why;
    size_t room;
};

static bool refuse(struct plan *plan, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(plan->why, plan->room, format, args);
    va_end(args);
    return false;
}

static bool is(struct word word, const char *name)
{
    return strlen(name) == word.size &&
           strncasecmp(word.text, name, word.size) == 0;
}

static struct word take_word(struct plan *plan)
{
    struct word word = {plan->at, 0};

    while (isalnum((unsigned char)*plan->at) || *plan->at == '-' ||
           *plan->at == '_')
        plan->at++;
    word.size = (size_t)(plan->at - word.text);
    return word;
}

static bool take_number(struct plan *plan, uint64_t *out)
{
    const char *start = plan->at;
    uint64_t number = 0;

    for (; isdigit((unsigned char)*plan->at); plan->at++) {
        unsigned digit = (unsigned)(*plan->at - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return refuse(plan, "the number %.20s... is too large", start);
        number = number * 10 + digit;
    }
    *out = number;
    return plan->at != start ||
           refuse(plan, "found \"%.20s\", wanted a number", start);
}

// --- words -------------------------------------------------------------------

static bool find_errno(struct word word, int *out)
{
    static const struct {
        const char *name;
        int error;
    } words[] = {{"io-error", EIO},        {"disk-full", ENOSPC},
                 {"quota", EDQUOT},        {"no-memory", ENOMEM},
                 {"denied", EACCES},       {"read-only", EROFS},
                 {"busy", EBUSY},          {"interrupted", EINTR},
                 {"too-many-open", EMFILE}};
    const char *name;
    pm_fs_status status;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is(word, words[i].name)) {
            *out = words[i].error;
            return true;
        }
    for (size_t i = 0; pm_errno_row(i, out, &name, &status); i++)
        if (is(word, name))
            return true;
    return false;
}

static bool read_what(struct plan *plan, struct word word,
                      struct pm_fault_rule *rule)
{
    rule->what = is(word, "short")  ? PM_FAULT_SHORT
                 : is(word, "torn") ? PM_FAULT_TORN
                 : is(word, "kill") ? PM_FAULT_KILL
                                    : PM_FAULT_ERRNO;
    if (rule->what != PM_FAULT_ERRNO || find_errno(word, &rule->error))
        return true;
    return refuse(plan,
                  "\"%.*s\" is no fault; there are disk-full, io-error, quota, "
                  "no-memory, denied, read-only, busy, interrupted, "
                  "too-many-open, short, torn, kill, and the host's names such "
                  "as ESTALE",
                  (int)word.size, word.text);
}

#define NAME_AND_COMMA(symbol, name) name ", "

static bool read_call(struct plan *plan, struct word word,
                      struct pm_fault_rule *rule)
{
    static const char *const names[] = {
#define X(symbol, name) name,
        PM_OS_CALLS(X)
#undef X
    };

    rule->call = PM_FAULT_ANY;
    if (is(word, "any"))
        return true;
    for (int i = 0; i < PM_OS_CALL_COUNT; i++)
        if (is(word, names[i])) {
            rule->call = i;
            return true;
        }
    return refuse(
        plan,
        "\"%.*s\" is no call; there are " PM_OS_CALLS(NAME_AND_COMMA) "any",
        (int)word.size, word.text);
}

// --- rules -------------------------------------------------------------------

static bool fits(struct plan *plan, const struct pm_fault_rule *rule)
{
    if (rule->what == PM_FAULT_TORN && rule->call != PM_OS_WRITE)
        return refuse(plan, "only a write can be torn: torn@write:N");
    if (rule->what == PM_FAULT_SHORT && rule->call != PM_OS_WRITE &&
        rule->call != PM_OS_READ)
        return refuse(plan, "only a read or a write can be short");
    if (rule->number == 0)
        return refuse(plan, "calls are counted from 1");
    return true;
}

static bool read_rest(struct plan *plan, struct pm_fault_rule *rule)
{
    if (!read_call(plan, take_word(plan), rule))
        return false;
    if (*plan->at != ':')
        return refuse(plan,
                      "found \"%.20s\" behind the call, wanted : and which of "
                      "them, as in write:3",
                      plan->at);
    plan->at++;
    if (!take_number(plan, &rule->number))
        return false;
    rule->and_after = *plan->at == '+';
    plan->at += rule->and_after;
    return fits(plan, rule);
}

static bool read_rule(struct plan *plan, struct pm_os_fault *fault)
{
    struct pm_fault_rule rule = {0};
    struct word what = take_word(plan);

    if (!read_what(plan, what, &rule))
        return false;
    if (*plan->at != '@')
        return refuse(plan,
                      "found \"%.20s\" behind \"%.*s\", wanted @ and a "
                      "call, as in disk-full@write:3",
                      plan->at, (int)what.size, what.text);
    plan->at++;
    if (isdigit((unsigned char)*plan->at) && rule.what == PM_FAULT_ERRNO &&
        rule.error == ENOSPC) {
        fault->has_room_limit = true;
        return take_number(plan, &fault->room);
    }
    if (!read_rest(plan, &rule))
        return false;
    if (fault->rule_count == PM_FAULT_RULES)
        return refuse(plan, "more than %d rules", PM_FAULT_RULES);
    fault->rules[fault->rule_count++] = rule;
    return true;
}

bool pm_os_fault_parse(struct pm_os_fault *fault, const char *text, char *why,
                       size_t room)
{
    struct plan plan = {text, why, room};

    for (;;) {
        while (*plan.at == ' ')
            plan.at++;
        if (!read_rule(&plan, fault))
            return false;
        if (*plan.at == '\0')
            return true;
        if (*plan.at != ',')
            return refuse(&plan,
                          "found \"%.20s\" behind a rule, wanted a comma or "
                          "the end",
                          plan.at);
        plan.at++;
    }
}
