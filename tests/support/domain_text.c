// SPDX-License-Identifier: MIT
//
// The battery's programs.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "support/domain_battery.h"

const struct pm_domains *pm_battery_catalog(void)
{
    static struct pm_domains domains;
    static struct pm_sample sample;
    struct pm_allocator alloc = pm_allocator_libc();

    if (domains.count)
        return &domains;
    pm_status status = pm_domains_init(&domains, &alloc);
    if (!status)
        status = pm_sample_add(&sample, &domains);
    PM_CHECK(status == PM_OK);
    return &domains;
}

const struct pm_call_decl *pm_battery_call_of(const struct pm_domain_row *row,
                                              size_t index)
{
    const struct pm_registry *registry = &pm_battery_catalog()->registry;

    for (size_t i = 0; i < pm_registry_count(registry); i++) {
        const struct pm_call_decl *call = pm_registry_at(registry, i);
        if (call->domain && strcmp(call->domain, row->domain.name) == 0 &&
            index-- == 0)
            return call;
    }
    return NULL;
}

const struct pm_call_decl *pm_battery_verb(const struct pm_domain_row *row,
                                           pm_verb verb)
{
    const struct pm_call_decl *call;

    for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++)
        if (call->verb == verb)
            return call;
    return NULL;
}

const struct pm_call_decl *pm_battery_call(const char *module, const char *name)
{
    const struct pm_registry *registry = &pm_battery_catalog()->registry;

    for (size_t i = 0; i < pm_registry_count(registry); i++) {
        const struct pm_call_decl *call = pm_registry_at(registry, i);
        if (strcmp(call->module, module) == 0 && strcmp(call->name, name) == 0)
            return call;
    }
    PM_CHECK(!"a call that there is");
}

// --- texts -------------------------------------------------------------------

void pm_text_init(struct pm_battery_text *text)
{
    struct pm_allocator alloc = pm_allocator_libc();

    *text = (struct pm_battery_text){.line = 1};
    pm_buf_init(&text->buf, &alloc);
}

void pm_text_free(struct pm_battery_text *text)
{
    pm_buf_free(&text->buf);
}

void pm_text_put(struct pm_battery_text *text, const char *format, ...)
{
    size_t start = text->buf.size;
    va_list args;

    va_start(args, format);
    pm_buf_vprintf(&text->buf, format, args);
    va_end(args);
    for (size_t i = start; i < text->buf.size; i++)
        text->line += text->buf.data[i] == '\n';
}

static void put_type(struct pm_battery_text *text,
                     const struct pm_value_decl *value)
{
    static const char *const names[] = {
        [PM_VALUE_INT] = "i64",    [PM_VALUE_BOOL] = "bool",
        [PM_VALUE_STR] = "string", [PM_VALUE_BYTES] = "bytes",
        [PM_VALUE_F64] = "f64",
    };

    if (value->type == PM_VALUE_STATE)
        pm_text_put(text, "state \"%s\"", value->domain);
    else
        pm_text_put(text, "%s", names[value->type]);
}

static void put_types(struct pm_battery_text *text,
                      const struct pm_value_decl *values, int count)
{
    pm_text_put(text, "(");
    for (int i = 0; i < count; i++) {
        pm_text_put(text, i ? ", " : "");
        put_type(text, &values[i]);
    }
    pm_text_put(text, ")");
}

static void put_host(struct pm_battery_text *text,
                     const struct pm_call_decl *call)
{
    pm_text_put(text, ".host %s %s %u ", call->module, call->name,
                (unsigned)call->version);
    put_types(text, call->params, call->param_count);
    pm_text_put(text, " -> ");
    put_types(text, call->results, call->result_count);
    pm_text_put(text, "\n");
}

void pm_text_declare(struct pm_battery_text *text,
                     const struct pm_domain_row *row)
{
    const struct pm_call_decl *call;

    PM_CHECK(text->row_count < PM_ARRAY_LEN(text->rows));
    text->rows[text->row_count++] = row;
    for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++)
        put_host(text, call);
}

void pm_text_declare_call(struct pm_battery_text *text,
                          const struct pm_call_decl *call)
{
    PM_CHECK(call->verb == PM_VERB_NONE &&
             text->call_count < PM_ARRAY_LEN(text->calls));
    text->calls[text->call_count++] = call;
    put_host(text, call);
}

void pm_text_globals(struct pm_battery_text *text,
                     const struct pm_domain_row *row)
{
    pm_text_put(text,
                ".global h: state \"%s\", status: i64, text: string, "
                "buffer: bytes, made: i64\n",
                row->domain.name);
}

void pm_text_fill_globals(struct pm_battery_text *text)
{
    pm_text_put(text, "    push_const \"/scratch/other\"\n"
                      "    set_global text\n"
                      "    push_i64 64\n"
                      "    bytes_new\n"
                      "    set_global buffer\n");
}

