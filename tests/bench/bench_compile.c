// SPDX-License-Identifier: MIT
//
// How fast projects are compiled, on one core and processor time:
//
//   200,000 lines in 64 modules, from text to module bytes: lines a minute
//   (at least 1,000,000 wanted)
//   10,000 lines, one file of which changes: from the edit to a linked image
//   (under 100 ms wanted)
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <prometeu/compile.h>

#include "base/check.h"
#include "link/link.h"

#define ROUNDS 5

// A struct with methods, an enum with values, a list, loops, a switch, text:
// what games are made of. 49 lines.
static void put_thing(struct pm_buf *text, int module, int number)
{
    char name[32];

    snprintf(name, sizeof name, "%d_%d", module, number);
    pm_buf_printf(
        text,
        "/// A thing that moves.\n"
        "pub declare struct Thing_%s(x: float, y: float, vx: float = 1.0, hp: "
        "int = 3) {\n"
        "    fn step(dt: float) -> void {\n"
        "        this.x += this.vx * dt\n"
        "        if this.x > 320.0 or this.x < 0.0 {\n"
        "            this.vx = -this.vx\n"
        "        }\n"
        "        this.y = clamp(this.y + 0.5, 0.0, 180.0)\n"
        "    }\n"
        "\n"
        "    fn hit(damage: int) -> bool {\n"
        "        this.hp -= damage\n"
        "        return this.hp <= 0\n"
        "    }\n"
        "}\n"
        "\n"
        "declare enum Kind_%s { Idle, Walk(speed: float), Dead(frames: int) }\n"
        "\n"
        "declare global list_%s: List<Thing_%s> = new List()\n"
        "\n",
        name, name, name, name);
    pm_buf_printf(text,
                  "pub fn update_%s(kind: Kind_%s, n: int) -> int {\n"
                  "    let total = 0\n"
                  "    for i from 0 until n {\n"
                  "        if i %% 3 == 0 {\n"
                  "            total += i * 2\n"
                  "        } else if i %% 5 == 0 {\n"
                  "            total -= 1\n"
                  "        }\n"
                  "    }\n"
                  "    for thing in list_%s {\n"
                  "        thing.step(0.5)\n"
                  "        if thing.hit(1) { total += 10 }\n"
                  "    }\n"
                  "    let bonus = switch kind {\n"
                  "        Kind_%s.Idle -> 0\n"
                  "        Kind_%s.Walk(speed) -> int(speed * 2.0)\n"
                  "        Kind_%s.Dead(frames) -> frames\n"
                  "    }\n"
                  "    Gfx.text(4, 4, \"score {total} of {n}\", Color.WHITE)\n"
                  "    return total + bonus\n"
                  "}\n"
                  "\n"
                  "pub fn find_%s(limit: int) -> optional int {\n"
                  "    let at = 0\n"
                  "    while at < limit {\n"
                  "        if at * at > limit { return some(at) }\n"
                  "        at += 1\n"
                  "    }\n"
                  "    return none\n"
                  "}\n",
                  name, name, name, name, name, name, name);
}

// Everything is used, so that everything gets into the module.
static void put_user(struct pm_buf *text, int module, int count)
{
    pm_buf_printf(text, "pub fn all_%d() -> int {\n    let sum = 0\n", module);
    for (int i = 0; i < count; i++)
        pm_buf_printf(text,
                      "    sum += update_%d_%d(Kind_%d_%d.Idle, find_%d_%d(9) "
                      "else 0)\n",
                      module, i, module, i, module, i);
    pm_buf_puts(text, "    return sum\n}\n");
}

static size_t count_lines(const struct pm_buf *text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text->size; i++)
        lines += text->data[i] == '\n';
    return lines;
}

static size_t set(struct pm_compiler *compiler, const char *path,
                  struct pm_buf *text)
{
    size_t lines = count_lines(text);

    PM_CHECK(!text->failed);
    PM_CHECK(pm_compiler_set_file(compiler, path, (const char *)text->data,
                                  text->size) == PM_OK);
    text->size = 0;
    return lines;
}

