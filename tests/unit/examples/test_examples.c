// SPDX-License-Identifier: MIT
//
// The example cartridges: the same in every form of dispatch, restored at each
// frame, and as they were when somebody last looked (tests/golden).
//
// Of the assembler versions the golden file has the fingerprint of the machine;
// of those in PBS, whose code changes with the compiler, what is seen and
// heard.
//
// With PM_UPDATE set in the environment, the golden files are written anew:
// look at the pictures before you commit them.
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <prometeu/compile.h>

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
    const char *folder; // within examples/
    const char *profile;
    const char *input;         // in the folder [name]; NULL: none
    const char *const *assets; // the same
    const char *capabilities;
};

static const char *const meadow_assets[] = {
    "hero.json", "hero.png", "scenery.json", "scenery.png", NULL};
static const char *const harbor_assets[] = {
    "cat.aseprite",    "day.tmj",           "night.json",
    "night.tmj",       "sounds/asset.json", "sounds/catch.wav",
    "sounds/jump.wav", "sounds/sea.wav",    "sounds/step.wav",
    "tiles-day.png",   "tiles-night.png",   NULL};
static const char *const comet_assets[] = {
    "sounds/asset.json", "sounds/bell.wav", "sounds/go.wav",
    "sounds/lost.wav",   "sounds/mote.wav", NULL};

#define GFX_LOG      "\"gfx\",\"log\""
#define HARBOR_WANTS GFX_LOG ",\"audio\",\"asset\",\"bank\""

static struct pm_allocator alloc;

static bool read_file(uint8_t **data, size_t *size, const char *format,
                      const char *a, const char *b)
{
    char path[800];
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
             example->folder);
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

static bool assemble(const struct example *example, struct pm_test_cart *cart)
{
    uint8_t *data;
    size_t size;

    if (!CHECK(read_file(&data, &size, "%s/examples/%s/src/main.pasm",
                         PM_SOURCE_DIR, example->folder)))
        return false;
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    bool ok = CHECK(pm_test_cart_make(cart, example->profile, text));
    free(text);
    alloc.resize(alloc.context, data, size, 0);
    return ok;
}

static bool is_source(const char *name)
{
    size_t size = strlen(name);

    return size > 4 && strcmp(name + size - 4, ".pbs") == 0;
}

// Gives the compiler all sources of an example's src. False when one cannot
// be read, or there is none.
static bool set_sources(const struct example *example,
                        struct pm_compiler *compiler)
{
    const struct dirent *entry;
    char folder[400];
    char path[300];
    bool ok = true;
    size_t count = 0;

    snprintf(folder, sizeof folder, "%s/examples/%s/src", PM_SOURCE_DIR,
             example->folder);
    DIR *dir = opendir(folder);
    while (ok && dir && (entry = readdir(dir)) != NULL) {
        uint8_t *data;
        size_t size;
        if (!is_source(entry->d_name))
            continue;
        snprintf(path, sizeof path, "src/%.250s", entry->d_name);
        ok = read_file(&data, &size, "%s/%s", folder, entry->d_name);
        if (!ok)
            break;
        ok = pm_compiler_set_file(compiler, path, (const char *)data, size) ==
             PM_OK;
        alloc.resize(alloc.context, data, size, 0);
        count++;
    }
    if (dir)
        closedir(dir);
    return ok && count > 0;
}

// Makes the program of an example in PBS. Warnings count as mistakes here.
static bool compile(const struct example *example, struct pm_test_cart *cart)
{
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;

    if (!CHECK_INT(pm_compiler_create(NULL, &compiler), PM_OK))
        return false;
    bool ok = CHECK(set_sources(example, compiler)) &&
              CHECK_INT(pm_compiler_build(compiler, NULL, &result), PM_OK) &&
              CHECK_INT((long long)result->count, 0);
    if (ok) {
        *cart = (struct pm_test_cart){0};
        pm_buf_init(&cart->manifest, &alloc);
        pm_buf_init(&cart->program, &alloc);
        pm_buf_init(&cart->assets, &alloc);
        pm_buf_put(&cart->program, result->module, result->module_size);
    }
    pm_compiler_destroy(compiler);
    return ok;
}

static bool is_assembler(const struct example *example)
{
    return strncmp(example->folder, "asm/", 4) == 0;
}

