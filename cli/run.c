// SPDX-License-Identifier: MIT
//
// prometeu run.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "cli.h"
#include "hosts/common/png.h"
#include "hosts/common/workers.h"
#include "hosts/headless/headless.h"
#include "input/script.h"
#include "play.h"
#include "reload.h"
#include "storage.h"

static const char help[] =
    "usage: prometeu run [PROJECT | CART | FILE.pmc | FILE.pasm] [OPTIONS]\n"
    "\n"
    "Runs a game; a project is built first. Without a name: the project in\n"
    "the current directory. While a project runs in a window, its sources and\n"
    "assets are watched: what changes is built and reloaded, and the game "
    "goes\n"
    "on where it is (docs/spec/reload.md).\n"
    "\n"
    "  --no-watch            runs what there is now, whatever changes\n"
    "  --watch               watches without a window too: with --headless, "
    "at\n"
    "                        sixty ticks a second, until Ctrl-C or --frames\n"
    "  --poll                looks for changes itself (folders on other "
    "machines)\n"
    "  --headless            without a window, as fast as it goes\n"
    "  --frames N            frames to run headless (600)\n"
    "  --input FILE          input from a script (docs/spec/input.md)\n"
    "  --fingerprint[=each]  prints the machine's fingerprint at the end, or\n"
    "                        after each frame\n"
    "  --shot FILE.png       writes the last picture\n"
    "  --scale N             size of window or picture (1 to 16)\n"
    "  --profile P           JAM, STANDARD or ADVANCED, for projects and "
    "texts\n"
    "  --dispatch FORM       auto, tail, goto or switch: all do the same\n"
    "  --json                the report of a headless run as "
    "JSON\n" CLI_STORAGE_HELP "\n"
    "Exit code 1 after a trap.\n"
    "\n"
    "example: prometeu run mygame --headless --frames 60 --shot last.png\n";

struct run {
    const char *path;
    bool headless;
    bool json;
    bool watches;
    bool no_watch;
    bool polls;
    uint64_t frames;
    uint64_t scale;
    const char *input;
    const char *fingerprint; // NULL, "" or "each"
    const char *shot;
    const char *profile;
    const char *dispatch;
    struct cli_storage storage;
    struct pm_input_script *script;
    struct pm_input_player player;
    struct cli_reload reload; // zeroes: nothing is watched
    struct pm_buf each;       // lines, or elements of JSON
    bool has_failed;
};

// --- the log -----------------------------------------------------------------

static void print_log(void *context, int level, const char *text, size_t size)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    struct pm_buf line;

    (void)context;
    pm_buf_init(&line, &cli_alloc);
    pm_buf_put_escaped(&line, text, size);
    const char *shown = pm_buf_cstr(&line);
    fprintf(stderr, "log %s: %s\n", names[level & 3], shown ? shown : "");
    pm_buf_free(&line);
}

// --- input -------------------------------------------------------------------

static int read_script(struct run *run)
{
    struct cli_file file;
    struct pm_diags diags;

    if (!run->input)
        return CLI_OK;
    if (cli_read_file(run->input, PM_INPUT_SCRIPT_MAX, &file))
        return CLI_WORLD;
    struct cli_source source = {
        .file = run->input, .text = (const char *)file.data, .size = file.size};
    pm_diags_init(&diags, &cli_alloc);
    pm_status status = pm_input_script_parse(
        &cli_alloc, run->input, source.text, source.size, &diags, &run->script);
    cli_print_diags(&diags, &source);
    pm_diags_free(&diags);
    cli_free_file(&file);
    if (!status)
        pm_input_player_start(&run->player, run->script);
    return cli_exit_for(status);
}

static void next_input(void *context, uint64_t frame,
                       struct pm_frame_input *out)
{
    struct run *run = context;

    (void)frame;
    pm_input_player_next(&run->player, out);
}

// --- headless ----------------------------------------------------------------

static bool note_fingerprint(void *context, struct pm_machine *machine,
                             uint64_t frame)
{
    struct run *run = context;
    struct pm_fingerprint print;

    if (pm_machine_fingerprint(machine, &print)) {
        run->has_failed = true;
        return false;
    }
    if (run->json)
        pm_buf_printf(&run->each, "%s\"%016" PRIx64 "%016" PRIx64 "\"",
                      frame ? "," : "", print.high, print.low);
    else
        pm_buf_printf(&run->each,
                      "frame %" PRIu64 " %016" PRIx64 "%016" PRIx64 "\n", frame,
                      print.high, print.low);
    return true;
}