static void put_hostcall(struct pm_battery_text *text,
                         const struct pm_call_decl *call)
{
    text->call_line = text->line;
    pm_text_put(text, "    hostcall %s.%s\n", call->module, call->name);
}

// Drops results [from] and above, the last of which is on top.
static void drop_results(struct pm_battery_text *text,
                         const struct pm_call_decl *call, int from)
{
    for (int i = call->result_count; i > from; i--)
        pm_text_put(text, "    pop\n");
}

// The example, with what stands for the number of objects made so far.
static void put_example(struct pm_battery_text *text, const char *example)
{
    static const char made[] = "@made";
    const char *at = strstr(example, made);

    if (!at) {
        pm_text_put(text, "    %s\n", example);
        return;
    }
    pm_text_put(text, "    %.*sget_global made%s\n", (int)(at - example),
                example, at + strlen(made));
    pm_text_put(text, "    get_global made\n    push_i64 1\n    add\n"
                      "    set_global made\n");
}

void pm_text_create(struct pm_battery_text *text,
                    const struct pm_domain_row *row, const char *name)
{
    const struct pm_call_decl *call = pm_battery_verb(row, PM_VERB_CREATE);

    put_example(text, row->domain.example);
    put_hostcall(text, call);
    drop_results(text, call, 2);
    pm_text_put(text, "    set_global %s\n    set_global status\n", name);
}

// A transfer moves 16 bytes; the others take what is nearest to 0.
static int64_t usual_number(const struct pm_call_decl *call, int index)
{
    const struct pm_value_decl *param = &call->params[index];

    if (call->form != PM_FORM_PLAIN && index == 4)
        return 16;
    return param->least > 0      ? param->least
           : param->greatest < 0 ? param->greatest
                                 : 0;
}

static void put_argument(struct pm_battery_text *text,
                         const struct pm_call_decl *call, int index)
{
    switch (call->params[index].type) {
    case PM_VALUE_INT:
        pm_text_put(text, "    push_i64 %" PRId64 "\n",
                    usual_number(call, index));
        return;
    case PM_VALUE_BOOL:
        pm_text_put(text, "    push_bool false\n");
        return;
    case PM_VALUE_F64:
        pm_text_put(text, "    push_f64 0.0\n");
        return;
    case PM_VALUE_STR:
        pm_text_put(text, "    get_global text\n");
        return;
    default:
        pm_text_put(text, "    get_global buffer\n");
    }
}

void pm_text_call(struct pm_battery_text *text, const struct pm_call_decl *call,
                  const char *push)
{
    for (int i = 0; i < call->param_count; i++) {
        if (call->params[i].type == PM_VALUE_STATE)
            pm_text_put(text, "    %s\n", push);
        else
            put_argument(text, call, i);
    }
    put_hostcall(text, call);
    drop_results(text, call, 0);
}

static void put_all_calls(struct pm_battery_text *text,
                          const struct pm_domain_row *row)
{
    const struct pm_call_decl *call;
    char push[80];

    snprintf(push, sizeof push, "push_null state \"%s\"", row->domain.name);
    for (size_t i = 0; (call = pm_battery_call_of(row, i)); i++) {
        if (call->verb != PM_VERB_CREATE) {
            pm_text_call(text, call, push);
            continue;
        }
        for (int k = 0; k < call->param_count; k++)
            put_argument(text, call, k);
        put_hostcall(text, call);
        drop_results(text, call, 0);
    }
}

void pm_text_begin(struct pm_battery_text *text,
                   const struct pm_domain_row *row)
{
    pm_text_init(text);
    pm_text_declare(text, row);
    pm_text_globals(text, row);
    pm_text_put(text, ".func main ()\n");
    pm_text_fill_globals(text);
}

void pm_text_end(struct pm_battery_text *text)
{
    pm_text_put(text, ".end\n");
    for (size_t i = 0; i < text->row_count; i++) {
        pm_text_put(text, ".func never_%zu ()\n", i);
        put_all_calls(text, text->rows[i]);
        pm_text_put(text, "    ret\n.end\n");
    }
    if (text->call_count == 0)
        return;
    pm_text_put(text, ".func never ()\n");
    for (size_t i = 0; i < text->call_count; i++)
        pm_text_call(text, text->calls[i], "");
    pm_text_put(text, "    ret\n.end\n");
}

void pm_battery_arguments(struct pm_battery *b, const struct pm_call_decl *call,
                          uint64_t handle, uint64_t args[PM_CALL_MAX_PARAMS])
{
    memset(args, 0, PM_CALL_MAX_PARAMS * sizeof *args);
    for (int i = 0; i < call->param_count; i++) {
        pm_value_type type = call->params[i].type;
        if (type == PM_VALUE_INT)
            args[i] = (uint64_t)usual_number(call, i);
        if (type == PM_VALUE_STATE)
            args[i] = handle;
        if (type == PM_VALUE_STR)
            args[i] = *pm_battery_global(b, "text");
        if (type == PM_VALUE_BYTES)
            args[i] = *pm_battery_global(b, "buffer");
    }
}
