// SPDX-License-Identifier: MIT
//
// The program as a whole: globals in an order in which each finds what it
// needs, and the function where everything starts.

#include "base/buf.h"
#include "lang/check_internal.h"

// --- globals and constants ---------------------------------------------------

static struct pm_text global_name(struct checker *c,
                                  const struct chk_decl *decl)
{
    const char *path = decl->file->module->path;
    struct pm_text name = decl->name;

    if (decl->owner)
        name = pm_chk_format(c, "%.*s.%.*s", (int)decl->owner->name.size,
                             decl->owner->name.data, (int)name.size, name.data);
    return path[0]
               ? pm_chk_format(c, "%s.%.*s", path, (int)name.size, name.data)
               : name;
}

// Its own function, so that what it needs can be seen and a trap in it says
// where.
static void lower_initialiser(struct checker *c, struct chk_decl *decl)
{
    struct pm_span span = pm_token_span(decl->file->parsed, decl->ast->token);
    struct pm_low_fn *fn = pm_chk_low_fn(
        c,
        pm_chk_format(c, "global %.*s", (int)decl->name.size, decl->name.data),
        span);
    struct chk_body *body = pm_chk_alloc(c, sizeof *body);
    struct chk_body *before = c->body;
    struct chk_file *file = c->file;

    c->body = NULL;
    pm_chk_begin_body(c, body, decl->file, fn);
    body->result = c->t_void;
    struct pm_low *value = pm_chk_expr_as(c, decl->ast->kids[1], decl->type);
    bool is_literal = value->kind == PM_LOW_INT ||
                      value->kind == PM_LOW_FLOAT || value->kind == PM_LOW_STR;
    if (decl->kind == CHK_CONST && is_literal)
        decl->literal = value;
    struct pm_low *set =
        pm_chk_low1(c, PM_LOW_SET_GLOBAL, c->t_void, span, value);
    set->global = decl->global;
    fn->body = set;
    pm_chk_end_body(c, body);
    c->body = before;
    c->file = file;
    decl->initialiser = fn;
    decl->global->value = value;
}

void pm_chk_lower_global(struct checker *c, struct chk_decl *decl)
{
    if (decl->visit == 2)
        return;
    if (decl->visit == 1) {
        // Its type is known; the order of values is looked at later.
        if (decl->type)
            return;
        decl->type = c->t_unknown;
        return;
    }
    decl->visit = 1;
    struct chk_file *file = c->file;
    c->file = decl->file;
    decl->type = pm_chk_resolve(c, decl->ast->kids[0], NULL, NULL);
    if (decl->type->kind == PM_LT_VOID) {
        pm_chk_error(c, PM_LANG_NOT_A_TYPE, decl->ast->kids[0],
                     "found void, wanted a type that has values");
        decl->type = c->t_unknown;
    }
    struct pm_low_global *global = pm_chk_alloc(c, sizeof *global);
    global->name = global_name(c, decl);
    global->type = decl->type;
    global->span = pm_chk_name_span(c, decl->ast);
    decl->global = global;
    lower_initialiser(c, decl);
    c->file = file;
    decl->visit = 2;
}

void pm_chk_globals(struct checker *c)
{
    for (uint32_t i = 0; i < c->globals.count; i++) {
        struct chk_decl *decl = c->globals.items[i];
        if (!pm_chk_skips(c, decl->file->module))
            pm_chk_lower_global(c, decl);
    }
}

// --- their order -------------------------------------------------------------

struct order {
    struct chk_decl **by_number; // globals that were lowered
    int *state;                  // 0 not, 1 being, 2 done
    bool *fn_seen;
    struct chk_list *out;
};

struct frame {
    struct chk_decl *decl;
    struct chk_list nodes;
};

static void report_circle(struct checker *c, struct chk_list *frames,
                          struct chk_decl *decl)
{
    struct pm_lang_diag *diag = pm_chk_error_at(
        c, PM_LANG_GLOBAL_CYCLE, decl->global->span,
        "'%s' needs its own value to begin with", pm_chk_show(c, decl->name));