static const char *end_name(const struct pm_headless_result *result)
{
    if (result->end == PM_TICK_TRAPPED)
        return "trapped";
    if (result->end == PM_TICK_HALTED)
        return "halted";
    return result->out_of_ticks ? "late" : "running";
}

static void json_text(struct pm_json_writer *w, const char *key,
                      const char *text)
{
    pm_json_write_key(w, key);
    if (text)
        pm_json_write_cstr(w, text);
    else
        pm_json_write_null(w);
}

static void json_number(struct pm_json_writer *w, const char *key,
                        uint64_t number)
{
    pm_json_write_key(w, key);
    pm_json_write_u64_string(w, number);
}

static void json_trap(struct pm_json_writer *w, const struct pm_trap_info *trap)
{
    pm_json_write_key(w, "trap");
    if (!trap) {
        pm_json_write_null(w);
        return;
    }
    pm_json_write_begin_object(w);
    json_text(w, "code", pm_trap_name(trap->code));
    json_text(w, "message", trap->message);
    json_text(w, "instruction", trap->instruction);
    pm_json_write_key(w, "stack");
    pm_json_write_begin_array(w);
    for (size_t i = 0; i < trap->count; i++) {
        pm_json_write_begin_object(w);
        json_text(w, "function", trap->stack[i].function);
        pm_json_write_key(w, "offset");
        pm_json_write_int(w, trap->stack[i].offset);
        json_text(w, "file", trap->stack[i].file);
        pm_json_write_key(w, "line");
        pm_json_write_int(w, trap->stack[i].line);
        pm_json_write_key(w, "column");
        pm_json_write_int(w, trap->stack[i].column);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
    pm_json_write_end(w);
}

static void put_json(struct run *run, struct pm_machine *machine,
                     const struct pm_headless_result *result,
                     struct pm_buf *out)
{
    struct pm_json_writer w = pm_json_write_to(out);
    struct pm_telemetry telemetry;
    struct pm_cart_info cart;
    char print[40];

    pm_machine_telemetry(machine, &telemetry);
    pm_machine_cart(machine, &cart);
    pm_json_write_begin_object(&w);
    json_text(&w, "title", cart.title);
    json_text(&w, "profile", cart.profile);
    json_text(&w, "end", end_name(result));
    json_number(&w, "frames", result->frames);
    json_number(&w, "ticks", result->ticks);
    json_number(&w, "late_ticks", telemetry.late_ticks);
    json_number(&w, "cycles", result->cycles);
    json_number(&w, "most_cycles", result->most_cycles);
    json_number(&w, "budget", telemetry.budget);
    json_number(&w, "heap_used", telemetry.heap_used);
    json_number(&w, "heap_limit", telemetry.heap_limit);
    if (run->fingerprint) {
        snprintf(print, sizeof print, "%016" PRIx64 "%016" PRIx64,
                 result->fingerprint.high, result->fingerprint.low);
        json_text(&w, "fingerprint", print);
    }
    if (run->each.size) {
        pm_json_write_key(&w, "fingerprints");
        pm_buf_puts(&run->each, "]");
        pm_json_write_raw(&w, run->each.data, run->each.size);
    }
    json_trap(&w, pm_machine_trap(machine));
    pm_json_write_end(&w);
    pm_buf_puts(out, "\n");
}

static void put_text(const struct run *run, struct pm_machine *machine,
                     const struct pm_headless_result *result,
                     struct pm_buf *out)
{
    struct pm_telemetry telemetry;
    struct pm_cart_info cart;

    pm_machine_telemetry(machine, &telemetry);
    pm_machine_cart(machine, &cart);
    pm_buf_put(out, run->each.data, run->each.size);
    pm_buf_printf(out,
                  "%s: %s after %" PRIu64 " frames in %" PRIu64
                  " ticks; at most %" PRIu64 " of %" PRIu64
                  " cycles a tick; heap %" PRIu64 " of %" PRIu64 " bytes\n",
                  cart.title, end_name(result), result->frames, result->ticks,
                  result->most_cycles, telemetry.budget, telemetry.heap_used,
                  telemetry.heap_limit);
    if (run->fingerprint)
        pm_buf_printf(out, "fingerprint %016" PRIx64 "%016" PRIx64 "\n",
                      result->fingerprint.high, result->fingerprint.low);
    if (run->shot)
        pm_buf_printf(out, "picture in %s\n", run->shot);
}

static int report(struct run *run, struct pm_machine *machine,
                  const struct pm_headless_result *result)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    if (run->json)
        put_json(run, machine, result, &out);
    else
        put_text(run, machine, result, &out);
    int code = cli_write_out(&out);
    pm_buf_free(&out);
    if (result->end != PM_TICK_TRAPPED)
        return code;
    cli_print_trap(pm_machine_trap(machine), run->path);
    return CLI_BAD;
}

