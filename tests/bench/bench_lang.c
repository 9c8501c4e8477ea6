// SPDX-License-Identifier: MIT
//
// How fast sources are read: lines a minute on one core for tokens and tree,
// and for the layout, of a program of the shape that people write.
#include <stdio.h>
#include <time.h>

#include "base/check.h"
#include "lang/ast.h"

#define FUNCTIONS 20000
#define ROUNDS    5

static void put_function(struct pm_buf *text, int number)
{
    pm_buf_printf(
        text,
        "/// Moves ball %d and draws it.\n"
        "pub fn step_%d(ball: Ball, list: List<Ball>) -> int {\n"
        "    let sum: int = 0\n"
        "    for i from 0 until list.len() {\n"
        "        let other = list[i]\n"
        "        if other.x > %d.5 and not other.is_asleep {\n"
        "            other.vy += 0.3 * float(i)\n"
        "            sum = sum + int(other.x) / 2 // half of it\n"
        "        } else if let hit = ball.hit(other) {\n"
        "            Gfx.disc(int(hit.x), int(hit.y), 6, WHITE)\n"
        "        }\n"
        "    }\n"
        "\n"
        "    switch ball.kind {\n"
        "        Kind.Round(r) -> sum += r\n"
        "        Kind.Flat -> return sum\n"
        "        default -> trace(\"ball {sum:04} of {list.len()}\")\n"
        "    }\n"
        "    return step_%d(ball, list.filter(b => b.x < 3.0))\n"
        "}\n"
        "\n",
        number, number, number % 300, (number + 1) % FUNCTIONS);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

struct figures {
    double parse;
    double format;
    uint32_t lines;
    uint32_t tokens;
};

static struct figures run(const struct pm_buf *text)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_arena arena;
    struct pm_lang_report report;
    struct pm_parsed parsed;
    struct pm_buf out;

    pm_arena_init(&arena, &alloc);
    pm_lang_report_init(&report, &alloc, &arena);
    pm_buf_init(&out, &alloc);
    double start = seconds();
    PM_CHECK(pm_parse(&parsed, &arena, &report, 0, (const char *)text->data,
                      text->size) == PM_OK);
    double middle = seconds();
    PM_CHECK(report.errors == 0);
    PM_CHECK(pm_format(&parsed, &out) == PM_OK);
    double end = seconds();
    struct figures figures = {middle - start, end - middle, parsed.line_count,
                              parsed.token_count};
    pm_buf_free(&out);
    pm_lang_report_free(&report);
    pm_arena_free(&arena);
    return figures;
}

int main(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;
    struct figures best = {1e9, 1e9, 0, 0};

    pm_buf_init(&text, &alloc);
    for (int i = 0; i < FUNCTIONS; i++)
        put_function(&text, i);
    for (int i = 0; i < ROUNDS; i++) {
        struct figures figures = run(&text);
        best.lines = figures.lines;
        best.tokens = figures.tokens;
        if (figures.parse < best.parse)
            best.parse = figures.parse;
        if (figures.format < best.format)
            best.format = figures.format;
    }
    printf("%u lines, %u tokens, %zu bytes\n", best.lines, best.tokens,
           text.size);
    printf("tokens and tree: %.1f million lines a minute (%.0f ns a token)\n",
           best.lines / best.parse * 60e-6, best.parse * 1e9 / best.tokens);
    printf("layout: %.1f million lines a minute\n",
           best.lines / best.format * 60e-6);
    pm_buf_free(&text);
    return 0;
}
