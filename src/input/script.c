// SPDX-License-Identifier: MIT
#include "input/script.h"

#include <inttypes.h>
#include <string.h>

#include <prometeu/picture.h>

#include "base/mem.h"

enum event_kind {
    SET_PAD,
    SET_TOUCH,
    HOLD,      // a range's buttons
    LET_GO,    // its end
    TOUCH,     // a range's pointer
    TOUCH_END, // its end
};

struct event {
    uint32_t frame;
    uint8_t kind;
    uint8_t pad;
    uint16_t buttons;
    int16_t x;
    int16_t y;
    uint8_t present;
    uint8_t down;
};

struct pm_input_script {
    struct pm_allocator alloc;
    // By frame; of one frame, in the order of the lines.
    struct event *events;
    size_t count;
    size_t capacity;
    uint32_t length;
};

// --- lines -------------------------------------------------------------------

// What one line says.
struct line {
    uint32_t first;
    uint32_t last;
    bool is_range;
    uint16_t buttons[PM_PADS];
    bool names_pad[PM_PADS];
    bool names_none[PM_PADS]; // "-"
    bool names_touch;
    struct pm_frame_input touch; // its touch_… only
};

struct word {
    const char *at;
    size_t size;
};

struct parser {
    struct pm_input_script *script;
    struct pm_diags *diags;
    const char *file;
    const char *line_start;
    const char *at;
    const char *line_end; // before the comment
    uint32_t line_number;
    bool has_frame; // some line before this one
    uint32_t last_first;
    bool has_touch_range;
    uint32_t touch_range_last;
};