static int run_headless(struct run *run, struct pm_machine *machine)
{
    bool each = run->fingerprint && *run->fingerprint;
    struct pm_headless_config config = {
        .frames = run->frames,
        .input = run->script ? next_input : NULL,
        .frame_done = each ? note_fingerprint : NULL,
        .context = run,
        .shot = run->shot,
        .shot_scale = (unsigned)run->scale,
        .fingerprint = run->fingerprint != NULL,
    };
    struct pm_headless_result result;
    const char *error;

    if (each && run->json)
        pm_buf_puts(&run->each, "[");
    pm_status status = pm_headless_run(machine, &config, &result, &error);
    if (status || run->has_failed) {
        cli_file_error(run->shot && error ? run->shot : run->path, status,
                       error);
        return CLI_WORLD;
    }
    return report(run, machine, &result);
}

// --- headless, watching ------------------------------------------------------

// A tick takes a sixtieth of a second, nearly: nobody sees it.
#define TICK_MS 16

// A trap ends the program and not the watching: it is put right meanwhile.
static void watch_tick(struct run *run, struct pm_machine *machine,
                       struct pm_headless_result *result)
{
    struct pm_telemetry telemetry;
    struct pm_frame_input input = {0};
    bool has_ended = result->end >= PM_TICK_HALTED;

    if (run->script && result->end != PM_TICK_LATE && !has_ended)
        pm_input_player_next(&run->player, &input);
    result->end = pm_machine_tick(machine, &input);
    pm_machine_telemetry(machine, &telemetry);
    if (telemetry.cycles > result->most_cycles)
        result->most_cycles = telemetry.cycles;
    result->cycles += telemetry.cycles;
    result->ticks++;
    result->frames += result->end == PM_TICK_FRAME;
    if (result->end == PM_TICK_TRAPPED && !has_ended)
        cli_print_trap(pm_machine_trap(machine), run->path);
}

static int watch_headless(struct run *run, struct pm_machine *machine)
{
    struct pm_headless_result result = {0};
    enum cli_reload_event event = CLI_RELOAD_NONE;

    printf("watching; Ctrl-C ends it\n");
    fflush(stdout);
    while (event != CLI_RELOAD_STOPPED &&
           (run->frames == 0 || result.frames < run->frames)) {
        watch_tick(run, machine, &result);
        event = cli_reload_look(&run->reload, TICK_MS);
        if (event == CLI_RELOAD_DONE)
            result.end = PM_TICK_FRAME;
    }
    return report(run, machine, &result);
}

// --- all of it ---------------------------------------------------------------

static int parse(struct run *run, int argc, char **argv)
{
    const struct cli_option options[] = {
        {"--headless", CLI_FLAG, &run->headless, 0, 0},
        {"--json", CLI_FLAG, &run->json, 0, 0},
        {"--watch", CLI_FLAG, &run->watches, 0, 0},
        {"--no-watch", CLI_FLAG, &run->no_watch, 0, 0},
        {"--poll", CLI_FLAG, &run->polls, 0, 0},
        {"--frames", CLI_NUMBER, &run->frames, 1, 1000000000},
        {"--scale", CLI_NUMBER, &run->scale, 1, PM_PNG_SCALE_MAX},
        {"--input", CLI_TEXT, &run->input, 0, 0},
        {"--fingerprint", CLI_MAY_TEXT, &run->fingerprint, 0, 0},
        {"--shot", CLI_TEXT, &run->shot, 0, 0},
        {"--profile", CLI_TEXT, &run->profile, 0, 0},
        {"--dispatch", CLI_TEXT, &run->dispatch, 0, 0},
        {"--saves", CLI_TEXT, &run->storage.saves, 0, 0},
        {"--mount", CLI_LIST, &run->storage.mount_texts, 0, 0},
        {"--inject", CLI_TEXT, &run->storage.inject, 0, 0},
    };
    size_t count;
    int code =
        cli_options(argc, argv, help, options, sizeof options / sizeof *options,
                    &run->path, 0, 1, &count);

    if (code >= 0)
        return code;
    if (count == 0)
        run->path = ".";
    if (run->fingerprint && *run->fingerprint &&
        strcmp(run->fingerprint, "each") != 0) {
        cli_error("run: --fingerprint may be followed by \"=each\" only");
        return CLI_USAGE;
    }
    if (!run->headless && (run->frames || run->fingerprint || run->json)) {
        cli_error("run: --frames, --fingerprint and --json belong to "
                  "--headless");
        return CLI_USAGE;
    }
    return -1;
}