    for (uint32_t i = 0; i < frames->count && i < 6; i++) {
        struct frame *frame = frames->items[i];
        if (frame->decl != decl)
            pm_chk_note(c, diag, frame->decl->global->span, "by way of '%s'",
                        pm_chk_show(c, frame->decl->name));
    }
}

static struct frame *begin(struct checker *c, struct order *order,
                           struct chk_list *frames, struct chk_decl *decl)
{
    struct frame *frame = pm_chk_alloc(c, sizeof *frame);

    frame->decl = decl;
    pm_chk_push(c, &frame->nodes, decl->initialiser->body);
    pm_chk_push(c, frames, frame);
    order->state[decl->global->number] = 1;
    return frame;
}

static void need_function(struct checker *c, struct order *order,
                          struct frame *frame, struct pm_low_fn *fn)
{
    if (!fn || order->fn_seen[fn->number] || !fn->body)
        return;
    order->fn_seen[fn->number] = true;
    pm_chk_push(c, &frame->nodes, fn->body);
}

static bool has_function(const struct pm_low *low)
{
    return low->kind == PM_LOW_CALL || low->kind == PM_LOW_SPAWN ||
           low->kind == PM_LOW_CLOSURE;
}

// Looks at one node; true when another global has to come first.
static bool look_at(struct checker *c, struct order *order,
                    struct chk_list *frames, struct frame *frame)
{
    struct pm_low *low = frame->nodes.items[--frame->nodes.count];

    for (uint32_t i = low->count; i-- > 0;)
        if (low->kids[i])
            pm_chk_push(c, &frame->nodes, low->kids[i]);
    if (has_function(low))
        need_function(c, order, frame, low->function);
    if (low->kind != PM_LOW_GLOBAL)
        return false;
    struct chk_decl *decl = order->by_number[low->global->number];
    if (!decl || order->state[low->global->number] == 2)
        return false;
    if (order->state[low->global->number] == 1) {
        report_circle(c, frames, decl);
        return false;
    }
    begin(c, order, frames, decl);
    return true;
}

static void visit(struct checker *c, struct order *order, struct chk_decl *decl)
{
    struct chk_list frames = {0};

    if (order->state[decl->global->number])
        return;
    begin(c, order, &frames, decl);
    while (frames.count) {
        struct frame *frame = frames.items[frames.count - 1];
        if (frame->nodes.count) {
            look_at(c, order, &frames, frame);
            continue;
        }
        order->state[frame->decl->global->number] = 2;
        pm_chk_push(c, order->out, frame->decl);
        frames.count--;
    }
}

// Those of the modules that are imported first come first, as far as nothing
// else is needed.
static void order_globals(struct checker *c, struct chk_list *out)
{
    struct order order = {.out = out};
    uint32_t count = 0;

    order.by_number = pm_chk_alloc(c, (c->globals.count + 1) * sizeof(void *));
    order.state = pm_chk_alloc(c, (c->globals.count + 1) * sizeof *order.state);
    order.fn_seen = pm_chk_alloc(c, c->functions.count + 1);
    for (uint32_t i = 0; i < c->globals.count; i++) {
        struct chk_decl *decl = c->globals.items[i];
        if (!decl->global || decl->literal)
            continue;
        decl->global->number = count;
        order.by_number[count++] = decl;
    }
    for (uint32_t m = 0; m < c->module_order.count; m++)
        for (uint32_t i = 0; i < count; i++)
            if (order.by_number[i]->file->module == c->module_order.items[m])
                visit(c, &order, order.by_number[i]);
}

// --- where it starts ---------------------------------------------------------

static struct pm_low *call(struct checker *c, struct pm_low_fn *fn,
                           struct pm_span span)
{
    return pm_chk_low_call(c, fn, fn->result, span, NULL);
}

static struct pm_low_fn *find_entry(struct checker *c, struct chk_decl *decl)
{
    const struct pm_ast *params = decl->ast->kids[2];
    struct pm_span span = pm_token_span(decl->file->parsed, decl->ast->token);