static void complain(struct parser *p, const char *at, const char *code,
                     const char *before, const struct word *word,
                     const char *after)
{
    struct pm_place place = pm_place_line(p->file, p->line_number,
                                          (uint32_t)(at - p->line_start) + 1);
    struct pm_buf text;

    // Of a hostile word so much that it can be found.
    pm_buf_init(&text, &p->diags->alloc);
    pm_buf_put_escaped(&text, word ? word->at : "",
                       !word             ? 0
                       : word->size > 40 ? 40
                                         : word->size);
    const char *shown = pm_buf_cstr(&text);
    pm_diags_error(p->diags, &place, code, "%s%s%s%s%s", before,
                   word ? "'" : "", shown ? shown : "", word ? "'" : "", after);
    pm_buf_free(&text);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_space(struct parser *p)
{
    while (p->at < p->line_end && is_space(*p->at))
        p->at++;
}

// The next word of the line: false at its end.
static bool next_word(struct parser *p, struct word *word)
{
    skip_space(p);
    word->at = p->at;
    while (p->at < p->line_end && !is_space(*p->at))
        p->at++;
    word->size = (size_t)(p->at - word->at);
    return word->size > 0;
}

static bool is_word(const struct word *word, const char *text)
{
    return word->size == strlen(text) &&
           memcmp(word->at, text, word->size) == 0;
}

// The word as a number of up to nine digits.
static bool is_number(const struct word *word, uint32_t *out)
{
    uint32_t value = 0;

    if (word->size < 1 || word->size > 9)
        return false;
    for (size_t i = 0; i < word->size; i++) {
        if (word->at[i] < '0' || word->at[i] > '9')
            return false;
        value = value * 10 + (uint32_t)(word->at[i] - '0');
    }
    *out = value;
    return true;
}

static struct word trimmed(const char *from, const char *to)
{
    while (from < to && is_space(*from))
        from++;
    while (to > from && is_space(to[-1]))
        to--;
    return (struct word){from, (size_t)(to - from)};
}

static bool parse_frame(struct parser *p, const struct word *word,
                        uint32_t *out)
{
    if (is_number(word, out))
        return true;
    complain(p, word->at, "INPUT-FRAME", "found ", word,
             " where the number of a frame (0 to 999999999) is due");
    return false;
}

// "30:" or "45-60:", in front of each line.
static bool parse_frames(struct parser *p, struct line *line)
{
    const char *colon = memchr(p->at, ':', (size_t)(p->line_end - p->at));
    struct word all = trimmed(p->at, colon ? colon : p->line_end);

    if (!colon) {
        complain(p, all.at, "INPUT-LINE", "found ", &all,
                 " without a colon; wanted 'FRAME: buttons', such as "
                 "'30: right a'");
        return false;
    }
    const char *dash = memchr(all.at, '-', all.size);
    struct word first = trimmed(all.at, dash ? dash : colon);
    if (!parse_frame(p, &first, &line->first))
        return false;
    line->last = line->first;
    line->is_range = dash != NULL;
    if (dash) {
        struct word last = trimmed(dash + 1, colon);
        if (!parse_frame(p, &last, &line->last))
            return false;
        if (line->last < line->first) {
            complain(p, last.at, "INPUT-FRAME", "the last frame ", &last,
                     " is before the first");
            return false;
        }
    }
    p->at = colon + 1;
    return true;
}

static bool parse_place(struct parser *p, uint32_t length, const char *name,
                        int16_t *out)
{
    struct word word;
    uint32_t value;

    if (next_word(p, &word) && is_number(&word, &value) && value < length) {
        *out = (int16_t)value;
        return true;
    }
    complain(p, word.at, "INPUT-TOUCH", "found ", &word, name);
    return false;
}

// "touch 10 20", "touch 10 20 down", "touch off".
static bool parse_touch(struct parser *p, struct line *line)
{
    struct word word;
    const char *before;

    line->names_touch = true;
    skip_space(p);
    before = p->at;
    if (next_word(p, &word) && is_word(&word, "off")) {
        line->touch.touch_present = 0;
        line->touch.touch_down = 0;
        return true;
    }
    p->at = before;
    if (!parse_place(p, PM_PICTURE_WIDTH,
                     " where x of the touch (0 to 319) or 'off' is due",
                     &line->touch.touch_x) ||
        !parse_place(p, PM_PICTURE_HEIGHT,
                     " where y of the touch (0 to 179) is due",
                     &line->touch.touch_y))
        return false;
    line->touch.touch_present = 1;
    skip_space(p);
    before = p->at;
    line->touch.touch_down = next_word(p, &word) && is_word(&word, "down");
    if (!line->touch.touch_down)
        p->at = before;
    return true;
}

static bool parse_pad(struct parser *p, unsigned *pad)
{
    struct word word;
    uint32_t number;

    if (next_word(p, &word) && is_number(&word, &number) && number >= 1 &&
        number <= PM_PADS) {
        *pad = number - 1;
        return true;
    }
    complain(p, word.at, "INPUT-PAD", "found ", &word,
             " where the number of a pad (1 to 4) is due");
    return false;
}

static bool parse_button(struct parser *p, const struct word *word,
                         struct line *line, unsigned pad)
{
    for (int i = 0; i < PM_BUTTONS; i++)
        if (is_word(word, pm_button_name(i))) {
            line->buttons[pad] |= (uint16_t)(1 << i);
            return true;
        }
    complain(p, word->at, "INPUT-WORD", "unknown word ", word,
             "; wanted up, down, left, right, a, b, x, y, l, r, start, "
             "select, '-', 'pad N' or 'touch X Y'");
    return false;
}

static bool parse_word(struct parser *p, const struct word *word,
                       struct line *line, unsigned *pad)
{
    if (is_word(word, "touch"))
        return parse_touch(p, line);
    if (is_word(word, "pad")) {
        if (!parse_pad(p, pad))
            return false;
        line->names_pad[*pad] = true;
        return true;
    }
    line->names_pad[*pad] = true;
    if (is_word(word, "-")) {
        line->names_none[*pad] = true;
        return true;
    }
    return parse_button(p, word, line, *pad);
}

static bool parse_words(struct parser *p, struct line *line)
{
    struct word word;
    unsigned pad = 0;
    bool is_ok = true;
    bool is_empty = true;

    while (next_word(p, &word)) {
        is_empty = false;
        is_ok = parse_word(p, &word, line, &pad) && is_ok;
    }
    if (is_empty) {
        complain(p, p->at, "INPUT-LINE",
                 "nothing behind the colon; wanted buttons, or '-' for none",
                 NULL, "");
        return false;
    }
    return is_ok;
}

// Rules that concern the line as a whole, and the lines before it.
static bool check_line(struct parser *p, const struct line *line)
{
    const char *start = p->line_start;
    bool is_ok = true;

    if (p->has_frame && line->first < p->last_first) {
        complain(p, start, "INPUT-ORDER",
                 "this frame is before that of the line above; lines must "
                 "be in the order of their first frames",
                 NULL, "");
        is_ok = false;
    }
    for (int i = 0; i < PM_PADS; i++) {
        if (line->names_none[i] && line->buttons[i]) {
            complain(p, start, "INPUT-WORD",
                     "'-' means no button, and there are buttons beside it",
                     NULL, "");
            is_ok = false;
        } else if (line->is_range && line->names_pad[i] && !line->buttons[i]) {
            complain(p, start, "INPUT-WORD",
                     "a range of frames adds buttons, and here are none", NULL,
                     "");
            is_ok = false;
        }
    }
    if (line->is_range && line->names_touch && p->has_touch_range &&
        line->first <= p->touch_range_last) {
        complain(p, start, "INPUT-TOUCH",
                 "an earlier range has the pointer in these frames; there is "
                 "only one",
                 NULL, "");
        is_ok = false;
    }
    return is_ok;
}

// --- events ------------------------------------------------------------------

static void add_event(struct parser *p, struct event event)
{
    struct pm_input_script *script = p->script;

    if (!pm_mem_grow(&script->alloc, &script->events, &script->capacity,
                     script->count + 1, sizeof event)) {
        p->diags->out_of_memory = true;
        return;
    }
    script->events[script->count++] = event;
}

static void add_pad(struct parser *p, const struct line *line, int pad)
{
    struct event event = {.frame = line->first,
                          .kind = line->is_range ? HOLD : SET_PAD,
                          .pad = (uint8_t)pad,
                          .buttons = line->buttons[pad]};
    add_event(p, event);
    if (line->is_range) {
        event.frame = line->last + 1;
        event.kind = LET_GO;
        add_event(p, event);
    }
}

static void add_touch(struct parser *p, const struct line *line)
{
    struct event event = {.frame = line->first,
                          .kind = line->is_range ? TOUCH : SET_TOUCH,
                          .x = line->touch.touch_x,
                          .y = line->touch.touch_y,
                          .present = line->touch.touch_present,
                          .down = line->touch.touch_down};
    add_event(p, event);
    if (line->is_range) {
        event.frame = line->last + 1;
        event.kind = TOUCH_END;
        add_event(p, event);
        p->has_touch_range = true;
        p->touch_range_last = line->last;
    }
}

static void add_line(struct parser *p, const struct line *line)
{
    for (int i = 0; i < PM_PADS; i++)
        if (line->names_pad[i])
            add_pad(p, line, i);
    if (line->names_touch)
        add_touch(p, line);
    if (line->last >= p->script->length)
        p->script->length = line->last + 1;
}

static void parse_line(struct parser *p)
{
    struct line line = {0};

    skip_space(p);
    if (p->at == p->line_end)
        return;
    if (!parse_frames(p, &line))
        return;
    bool is_ok = parse_words(p, &line);
    is_ok = check_line(p, &line) && is_ok;
    p->has_frame = true;
    p->last_first = line.first;
    if (is_ok)
        add_line(p, &line);
}

static void parse_lines(struct parser *p, const char *text, size_t size)
{
    const char *end = text + size;

    // A byte order mark, which some editors put there.
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        line_end = line_end ? line_end : end;
        const char *comment = memchr(text, '#', (size_t)(line_end - text));
        p->line_number++;
        p->line_start = p->at = text;
        p->line_end = comment ? comment : line_end;
        parse_line(p);
        text = line_end < end ? line_end + 1 : end;
    }
}

