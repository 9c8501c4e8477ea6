// SPDX-License-Identifier: MIT
//
// Recordings: what a player did, and what was to be seen and heard of it.
//
// tests/NAME.input is played to its end. NAME.fingerprint has a line for the
// picture of each second and of the last frame, and one for all of the sound:
// what a player notices, so that code may change as long as nothing that is
// seen does. NAME.png is the last picture, for people; it is written with
// --update and not compared.
#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "hosts/common/files.h"
#include "hosts/common/png.h"
#include "hosts/common/walk.h"
#include "hosts/headless/headless.h"
#include "pbs.h"
#include "test.h"

#define MOST_FINGERPRINT ((size_t)1 << 20)
#define EACH             60

static bool is_recording(const char *name)
{
    size_t size = strlen(name);
    return size > 6 && strcmp(name + size - 6, ".input") == 0;
}

static bool wants(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;

    return last[0] != '.' && (!strchr(last, '.') || is_recording(last));
}

static pm_status walk_recordings(const char *folder, struct pm_walk *out)
{
    char *tests = cli_path(folder, "tests");
    pm_status status = pm_walk_folder(&cli_alloc, tests, wants, out, NULL);

    cli_free_text(tests);
    return status;
}

bool test_has_recordings(const char *folder)
{
    struct pm_walk walk;
    bool found = false;
    pm_status status = walk_recordings(folder, &walk);

    for (size_t i = 0; !status && !found && i < walk.count; i++)
        found = is_recording(walk.files[i].name);
    pm_walk_free(&walk);
    return found;
}

// --- playing -----------------------------------------------------------------

struct playing {
    struct pm_input_player player;
    struct pm_hash64_state sound;
    struct pm_buf lines; // of the fingerprint
    uint64_t frames;
};

static void next_input(void *context, uint64_t frame,
                       struct pm_frame_input *out)
{
    struct playing *p = context;

    (void)frame;
    pm_input_player_next(&p->player, out);
}

static bool take_frame(void *context, struct pm_machine *machine,
                       uint64_t frame)
{
    struct playing *p = context;

    pm_hash64_add(&p->sound, pm_machine_sound(machine),
                  PM_SOUND_FRAMES * 2 * sizeof(int16_t));
    if ((frame + 1) % EACH == 0 || frame + 1 == p->frames) {
        struct pm_hash128 print = pm_hash128(
            pm_machine_picture(machine), PM_PICTURE_PIXELS * sizeof(uint16_t));
        pm_buf_printf(&p->lines,
                      "frame %" PRIu64 " %016" PRIx64 "%016" PRIx64 "\n",
                      frame + 1, print.high, print.low);
    }
    return true;
}

static void fail_by_end(struct test_list *list, struct test_result *result,
                        struct pm_machine *machine,
                        const struct pm_headless_result *end)
{
    const struct pm_trap_info *trap = pm_machine_trap(machine);

    if (trap)
        test_fail(list, result, 0, trap->message, NULL,
                  "it trapped %s in frame %" PRIu64, pm_trap_name(trap->code),
                  end->frames);
    else if (end->out_of_ticks)
        test_fail(list, result, 0, NULL, NULL,
                  "its frames do not end: frame %" PRIu64 " takes too long",
                  end->frames);
}

// --- comparing ---------------------------------------------------------------

static size_t line_size(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    return (size_t)((stop ? stop : end) - at);
}

static void compare(struct test_list *list, struct test_result *result,
                    const struct pm_buf *lines, const struct cli_file *golden)
{
    const char *a = (const char *)lines->data;
    const char *a_end = a + lines->size;
    const char *b = golden->size ? (const char *)golden->data : "";
    const char *b_end = b + golden->size;

    while (a < a_end || b < b_end) {
        size_t a_size = a < a_end ? line_size(a, a_end) : 0;
        size_t b_size = b < b_end ? line_size(b, b_end) : 0;
        if (a_size != b_size || memcmp(a, b, a_size) != 0) {
            char *found = cli_copy(a, a_size);
            struct pm_buf wanted;
            pm_buf_init(&wanted, &cli_alloc);
            pm_buf_put_escaped(&wanted, b, b_size < 200 ? b_size : 200);
            test_fail(list, result, 0, found, pm_buf_cstr(&wanted),
                      "something else is seen or heard; \"prometeu test "
                      "--update\" takes it as it is now");
            pm_buf_free(&wanted);
            cli_free_text(found);
            return;
        }
        a += a < a_end ? a_size + 1 : 0;
        b += b < b_end ? b_size + 1 : 0;
    }
}

// "tests/jump.input" → "tests/jump.png".
static char *beside(const char *path, const char *ending)
{
    char *stem = cli_copy(path, strlen(path) - strlen(".input"));
    struct pm_buf text;

    pm_buf_init(&text, &cli_alloc);
    pm_buf_printf(&text, "%s%s", stem, ending);
    char *copy = cli_copy((const char *)text.data, text.size);
    pm_buf_free(&text);
    cli_free_text(stem);
    return copy;
}

