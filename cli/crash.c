// SPDX-License-Identifier: MIT
#include "crash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "gfx/gfx.h"

// Colours in RGB565.
#define INK    0xf79d
#define FAINT  0x9d38
#define ALARM  0xfbab
#define GROUND 0x18e7
#define MARGIN 12
#define LINE   10
// Characters from the left margin to the right one.
#define COLUMNS ((PM_PICTURE_WIDTH - 2 * MARGIN) / PM_FONT_SIZE)
#define LAST    (PM_PICTURE_HEIGHT - 24)

struct page {
    struct pm_gfx gfx;
    int y;
};

// Writes text in lines of at most COLUMNS bytes, broken at spaces.
static void put(struct page *page, uint16_t color, const char *text)
{
    size_t left = strlen(text);
    while (left && page->y + LINE <= LAST) {
        size_t take = left < COLUMNS ? left : COLUMNS;
        size_t at = take;
        while (take < left && at > COLUMNS / 2 && text[at] != ' ')
            at--;
        if (take < left && text[at] == ' ')
            take = at;
        pm_gfx_text(&page->gfx, MARGIN, page->y, color, text, take);
        page->y += LINE;
        text += take;
        left -= take;
        while (left && *text == ' ') {
            text++;
            left--;
        }
    }
}

// The end of a path says more than its beginning.
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_call(struct page *page, const struct pm_trap_place *place)
{
    char line[200];
    if (place->file)
        snprintf(line, sizeof line, "in %.40s, %.60s:%" PRIu32, place->function,
                 file_name(place->file), place->line);
    else
        snprintf(line, sizeof line, "in %.40s, byte %" PRIu32, place->function,
                 place->offset);
    put(page, FAINT, line);
}

static void put_trap(struct page *page, const void *what)
{
    const struct pm_trap_info *trap = what;

    pm_gfx_fill_rect(&page->gfx, 0, 0, PM_PICTURE_WIDTH, 4, ALARM);
    put(page, INK, "The program broke a rule and was stopped.");
    page->y += LINE / 2;
    put(page, ALARM, pm_trap_name(trap->code));
    put(page, INK, trap->message);
    page->y += LINE / 2;
    put(page, FAINT, trap->instruction);
    for (size_t i = 0; i < trap->count; i++)
        put_call(page, &trap->stack[i]);
    pm_gfx_text(&page->gfx, MARGIN, PM_PICTURE_HEIGHT - 16, INK,
                "F5 restart    Esc quit", 22);
}

// Calls [draw] with an empty page and copies the first [rows] of what comes of
// it into [pixels]; false when memory is short.
static bool draw_page(void (*draw)(struct page *page, const void *what),
                      const void *what, size_t rows, uint16_t *pixels)
{
    struct pm_bank_config config = {.alloc = cli_alloc};
    struct page page = {.y = MARGIN + 4};
    struct pm_bank *bank;

    if (pm_bank_create(&config, &bank))
        return false;
    bool is_there = pm_gfx_init(&page.gfx, &cli_alloc) == PM_OK;
    if (is_there) {
        pm_gfx_clear(&page.gfx, GROUND);
        draw(&page, what);
        pm_gfx_present(&page.gfx, bank);
        memcpy(pixels, page.gfx.front,
               rows * PM_PICTURE_WIDTH * sizeof *pixels);
        pm_gfx_free(&page.gfx);
    }
    pm_bank_destroy(bank);
    return is_there;
}

void cli_draw_crash(const struct pm_trap_info *trap, uint16_t *pixels)
{
    if (trap)
        draw_page(put_trap, trap, PM_PICTURE_HEIGHT, pixels);
}

static void put_notice(struct page *page, const void *what)
{
    pm_gfx_fill_rect(&page->gfx, 0, 0, PM_PICTURE_WIDTH, 2, ALARM);
    page->y = 6;
    put(page, INK, "Not reloaded, see the terminal:");
    put(page, ALARM, what ? what : "the new version has errors");
}

void cli_draw_notice(const char *why, uint16_t *pixels)
{
    size_t count = (size_t)PM_PICTURE_WIDTH * CLI_NOTICE_ROWS;

    if (!draw_page(put_notice, why, CLI_NOTICE_ROWS, pixels))
        memset(pixels, 0, count * sizeof *pixels);
}