// A merge sort from below: stable, and never slow.
static bool sort_events(struct pm_input_script *script)
{
    size_t count = script->count;
    struct event *from = script->events;
    struct event *spare =
        pm_mem_zarray(&script->alloc, script->capacity, sizeof *spare);

    if (count < 2 || !spare) {
        pm_mem_free(&script->alloc, spare, script->capacity * sizeof *spare);
        return count < 2;
    }
    struct event *to = spare;
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t start = 0; start < count; start += 2 * run) {
            size_t a = start;
            size_t middle = start + run < count ? start + run : count;
            size_t b = middle;
            size_t end = middle + run < count ? middle + run : count;
            for (size_t i = start; i < end; i++) {
                bool takes_a =
                    b == end || (a < middle && from[a].frame <= from[b].frame);
                to[i] = takes_a ? from[a++] : from[b++];
            }
        }
        struct event *swap = from;
        from = to;
        to = swap;
    }
    script->events = from;
    pm_mem_free(&script->alloc, to, script->capacity * sizeof *to);
    return true;
}

static pm_status parse_into(struct pm_input_script *script, const char *file,
                            const char *text, size_t size,
                            struct pm_diags *diags)
{
    struct parser p = {.script = script, .diags = diags, .file = file};
    size_t errors = diags->errors;
    bool was_short = diags->out_of_memory;