// In a window projects are watched unless that is turned off; without one,
// when it is asked for.
static int check_watching(struct run *run)
{
    pm_status status;
    bool is_project = cli_kind_of(run->path, &status) == CLI_KIND_PROJECT;

    if (run->watches && run->no_watch) {
        cli_error("run: --watch and --no-watch are opposites");
        return CLI_USAGE;
    }
    if (run->watches && !is_project && !status) {
        cli_error("run: %s is no project, there is nothing to be watched",
                  run->path);
        return CLI_USAGE;
    }
    if (run->watches && (run->fingerprint || run->shot)) {
        cli_error("run: --fingerprint and --shot are of a run that is not "
                  "watched");
        return CLI_USAGE;
    }
    run->watches =
        is_project && !run->no_watch && (run->watches || !run->headless);
    return CLI_OK;
}

static int choose_name(const char *option, const char *word,
                       const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], word) == 0)
            return (int)i;
    const char *near = cli_nearest(word, names, count);
    cli_error("run: %s is \"%s\"%s%s%s", option, word,
              near ? "; did you mean \"" : ", which there is not",
              near ? near : "", near ? "\"?" : "");
    return -1;
}

static int check_names(struct run *run, struct pm_machine_config *config)
{
    static const char *const profiles[] = {"JAM", "STANDARD", "ADVANCED"};
    static const char *const forms[] = {"auto", "tail", "goto", "switch"};

    if (run->profile && choose_name("--profile", run->profile, profiles, 3) < 0)
        return CLI_USAGE;
    if (!run->dispatch)
        return CLI_OK;
    int form = choose_name("--dispatch", run->dispatch, forms, 4);
    if (form < 0)
        return CLI_USAGE;
    config->dispatch = (enum pm_machine_dispatch)form;
    return CLI_OK;
}

static int run_cart(struct run *run, struct pm_machine *machine,
                    struct cli_cart *cart)
{
    pm_status status = cli_load(machine, cart);

    if (status)
        return cli_exit_for(status);
    run->reload.machine = machine;
    if (run->headless)
        return run->watches ? watch_headless(run, machine)
                            : run_headless(run, machine);
    return cli_play(machine, run->path, (unsigned)run->scale, run->shot,
                    run->script ? &run->player : NULL,
                    run->watches ? &run->reload : NULL);
}

static int make_machine(const struct pm_machine_config *config,
                        struct pm_machine **out)
{
    pm_status status = pm_machine_create(config, out);

    if (status)
        cli_error("no machine could be made: %s", pm_status_meaning(status));
    return status ? CLI_WORLD : CLI_OK;
}

// Files of the command line: the cartridge, where its saves are, and what is
// watched.
static int open_all(struct run *run, struct cli_cart *cart,
                    struct pm_machine_config *config)
{
    int code = read_script(run);

    if (code == CLI_OK)
        code = run->watches ? cli_reload_begin(&run->reload, run->path,
                                               run->profile, cart)
                            : cli_open_cart(run->path, run->profile, cart);
    if (code == CLI_OK)
        code =
            cli_storage_open(&run->storage, run->path, run->headless, config);
    if (code == CLI_OK && run->watches)
        code = cli_reload_open(&run->reload, run->polls);
    return code;
}

int cli_run(int argc, char **argv)
{
    struct run run = {0};
    struct pm_machine_config config = {.alloc = cli_alloc, .log = print_log};
    struct pm_machine *machine = NULL;
    struct pm_worker_pool *workers = NULL;
    struct cli_cart cart;
    int code = parse(&run, argc, argv);

    if (code >= 0)
        return code;
    code = check_names(&run, &config);
    if (!code)
        code = check_watching(&run);
    if (code)
        return code;
    pm_buf_init(&run.each, &cli_alloc);
    cli_cart_init(&cart);
    code = open_all(&run, &cart, &config);
    if (code == CLI_OK) {
        // Without threads assets are read within the frame that wants them.
        if (pm_worker_pool_create(&cli_alloc, 0, &workers) == PM_OK)
            config.workers = *pm_worker_pool_workers(workers);
        code = make_machine(&config, &machine);
    }
    if (code == CLI_OK)
        code = run_cart(&run, machine, &cart);
    pm_machine_destroy(machine);
    pm_worker_pool_destroy(workers);
    cli_storage_report(&run.storage);
    cli_storage_close(&run.storage);
    cli_reload_close(&run.reload);
    pm_input_script_destroy(run.script);
    cli_cart_free(&cart);
    pm_buf_free(&run.each);
    return code;
}
