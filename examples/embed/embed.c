// SPDX-License-Identifier: MIT
//
// A host in C with a domain of its own: lamps that a cartridge may light. It
// runs a program that it does not trust and shows what the lamps do.
//
//     cc *.c $(pkg-config --cflags --libs prometeu) -o embed
//     prometeu asm lamps.pasm -o cart/program.pbx
//     ./embed cart
#include <stdio.h>
#include <stdlib.h>

#include <prometeu/machine.h>

#include "cart_folder.h"

// --- the domain, in some sixty lines -----------------------------------------

// What the host keeps for a lamp; what the machine keeps is its brightness.
struct lamp {
    int socket;
};

enum { LAMP_OK, LAMP_NO_SOCKET, LAMP_TOO_MANY };

static pm_trap_code lamp_open(void *context, struct pm_call *call)
{
    int64_t socket = pm_call_int(call, 0);
    int *sockets = context;

    if (sockets[socket]) {
        pm_call_return_int(call, 0, LAMP_NO_SOCKET);
        return PM_TRAP_NONE;
    }
    struct lamp *lamp = malloc(sizeof *lamp);
    if (!lamp)
        abort();
    lamp->socket = (int)socket;
    sockets[socket] = 1;
    pm_call_state(call)->host = lamp;
    return PM_TRAP_NONE;
}

static pm_trap_code lamp_light(void *context, struct pm_call *call)
{
    const struct pm_state *state = pm_call_state(call);
    int32_t *brightness = state->payload;

    (void)context;
    *brightness = (int32_t)pm_call_int(call, 1);
    printf("lamp %d: %d %%\n", ((struct lamp *)state->host)->socket,
           (int)*brightness);
    return PM_TRAP_NONE;
}

static pm_trap_code lamp_brightness(void *context, struct pm_call *call)
{
    (void)context;
    pm_call_return_int(call, 0, *(int32_t *)pm_call_state(call)->payload);
    return PM_TRAP_NONE;
}

// Every end of a lamp comes through here: closed, forgotten, reset.
static void lamp_release(void *context, struct pm_state *state)
{
    struct lamp *lamp = state->host;

    ((int *)context)[lamp->socket] = 0;
    printf("lamp %d: out\n", lamp->socket);
    free(lamp);
}

static pm_trap_code lamp_close(void *context, struct pm_call *call)
{
    (void)context, (void)call;
    return PM_TRAP_NONE;
}

#define LAMPS (1u << 16)
#define STATUS                                                                 \
    {                                                                          \
        "status", PM_VALUE_INT, NULL, 0, 0                                     \
    }
#define LAMP                                                                   \
    {                                                                          \
        "lamp", PM_VALUE_STATE, "lamp", 0, 0                                   \
    }
#define CALL(number, text, what, ...)                                          \
    {                                                                          \
        .id = PM_CALL_FIRST_EMBEDDER_ID + (number), .module = "lamp",          \
        .name = (text), .version = 1, .capability = LAMPS, .price = 100,       \
        .verb = (what), .domain = "lamp", __VA_ARGS__                          \
    }

static int sockets[4];

static const struct pm_host_call calls[] = {
    {.decl = CALL(0, "open", PM_VERB_CREATE, .param_count = 1,
                  .params = {{"socket", PM_VALUE_INT, NULL, 0, 3}},
                  .result_count = 2, .results = {STATUS, LAMP}),
     .run = lamp_open,
     .context = sockets},
    {.decl = CALL(1, "light", PM_VERB_UPDATE, .param_count = 2,
                  .params = {LAMP, {"percent", PM_VALUE_INT, NULL, 0, 100}}),
     .run = lamp_light},
    {.decl = CALL(2, "brightness", PM_VERB_READ, .param_count = 1,
                  .params = {LAMP}, .result_count = 1,
                  .results = {{"percent", PM_VALUE_INT, NULL, 0, 0}}),
     .run = lamp_brightness},
    {.decl =
         CALL(3, "close", PM_VERB_DESTROY, .param_count = 1, .params = {LAMP}),
     .run = lamp_close},
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