    diags->out_of_memory = false;
    parse_lines(&p, text, size);
    bool is_short = diags->out_of_memory;
    diags->out_of_memory = is_short || was_short;
    if (is_short)
        return PM_ERR_NO_MEMORY;
    if (diags->errors != errors)
        return PM_ERR_INVALID;
    return sort_events(script) ? PM_OK : PM_ERR_NO_MEMORY;
}

pm_status pm_input_script_parse(const struct pm_allocator *alloc,
                                const char *file, const char *text, size_t size,
                                struct pm_diags *diags,
                                struct pm_input_script **out)
{
    if (size > PM_INPUT_SCRIPT_MAX) {
        struct pm_place place = {.file = file};
        pm_diags_error(diags, &place, "INPUT-SIZE",
                       "the script has %zu bytes, and at most %u are read",
                       size, PM_INPUT_SCRIPT_MAX);
        return PM_ERR_LIMIT;
    }
    struct pm_input_script *script = pm_mem_zalloc(alloc, sizeof *script);
    if (!script)
        return PM_ERR_NO_MEMORY;
    script->alloc = *alloc;
    pm_status status = parse_into(script, file, text, size, diags);
    if (status) {
        pm_input_script_destroy(script);
        return status;
    }
    *out = script;
    return PM_OK;
}

void pm_input_script_destroy(struct pm_input_script *script)
{
    if (!script)
        return;
    struct pm_allocator alloc = script->alloc;
    pm_mem_free(&alloc, script->events,
                script->capacity * sizeof *script->events);
    pm_mem_free(&alloc, script, sizeof *script);
}

uint32_t pm_input_script_length(const struct pm_input_script *script)
{
    return script->length;
}

// --- playing -----------------------------------------------------------------

void pm_input_player_start(struct pm_input_player *player,
                           const struct pm_input_script *script)
{
    *player = (struct pm_input_player){.script = script};
}

static void take_touch(struct pm_frame_input *to, const struct event *event)
{
    to->touch_x = event->x;
    to->touch_y = event->y;
    to->touch_present = event->present;
    to->touch_down = event->down;
}

static void hold(struct pm_input_player *player, const struct event *event,
                 uint32_t change)
{
    for (int i = 0; i < PM_BUTTONS; i++)
        if (event->buttons >> i & 1)
            player->held[event->pad][i] += change;
}

static void apply(struct pm_input_player *player, const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case SET_PAD:
        player->set.pad[event->pad] = event->buttons;
        break;
    case SET_TOUCH:
        take_touch(&player->set, event);
        break;
    case HOLD:
        hold(player, event, 1);
        break;
    case LET_GO:
        hold(player, event, UINT32_MAX); // one less
        break;
    case TOUCH:
        take_touch(&player->range, event);
        player->ranges_with_touch++;
        break;
    case TOUCH_END:
        player->ranges_with_touch--;
        break;
    }
}

void pm_input_player_next(struct pm_input_player *player,
                          struct pm_frame_input *out)
{
    const struct pm_input_script *script = player->script;

    while (player->next < script->count &&
           script->events[player->next].frame <= player->frame)
        apply(player, &script->events[player->next++]);
    player->frame++;
    *out = player->set;
    for (int pad = 0; pad < PM_PADS; pad++)
        for (int i = 0; i < PM_BUTTONS; i++)
            if (player->held[pad][i] > 0)
                out->pad[pad] |= (uint16_t)(1 << i);
    if (player->ranges_with_touch > 0) {
        out->touch_x = player->range.touch_x;
        out->touch_y = player->range.touch_y;
        out->touch_present = player->range.touch_present;
        out->touch_down = player->range.touch_down;
    }
}
