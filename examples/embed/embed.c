// SPDX-License-Identifier: MIT
//
// A host in C with a domain of its own: lamps that a cartridge may light. It
// runs a program that it does not trust and shows what the lamps do.
//
//     cc *.c $(pkg-config --cflags --libs prometeu) -o embed
//     prometeu asm lamps.pasm -o cart/program.pbx
//     ./embed cart
#include <stdio.h>

#include <prometeu/machine.h>

#include "cart_folder.h"

// --- the domain, in some sixty lines -----------------------------------------

enum { LAMP_OK, LAMP_TAKEN, LAMP_TOO_MANY };

// What the host keeps for a lamp is its socket; how bright it is keeps the
// machine, as the lamp's payload.
static bool sockets[4];

static pm_trap_code lamp_open(void *context, struct pm_call *call)
{
    bool *socket = &((bool *)context)[pm_call_int(call, 0)];

    if (*socket) {
        pm_call_return_int(call, 0, LAMP_TAKEN);
        return PM_TRAP_NONE;
    }
    *socket = true;
    pm_call_state(call)->host = socket;
    return PM_TRAP_NONE;
}

static pm_trap_code lamp_light(void *context, struct pm_call *call)
{
    const struct pm_state *lamp = pm_call_state(call);

    *(int32_t *)lamp->payload = (int32_t)pm_call_int(call, 1);
    printf("lamp %d: %d %%\n", (int)((bool *)lamp->host - (bool *)context),
           (int)pm_call_int(call, 1));
    return PM_TRAP_NONE;
}

static pm_trap_code lamp_brightness(void *context, struct pm_call *call)
{
    (void)context;
    pm_call_return_int(call, 0, *(int32_t *)pm_call_state(call)->payload);
    return PM_TRAP_NONE;
}

static pm_trap_code lamp_close(void *context, struct pm_call *call)
{
    (void)context, (void)call; // release does the rest
    return PM_TRAP_NONE;
}

// Every end of a lamp comes through here: closed, forgotten, reset.
static void lamp_release(void *context, struct pm_state *lamp)
{
    *(bool *)lamp->host = false;
    printf("lamp %d: out\n", (int)((bool *)lamp->host - (bool *)context));
}

#define CALL(number, function, verb_of, ...)                                   \
    {                                                                          \
        .decl = {.id = PM_CALL_FIRST_EMBEDDER_ID + (number),                   \
                 .module = "lamp",                                             \
                 .name = #function,                                            \
                 .version = 1,                                                 \
                 .capability = 1u << 16,                                       \
                 .price = 100,                                                 \
                 .domain = "lamp",                                             \
                 .verb = PM_VERB_##verb_of,                                    \
                 __VA_ARGS__},                                                 \
        .run = lamp_##function, .context = sockets                             \
    }

static const struct pm_host_call calls[] = {
    CALL(0, open, CREATE, PM_PARAMS(PM_INT("socket", 0, 3)),
         PM_RESULTS(PM_STATUS_RESULT, PM_OBJECT("lamp"))),
    CALL(1, light, UPDATE,
         PM_PARAMS(PM_OBJECT("lamp"), PM_INT("percent", 0, 100))),
    CALL(2, brightness, READ, PM_PARAMS(PM_OBJECT("lamp")),
         PM_RESULTS(PM_INT("percent", 0, 100))),
    CALL(3, close, DESTROY, PM_PARAMS(PM_OBJECT("lamp"))),
};

static const struct pm_domain lamps = {.name = "lamp",
                                       .meaning = "a lamp in a socket",
                                       .payload_size = sizeof(int32_t),
                                       .max_live = 3,
                                       .limit_status = LAMP_TOO_MANY,
                                       .example = "push_i64 1",
                                       .release = lamp_release,
                                       .context = sockets};

// --- the host ----------------------------------------------------------------

static int run(struct pm_machine *machine, const char *folder)
{
    struct pm_cart_files files = cart_folder(folder);
    const struct pm_report *report = NULL;
    enum pm_tick_result result = PM_TICK_FRAME;

    if (pm_machine_add_capability(machine, "lamps", 16) ||
        pm_machine_add_domains(machine, &lamps, 1, calls, 4, &report) ||
        pm_machine_load(machine, &files, &report)) {
        fputs(pm_report_text(report), stderr);
        return 1;
    }
    // However badly the program behaves, this loop ends.
    for (int tick = 0; tick < 600 && result < PM_TICK_HALTED; tick++)
        result = pm_machine_tick(machine, NULL);
    if (result != PM_TICK_TRAPPED)
        return 0;
    const struct pm_trap_info *trap = pm_machine_trap(machine);
    fprintf(stderr, "the program broke a rule: %s: %s\n",
            pm_trap_name(trap->code), trap->message);
    return 1;
}

int main(int argc, char **argv)
{
    struct pm_machine *machine;

    if (argc != 2) {
        fputs("use: embed FOLDER\n", stderr);
        return 2;
    }
    if (pm_machine_create(NULL, &machine))
        return 3;
    int code = run(machine, argv[1]);
    pm_machine_destroy(machine);
    return code;
}