static bool is_same(const struct cli_file *file, const struct pm_buf *lines)
{
    return file->size == lines->size &&
           (lines->size == 0 ||
            memcmp(file->data, lines->data, lines->size) == 0);
}

static int update(struct pm_machine *machine, const char *path,
                  const char *golden_path, const struct pm_buf *lines)
{
    char *picture = beside(path, ".png");
    const char *error = NULL;
    struct pm_buf line;
    int code =
        cli_exit_for(cli_write_file(golden_path, lines->data, lines->size));

    if (code == CLI_OK) {
        pm_status status =
            pm_png_write(picture, pm_machine_picture(machine), 1, &error);
        if (status)
            cli_file_error(picture, status, error);
        code = cli_exit_for(status);
    }
    pm_buf_init(&line, &cli_alloc);
    pm_buf_puts(&line, "written ");
    cli_put_escaped(&line, golden_path);
    pm_buf_puts(&line, "\n");
    if (code == CLI_OK)
        code = cli_write_out(&line);
    pm_buf_free(&line);
    cli_free_text(picture);
    return code;
}

static int judge(struct test_list *list, struct test_result *result,
                 struct pm_machine *machine, const char *path,
                 const struct pm_buf *lines)
{
    char *golden_path = beside(path, ".fingerprint");
    struct cli_file golden = {0};
    pm_status status = pm_file_read(&cli_alloc, golden_path, MOST_FINGERPRINT,
                                    &golden.data, &golden.size, NULL);
    int code = CLI_OK;

    if (list->updates && !result->what) {
        if (status || !is_same(&golden, lines))
            code = update(machine, path, golden_path, lines);
    } else if (status) {
        test_fail(list, result, 0, NULL, NULL,
                  "there is no fingerprint to compare with; \"prometeu test "
                  "--update\" writes it");
    } else {
        compare(list, result, lines, &golden);
    }
    cli_free_file(&golden);
    cli_free_text(golden_path);
    return code;
}

// --- one recording -----------------------------------------------------------

static int play(struct test_list *list, struct test_result *result,
                struct cli_cart *cart, const char *path,
                const struct pm_input_script *script)
{
    struct pm_machine_config config = {.alloc = cli_alloc};
    uint32_t length = pm_input_script_length(script);
    struct playing p = {.frames = length ? length : EACH};
    struct pm_headless_config headless = {.frames = p.frames,
                                          .input = next_input,
                                          .frame_done = take_frame,
                                          .context = &p};
    struct pm_headless_result end;
    struct pm_machine *machine;

    if (pm_machine_create(&config, &machine))
        cli_no_memory();
    pm_buf_init(&p.lines, &cli_alloc);
    pm_hash64_begin(&p.sound);
    pm_input_player_start(&p.player, script);
    pm_status status = cli_load(machine, cart);
    if (!status)
        status = pm_headless_run(machine, &headless, &end, NULL);
    int code = cli_exit_for(status);
    if (!status) {
        pm_buf_printf(&p.lines, "sound %016" PRIx64 "\n",
                      pm_hash64_end(&p.sound));
        fail_by_end(list, result, machine, &end);
        code = judge(list, result, machine, path, &p.lines);
    }
    pm_buf_free(&p.lines);
    pm_machine_destroy(machine);
    return code;
}

static int play_file(struct test_list *list, struct cli_cart *cart,
                     const char *path, const char *name)
{
    struct pm_input_script *script = NULL;
    struct cli_file file;
    struct pm_diags diags;

    if (cli_read_file(path, PM_INPUT_SCRIPT_MAX, &file))
        return CLI_WORLD;
    struct cli_source source = {
        .file = path, .text = (const char *)file.data, .size = file.size};
    struct test_result *result = test_add(list, path, name, 0);
    pm_diags_init(&diags, &cli_alloc);
    pm_status status = pm_input_script_parse(&cli_alloc, path, source.text,
                                             source.size, &diags, &script);
    cli_print_diags(&diags, &source);
    int code = CLI_OK;
    if (status)
        test_fail(list, result, 0, NULL, NULL, "the script cannot be read");
    else
        code = play(list, result, cart, path, script);
    pm_input_script_destroy(script);
    pm_diags_free(&diags);
    cli_free_file(&file);
    return code;
}

int test_recordings(struct test_list *list, const char *folder,
                    struct cli_cart *cart)
{
    struct pm_walk walk;
    char *tests = cli_pbs_below(folder, "tests");
    int worst = CLI_OK;
    pm_status status = walk_recordings(folder, &walk);

    for (size_t i = 0; !status && i < walk.count; i++) {
        if (!is_recording(walk.files[i].name))
            continue;
        char *path = cli_path(tests, walk.files[i].name);
        if (test_is_wanted(list, path, "recording")) {
            int code = play_file(list, cart, path, "recording");
            worst = code > worst ? code : worst;
        }
        cli_free_text(path);
    }
    pm_walk_free(&walk);
    cli_free_text(tests);
    return worst;
}