static bool build(const struct example *example, struct pm_test_cart *cart)
{
    alloc = pm_allocator_libc();
    bool ok = is_assembler(example) ? assemble(example, cart)
                                    : compile(example, cart);
    if (!ok || !CHECK(pack(example, &cart->assets)))
        return false;
    pm_test_cart_manifest(cart, example->profile, example->capabilities,
                          "Test");
    return true;
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
             example->folder);
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
                           struct pm_machine *machine, uint64_t pictures,
                           uint64_t sound)
{
    struct pm_fingerprint print = print_of(machine);
    char name[100];
    char line[120];
    int size;

    snprintf(name, sizeof name, "%s.fingerprint", example->name);
    if (is_assembler(example))
        size = snprintf(line, sizeof line,
                        "frame %d %016" PRIx64 "%016" PRIx64
                        "\nsound %016" PRIx64 "\n",
                        FRAMES, print.high, print.low, sound);
    else
        size = snprintf(line, sizeof line,
                        "pictures %d %016" PRIx64 "\nsound %016" PRIx64 "\n",
                        FRAMES, pictures, sound);
    compare_file(name, line, (size_t)size);
    if (getenv("PM_UPDATE")) {
        char path[400];
        snprintf(path, sizeof path, "%s/tests/golden/%s.png", PM_SOURCE_DIR,
                 example->name);
        CHECK_INT(pm_png_write(path, pm_machine_picture(machine), 1, NULL),
                  PM_OK);
    }
}

// All pictures so far, with the last one.
static uint64_t add_picture(const struct pm_machine *machine, uint64_t before)
{
    return pm_hash64(pm_machine_picture(machine), PM_PICTURE_PIXELS * 2) +
           before * 0x9e3779b97f4a7c15u;
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
    uint64_t pictures = 0;
    uint64_t sound = 0;

    if (!build(example, &cart) || !read_input(example, input))
        return;
    struct pm_machine *machine = start(&cart, 0, false);
    struct pm_machine *collecting = start(&cart, 0, true);
    REQUIRE(machine && collecting);
    for (int i = 0; i < FRAMES; i++) {
        CHECK_INT(pm_machine_tick(machine, &input[i]), PM_TICK_FRAME);
        prints[i] = print_of(machine);
        pictures = add_picture(machine, pictures);
        sound = add_sound(machine, sound);
        pm_machine_telemetry(machine, &telemetry);
        // Well within the budget: half of it at most.
        CHECK(telemetry.cycles < telemetry.budget / 2);
        CHECK_INT(pm_machine_tick(collecting, &input[i]), PM_TICK_FRAME);
        CHECK(memcmp(pm_machine_picture(machine),
                     pm_machine_picture(collecting),
                     PM_PICTURE_PIXELS * 2) == 0);
    }
    compare_golden(example, machine, pictures, sound);
    for (int form = 1; form <= 3; form++)
        run_restored(&cart, form, input, prints);
    pm_machine_destroy(collecting);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

#define EXAMPLE(id, where, profile, input, assets, wants)                      \
    TEST(examples, id##_is_the_same_however_it_is_run)                         \
    {                                                                          \
        static const struct example example = {#id,   where,  profile,         \
                                               input, assets, wants};          \
        run_example(&example);                                                 \
    }

EXAMPLE(hello, "hello", "JAM", NULL, NULL, GFX_LOG)
EXAMPLE(meadow, "meadow", "STANDARD", "demo.input", meadow_assets, GFX_LOG)
EXAMPLE(files, "files", "JAM", NULL, NULL, "\"gfx\",\"fs\"")
EXAMPLE(harbor, "harbor", "STANDARD", "demo.input", harbor_assets, HARBOR_WANTS)
EXAMPLE(comet, "comet", "STANDARD", "demo.input", comet_assets,
        "\"gfx\",\"audio\",\"fs\"")

EXAMPLE(asm_hello, "asm/hello", "JAM", NULL, NULL, GFX_LOG)
EXAMPLE(asm_meadow, "asm/meadow", "STANDARD", "../../meadow/demo.input",
        meadow_assets, GFX_LOG)
EXAMPLE(asm_files, "asm/files", "JAM", NULL, NULL, "\"gfx\",\"fs\"")
EXAMPLE(asm_harbor, "asm/harbor", "STANDARD", "../../harbor/demo.input",
        harbor_assets, HARBOR_WANTS)
