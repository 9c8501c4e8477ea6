// SPDX-License-Identifier: MIT
//
// One test in a machine of its own.
#include <string.h>

#include "test.h"

static void take_line(void *context, int level, const char *text, size_t size)
{
    struct test_run *run = context;

    (void)level;
    pm_buf_put_escaped(&run->lines, text, size);
    pm_buf_put8(&run->lines, 0);
    run->line_count++;
}

static const struct pm_trap_place *place_in(const struct pm_trap_info *trap,
                                            const char *file)
{
    for (size_t i = 0; i < trap->count; i++)
        if (trap->stack[i].file && strcmp(trap->stack[i].file, file) == 0)
            return &trap->stack[i];
    return trap->count && trap->stack->file ? trap->stack : NULL;
}

static void take_trap(const struct pm_trap_info *trap, const char *file,
                      struct test_run *run)
{
    const struct pm_trap_place *place = place_in(trap, file);
    const char *name = pm_trap_name(trap->code);

    run->trap = cli_copy(name, strlen(name));
    run->trap_message = cli_copy(trap->message, strlen(trap->message));
    if (!place)
        return;
    run->trap_file = cli_copy(place->file, strlen(place->file));
    run->trap_line = place->line;
}

// A frame that needs several ticks has ten of them.
static void play(struct pm_machine *machine, const char *file,
                 struct test_run *run)
{
    enum pm_tick_result end = PM_TICK_FRAME;
    uint64_t frames = 0;

    for (uint64_t ticks = 0; frames < run->frames && ticks < run->frames * 10;
         ticks++) {
        end = pm_machine_tick(machine, NULL);
        if (end >= PM_TICK_HALTED)
            break;
        frames += end == PM_TICK_FRAME;
    }
    run->has_ended = end == PM_TICK_HALTED;
    if (end == PM_TICK_TRAPPED)
        take_trap(pm_machine_trap(machine), file, run);
}

int test_run(struct cli_cart *cart, const char *file, struct test_run *run)
{
    struct pm_machine_config config = {
        .alloc = cli_alloc, .log = take_line, .log_context = run};
    struct pm_machine *machine;
    pm_status status = pm_machine_create(&config, &machine);

    pm_buf_init(&run->lines, &cli_alloc);
    if (status) {
        cli_error("no machine could be made: %s", pm_status_meaning(status));
        return CLI_WORLD;
    }
    status = cli_load(machine, cart);
    if (!status)
        play(machine, file, run);
    pm_machine_destroy(machine);
    if (!status && pm_buf_status(&run->lines))
        cli_no_memory();
    return cli_exit_for(status);
}

void test_run_free(struct test_run *run)
{
    pm_buf_free(&run->lines);
    cli_free_text(run->trap);
    cli_free_text(run->trap_message);
    cli_free_text(run->trap_file);
}
