// SPDX-License-Identifier: MIT
//
// The example cartridges: the same in every form of dispatch, restored at each
// frame, and as they were when somebody last looked (tests/golden).
//
// With PM_UPDATE set in the environment, the golden files are written anew:
// look at the pictures before you commit them.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"
#include "base/hash.h"
#include "hosts/common/files.h"
#include "hosts/common/png.h"
#include "input/script.h"
#include "pack/pack.h"
#include "support/cart_world.h"
#include "support/test.h"

#define FRAMES 120

struct example {
    const char *name;
    const char *profile;
    const char *input; // NULL: none
    const char *const *assets;
    const char *capabilities;
};

static const char *const meadow_assets[] = {
    "hero.json", "hero.png", "scenery.json", "scenery.png", NULL};
static const char *const harbor_assets[] = {
    "cat.aseprite",    "day.tmj",           "night.json",
    "night.tmj",       "sounds/asset.json", "sounds/catch.wav",
    "sounds/jump.wav", "sounds/sea.wav",    "sounds/step.wav",
    "tiles-day.png",   "tiles-night.png",   NULL};
static const struct example examples[] = {
    {"hello", "JAM", NULL, NULL, "\"gfx\",\"log\""},
    {"meadow", "STANDARD", "demo.input", meadow_assets, "\"gfx\",\"log\""},
    {"files", "JAM", NULL, NULL, "\"gfx\",\"fs\""},
    {"harbor", "STANDARD", "demo.input", harbor_assets,
     "\"gfx\",\"log\",\"audio\",\"asset\",\"bank\""},
};

static struct pm_allocator alloc;

static bool read_file(uint8_t **data, size_t *size, const char *format,
                      const char *a, const char *b)
{
    char path[400];
    snprintf(path, sizeof path, format, a, b);
    return pm_file_read(&alloc, path, 1 << 20, data, size, NULL) == PM_OK;
}

// --- building ----------------------------------------------------------------

static bool pack(const struct example *example, struct pm_buf *out)
{
    struct pm_pack_input inputs[16] = {{0}};
    struct pm_pack_project project = {.inputs = inputs, .stores = true};
    struct pm_pack_result result;
    struct pm_diags diags;
    char folder[200];

    if (!example->assets)
        return true;
    snprintf(folder, sizeof folder, "%s/examples/%s/assets", PM_SOURCE_DIR,
             example->name);
    for (; example->assets[project.count]; project.count++) {
        struct pm_pack_input *input = &inputs[project.count];
        uint8_t *data;
        PM_CHECK(project.count < PM_ARRAY_LEN(inputs));
        input->name = example->assets[project.count];
        if (!read_file(&data, &input->size, "%s/%s", folder, input->name))
            return false;
        input->bytes = data;
    }
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_pack_project(&project, &alloc, &diags, &result);
    if (!status)
        pm_buf_put(out, result.assets.data, result.assets.size);
    pm_pack_result_free(&result);
    for (size_t i = 0; i < project.count; i++)
        alloc.resize(alloc.context, (void *)(uintptr_t)inputs[i].bytes,
                     inputs[i].size, 0);
    pm_diags_free(&diags);
    return status == PM_OK;
}

static bool build(const struct example *example, struct pm_test_cart *cart)
{
    uint8_t *data;
    size_t size;

    alloc = pm_allocator_libc();
    if (!CHECK(read_file(&data, &size, "%s/examples/%s/src/main.pasm",
                         PM_SOURCE_DIR, example->name)))
        return false;
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    bool ok = CHECK(pm_test_cart_make(cart, example->profile, text)) &&
              CHECK(pack(example, &cart->assets));
    pm_test_cart_manifest(cart, example->profile, example->capabilities,
                          "Test");
    free(text);
    alloc.resize(alloc.context, data, size, 0);
    return ok;
}

// The input of [FRAMES] frames.
static bool read_input(const struct example *example,
                       struct pm_frame_input out[FRAMES])
{
    struct pm_input_script *script;
    struct pm_input_player player;
    struct pm_diags diags;
    uint8_t *data;
    size_t size;
    char folder[200];

    memset(out, 0, FRAMES * sizeof *out);
    if (!example->input)
        return true;
    snprintf(folder, sizeof folder, "%s/examples/%s", PM_SOURCE_DIR,
             example->name);
    if (!CHECK(read_file(&data, &size, "%s/%s", folder, example->input)))
        return false;
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_input_script_parse(
        &alloc, example->input, (const char *)data, size, &diags, &script);
    if (CHECK_INT(status, PM_OK)) {
        pm_input_player_start(&player, script);
        for (int i = 0; i < FRAMES; i++)
            pm_input_player_next(&player, &out[i]);
        pm_input_script_destroy(script);
    }
    pm_diags_free(&diags);
    alloc.resize(alloc.context, data, size, 0);
    return status == PM_OK;
}

// --- running -----------------------------------------------------------------

static struct pm_fingerprint print_of(struct pm_machine *machine)
{
    struct pm_fingerprint print = {0};
    CHECK_INT(pm_machine_fingerprint(machine, &print), PM_OK);
    return print;
}