    c->file = decl->file;
    struct chk_instance *instance =
        decl->type_params ? NULL : pm_chk_instance(c, decl, NULL, NULL, span);
    if (!instance || params->count || instance->result->kind != PM_LT_VOID)
        pm_chk_error_at(
            c, PM_LANG_ATTRIBUTE, span,
            "'%s' has an attribute; it takes no parameters and gives "
            "nothing",
            pm_chk_show(c, decl->name));
    return instance ? instance->low : c->functions.items[0];
}

// The [Init] functions, in the order of modules, files and places. With
// [of_tests] only those of files with tests, which set up what their tests
// want: the program's own may write to the log and start scripts.
static void find_inits(struct checker *c, bool of_tests, struct chk_list *out)
{
    for (uint32_t m = 0; m < c->module_order.count; m++)
        for (uint32_t i = 0; i < c->inits.count; i++) {
            struct chk_decl *decl = c->inits.items[i];
            if (decl->file->module == c->module_order.items[m] &&
                (!of_tests || decl->file->input->is_test))
                pm_chk_push(c, out, find_entry(c, decl));
        }
}

static struct chk_decl *find_test(struct checker *c, const char *name)
{
    for (uint32_t i = 0; i < c->input->file_count; i++) {
        struct chk_decl *decl =
            pm_chk_map_get(&c->files[i].module->names, pm_chk_text(name));
        if (decl && decl->is_test)
            return decl;
    }
    return NULL;
}

static void push_globals(struct checker *c, struct chk_list *body,
                         const struct chk_list *globals, struct pm_span span)
{
    for (uint32_t i = 0; i < globals->count; i++) {
        struct chk_decl *decl = globals->items[i];
        pm_chk_push(c, body, call(c, decl->initialiser, span));
    }
}

static void push_frames(struct checker *c, struct chk_list *body,
                        struct pm_low_fn *frame, struct pm_low_fn *fn)
{
    struct pm_span span = frame->span;
    struct chk_list turn = {0};

    pm_chk_push(c, &turn, call(c, frame, span));
    pm_chk_push(c, &turn, pm_chk_low(c, PM_LOW_FRAME_SYNC, c->t_void, span, 0));
    struct pm_low *forever =
        pm_chk_low_if(c, c->t_never, span, NULL,
                      pm_chk_low_block(c, c->t_void, span, &turn), NULL);
    forever->kind = PM_LOW_WHILE;
    forever->loop = fn->loop_count++;
    pm_chk_push(c, body, forever);
}

static void fill_out(struct checker *c, struct pm_low_program *out,
                     const struct chk_list *globals)
{
    struct pm_low_file *files =
        pm_chk_alloc(c, (c->input->file_count + 1) * sizeof *files);
    struct pm_low_global **list =
        pm_chk_alloc(c, (globals->count + 1) * sizeof(void *));

    for (uint32_t i = 0; i < c->input->file_count; i++) {
        files[i].name = c->input->files[i].name;
        files[i].parsed = c->input->files[i].parsed;
    }
    for (uint32_t i = 0; i < globals->count; i++) {
        struct chk_decl *decl = globals->items[i];
        decl->global->number = i;
        list[i] = decl->global;
    }
    out->name = c->input->name;
    out->functions = (struct pm_low_fn **)c->functions.items;
    out->function_count = c->functions.count;
    out->globals = list;
    out->global_count = globals->count;
    out->files = files;
    out->file_count = c->input->file_count;
    out->type_count = c->types.count;
    out->arena = c->arena;
    out->alloc = c->report->alloc;
}

static void no_frame(struct checker *c)
{
    struct pm_span span = {0, 0, 0};

    if (!c->input->file_count)
        return;
    // The first file of the program, not of the library.
    for (uint32_t i = 0; i < c->input->file_count; i++)
        if (!c->input->files[i].is_library) {
            span.file = i;
            break;
        }
    pm_chk_help(c,
                pm_chk_error_at(c, PM_LANG_NO_FRAME, span,
                                "the program has no [Frame] function"),
                "write one: [Frame] fn frame() -> void { … }");
}