static size_t set_module(struct pm_compiler *compiler, int module, int things,
                         int edit)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;
    char path[64];

    pm_buf_init(&text, &alloc);
    pm_buf_puts(&text, "import { Gfx, Color } from \"@sdk/console\"\n\n");
    for (int i = 0; i < things; i++)
        put_thing(&text, module, i);
    put_user(&text, module, things);
    pm_buf_printf(&text, "declare global edit_%d: int = %d\n", module, edit);
    snprintf(path, sizeof path, "src/m%d/things.pbs", module);
    size_t lines = set(compiler, path, &text);
    pm_buf_free(&text);
    return lines;
}

static size_t make_project(struct pm_compiler *compiler, int modules,
                           int things)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;
    size_t lines = 0;

    pm_buf_init(&text, &alloc);
    for (int i = 0; i < modules; i++)
        lines += set_module(compiler, i, things, 0);
    for (int i = 0; i < modules; i++)
        pm_buf_printf(&text, "import { all_%d } from \"m%d\"\n", i, i);
    pm_buf_puts(&text, "[Frame]\nfn frame() -> void {\n");
    for (int i = 0; i < modules; i++)
        pm_buf_printf(&text, "    _ = all_%d()\n", i);
    pm_buf_puts(&text, "}\n");
    lines += set(compiler, "src/main.pbs", &text);
    pm_buf_free(&text);
    return lines;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static const struct pm_compile_result *build(struct pm_compiler *compiler)
{
    const struct pm_compile_result *result;
    pm_status status = pm_compiler_build(compiler, NULL, &result);

    for (size_t i = 0; i < result->count && i < 5; i++)
        fprintf(stderr, "%s:%u: %s\n", result->diags[i].place.file,
                result->diags[i].place.line, result->diags[i].text);
    PM_CHECK(status == PM_OK);
    return result;
}

static void link_module(const struct pm_compile_result *result)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_module module;
    struct pm_registry registry;
    struct pm_image *image;
    struct pm_link_config config = {.registry = &registry,
                                    .capabilities = UINT32_MAX,
                                    .file = "program.pbx"};

    pm_diags_init(&diags, &alloc);
    pm_registry_init(&registry, &alloc);
    PM_CHECK(pm_module_read(result->module, result->module_size, "m", &alloc,
                            &diags, &module) == PM_OK);
    PM_CHECK(pm_link(&module, &config, &alloc, &diags, &image) == PM_OK);
    pm_image_free(image);
    pm_registry_free(&registry);
    pm_diags_free(&diags);
}

static void bench_whole(void)
{
    double best = 1e9;
    size_t lines = 0, size = 0;

    for (int round = 0; round < ROUNDS; round++) {
        struct pm_compiler *compiler;
        PM_CHECK(pm_compiler_create(NULL, &compiler) == PM_OK);
        lines = make_project(compiler, 64, 61);
        double from = seconds();
        size = build(compiler)->module_size;
        double time = seconds() - from;
        best = time < best ? time : best;
        pm_compiler_destroy(compiler);
    }
    printf("whole project  %7zu lines  %8.1f ms  %6.1f million lines a minute"
           "  module %zu bytes\n",
           lines, best * 1e3, (double)lines / best * 60e-6, size);
}

static void bench_edit(void)
{
    double best = 1e9, worst = 0;
    struct pm_compiler *compiler;

    PM_CHECK(pm_compiler_create(NULL, &compiler) == PM_OK);
    size_t lines = make_project(compiler, 8, 24);
    build(compiler);
    for (int round = 1; round <= 2 * ROUNDS; round++) {
        double from = seconds();
        set_module(compiler, 3, 24, round);
        link_module(build(compiler));
        double time = seconds() - from;
        best = time < best ? time : best;
        worst = time > worst ? time : worst;
    }
    pm_compiler_destroy(compiler);
    printf("one file edited %6zu lines  %8.1f ms to a linked image (worst of "
           "%d: %.1f)\n",
           lines, best * 1e3, 2 * ROUNDS, worst * 1e3);
}

int main(void)
{
    printf("best of %d, processor time\n", ROUNDS);
    bench_whole();
    bench_edit();
    return 0;
}