static bool same(struct pm_fingerprint a, struct pm_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

static struct pm_machine *start(struct pm_test_cart *cart, int form,
                                bool collect_always)
{
    struct pm_machine_config config = {.dispatch =
                                           (enum pm_machine_dispatch)form,
                                       .collect_always = collect_always};
    struct pm_machine *machine;

    if (pm_machine_create(&config, &machine))
        return NULL;
    pm_machine_destroy(machine);
    return pm_test_machine(cart, &config);
}

// Saved and restored at each frame, every tenth into a new machine.
static void run_restored(struct pm_test_cart *cart, int form,
                         const struct pm_frame_input *input,
                         const struct pm_fingerprint *wanted)
{
    struct pm_machine *machine = start(cart, form, false);

    for (int i = 0; machine && i < FRAMES; i++) {
        uint8_t *bytes;
        size_t size;
        pm_machine_tick(machine, &input[i]);
        if (!CHECK(same(print_of(machine), wanted[i])) ||
            !CHECK_INT(pm_machine_save(machine, &bytes, &size), PM_OK))
            break;
        if (i % 10 == 0) {
            pm_machine_destroy(machine);
            machine = start(cart, form, false);
        } else {
            pm_machine_tick(machine, NULL);
        }
        CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
        CHECK(same(print_of(machine), wanted[i]));
        pm_machine_free_state(machine, bytes, size);
    }
    pm_machine_destroy(machine);
}

// --- golden files ------------------------------------------------------------

static void compare_file(const char *name, const void *data, size_t size)
{
    char path[400];
    uint8_t *golden;
    size_t golden_size;

    snprintf(path, sizeof path, "%s/tests/golden/%s", PM_SOURCE_DIR, name);
    if (getenv("PM_UPDATE")) {
        CHECK_INT(pm_file_write(path, data, size, NULL), PM_OK);
        return;
    }
    if (!CHECK(pm_file_read(&alloc, path, 1 << 20, &golden, &golden_size,
                            NULL) == PM_OK))
        return;
    if (!CHECK(golden_size == size && memcmp(golden, data, size) == 0))
        fprintf(stderr, "%s is another one now\n", path);
    alloc.resize(alloc.context, golden, golden_size, 0);
}

// Pixels are compared, and not the PNG's bytes, which libpng decides.
static void compare_golden(const struct example *example,
                           struct pm_machine *machine, uint64_t sound)
{
    struct pm_fingerprint print = print_of(machine);
    char name[100];
    char line[120];

    snprintf(name, sizeof name, "%s.fingerprint", example->name);
    int size = snprintf(line, sizeof line,
                        "frame %d %016" PRIx64 "%016" PRIx64
                        "\nsound %016" PRIx64 "\n",
                        FRAMES, print.high, print.low, sound);
    compare_file(name, line, (size_t)size);
    if (getenv("PM_UPDATE")) {
        char path[400];
        snprintf(path, sizeof path, "%s/tests/golden/%s.png", PM_SOURCE_DIR,
                 example->name);
        CHECK_INT(pm_png_write(path, pm_machine_picture(machine), 1, NULL),
                  PM_OK);
    }
}

// All samples so far, with those of the last tick.
static uint64_t add_sound(const struct pm_machine *machine, uint64_t before)
{
    const int16_t *sound = pm_machine_sound(machine);

    return pm_hash64(sound, PM_SOUND_FRAMES * 2 * sizeof *sound) +
           before * 0x9e3779b97f4a7c15u;
}

static void run_example(const struct example *example)
{
    struct pm_frame_input input[FRAMES];
    struct pm_fingerprint prints[FRAMES];
    struct pm_test_cart cart;
    struct pm_telemetry telemetry;
    uint64_t sound = 0;

    if (!build(example, &cart) || !read_input(example, input))
        return;
    struct pm_machine *machine = start(&cart, 0, false);
    struct pm_machine *collecting = start(&cart, 0, true);
    REQUIRE(machine && collecting);
    for (int i = 0; i < FRAMES; i++) {
        CHECK_INT(pm_machine_tick(machine, &input[i]), PM_TICK_FRAME);
        prints[i] = print_of(machine);
        sound = add_sound(machine, sound);
        pm_machine_telemetry(machine, &telemetry);
        // Well within the budget: half of it at most.
        CHECK(telemetry.cycles < telemetry.budget / 2);
        CHECK_INT(pm_machine_tick(collecting, &input[i]), PM_TICK_FRAME);
        CHECK(memcmp(pm_machine_picture(machine),
                     pm_machine_picture(collecting),
                     PM_PICTURE_PIXELS * 2) == 0);
    }
    compare_golden(example, machine, sound);
    for (int form = 1; form <= 3; form++)
        run_restored(&cart, form, input, prints);
    pm_machine_destroy(collecting);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(examples, hello_is_the_same_however_it_is_run)
{
    run_example(&examples[0]);
}

TEST(examples, meadow_is_the_same_however_it_is_run)
{
    run_example(&examples[1]);
}

TEST(examples, files_is_the_same_however_it_is_run)
{
    run_example(&examples[2]);
}

TEST(examples, harbor_is_the_same_however_it_is_run)
{
    run_example(&examples[3]);
}