void pm_chk_program(struct checker *c, struct pm_low_program *out)
{
    const char *test = c->input->test;
    struct pm_low_fn *boot = c->functions.items[0];
    struct pm_low_fn *frame = NULL;
    struct chk_list inits = {0}, globals = {0};
    bool all = !c->input->only_needed;

    if (c->frame && all)
        frame = find_entry(c, c->frame);
    if (all || test)
        find_inits(c, test && *test, &inits);
    for (uint32_t i = 0; i < c->tests.count && all; i++) {
        const struct pm_check_test *one = c->tests.items[i];
        struct chk_decl *decl =
            pm_chk_map_get(&c->files[one->span.file].module->names, one->name);
        if (decl)
            find_entry(c, decl);
    }
    if (!frame && !test)
        no_frame(c);
    struct pm_low_fn *reload = NULL;
    if (frame && !test)
        reload = pm_chk_low_fn(c, pm_chk_text("reload"), frame->span);
    struct chk_decl *start = test && *test ? find_test(c, test) : NULL;
    struct pm_low_fn *start_fn = start ? find_entry(c, start) : NULL;
    c->body = NULL;
    pm_chk_drain(c);
    pm_chk_finish_dispatchers(c);
    if (all)
        pm_chk_check_unused_generics(c);
    pm_chk_check_contracts(c);
    if (c->report->errors)
        return;
    order_globals(c, &globals);
    boot->span = frame ? frame->span : start_fn ? start_fn->span : boot->span;
    struct chk_list body = {0};
    push_globals(c, &body, &globals, boot->span);
    for (uint32_t i = 0; i < inits.count && (!test || start_fn); i++)
        pm_chk_push(c, &body, call(c, inits.items[i], boot->span));
    if (start_fn)
        pm_chk_push(c, &body, call(c, start_fn, start_fn->span));
    if (frame && !test)
        push_frames(c, &body, frame, boot);
    boot->body = pm_chk_low_block(c, frame && !test ? c->t_never : c->t_void,
                                  boot->span, &body);
    if (reload) {
        struct chk_list again = {0};
        push_globals(c, &again, &globals, frame->span);
        pm_chk_push(
            c, &again,
            pm_chk_low(c, PM_LOW_FRAME_SYNC, c->t_void, frame->span, 0));
        push_frames(c, &again, frame, reload);
        reload->body = pm_chk_low_block(c, c->t_never, frame->span, &again);
        out->reload = reload;
    }
    fill_out(c, out, &globals);
}

// --- what each file sees -----------------------------------------------------

static void dump_map(const struct chk_map *map, const char *what,
                     struct pm_buf *out)
{
    for (uint32_t i = 0; i < map->capacity; i++) {
        const struct chk_map_entry *entry = &map->entries[i];
        const struct chk_decl *decl = entry->value;
        if (!decl)
            continue;
        pm_buf_printf(out, "    %s %s%s ", what, decl->is_pub ? "pub " : "",
                      pm_chk_decl_kind_name(decl));
        pm_buf_put_escaped(out, entry->key.data, entry->key.size);
        if (decl->type)
            pm_buf_printf(out, ": %.*s", (int)decl->type->name.size,
                          decl->type->name.data);
        pm_buf_puts(out, "\n");
    }
}

void pm_chk_dump_names(struct checker *c, struct pm_buf *out)
{
    for (uint32_t m = 0; m < c->module_order.count; m++) {
        const struct chk_module *module = c->module_order.items[m];
        pm_buf_printf(out, "module \"%s\"\n", module->path);
        dump_map(&module->names, "declares", out);
        dump_map(&module->handed_on, "hands on", out);
        for (uint32_t i = 0; i < module->files.count; i++) {
            const struct chk_file *file = module->files.items[i];
            pm_buf_printf(out, "  file %s\n", file->input->name);
            dump_map(&file->imports, "imports", out);
        }
    }
}
