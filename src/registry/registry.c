// SPDX-License-Identifier: MIT
#include "registry/registry.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "registry/caps.h"

#define I32_MIN INT32_MIN
#define I32_MAX INT32_MAX

// The letters of the tables, as initialisers of struct pm_value_decl.
#define INT(n, low, high)                                                      \
    {                                                                          \
#n, PM_VALUE_INT, NULL, low, high                                      \
    }
#define BOOL(n)                                                                \
    {                                                                          \
#n, PM_VALUE_BOOL, NULL, 0, 1                                          \
    }
#define STR(n)                                                                 \
    {                                                                          \
#n, PM_VALUE_STR, NULL, 0, 0                                           \
    }
#define BYTES(n)                                                               \
    {                                                                          \
#n, PM_VALUE_BYTES, NULL, 0, 0                                         \
    }
#define STATE(n, d)                                                            \
    {                                                                          \
#n, PM_VALUE_STATE, d, 0, 0                                            \
    }
// Numbers of a byte transfer; what is beyond them is a trap of its own
// (sys/transfer.h).
#define OFFSET(n) INT(n, 0, INT64_MAX)
#define WINDOW(n) INT(n, 0, PM_TRANSFER_MAX)
#define STATUS(n)                                                              \
    {                                                                          \
#n, PM_VALUE_INT, NULL, 0, INT32_MAX                                   \
    }
#define NUMBER(n)                                                              \
    {                                                                          \
#n, PM_VALUE_INT, NULL, INT64_MIN, INT64_MAX                           \
    }
#define FLAG(n)                                                                \
    {                                                                          \
#n, PM_VALUE_BOOL, NULL, 0, 1                                          \
    }
#define PARAMS(...)                                                            \
    {                                                                          \
        __VA_ARGS__                                                            \
    }
#define RESULTS(...)                                                           \
    {                                                                          \
        __VA_ARGS__                                                            \
    }
// How many values a row's list has; the list itself is the initialiser.
#define LENGTH(...)                                                            \
    (sizeof((struct pm_value_decl[])__VA_ARGS__) / sizeof(struct pm_value_decl))
#define HAS_FLAG(flags, letter)                                                \
    (("" flags "\0\0\0")[0] == (letter) ||                                     \
     (("" flags "\0\0\0")[0] && ("" flags "\0\0\0")[1] == (letter)) ||         \
     (("" flags "\0\0\0")[0] && ("" flags "\0\0\0")[1] &&                      \
      ("" flags "\0\0\0")[2] == (letter)))
#define NO_VERB        .verb = PM_VERB_NONE
#define OF(name, kind) .domain = name, .verb = PM_VERB_##kind
#define FORM_OF(flags)                                                         \
    (HAS_FLAG(flags, 'R')   ? PM_FORM_READ                                     \
     : HAS_FLAG(flags, 'W') ? PM_FORM_WRITE                                    \
                            : PM_FORM_PLAIN)

static const struct pm_call_decl calls[] = {
#define PM_SYSCALL(call_id, symbol, module_name, call_name, call_version, cap, \
                   kind, verb_of, flags, fixed, per16, ins, outs, sentence)    \
    {.id = call_id,                                                            \
     .module = module_name,                                                    \
     .name = call_name,                                                        \
     .version = call_version,                                                  \
     .capability = PM_CAP_##cap,                                               \
     .call_class = PM_CALL_##kind,                                             \
     verb_of,                                                                  \
     .form = FORM_OF(flags),                                                   \
     .may_allocate = HAS_FLAG(flags, 'A'),                                     \
     .waits = HAS_FLAG(flags, 'D'),                                            \
     .may_wait = HAS_FLAG(flags, 'd'),                                         \
     .price = fixed,                                                           \
     .price16 = per16,                                                         \
     .params = ins,                                                            \
     .results = outs,                                                          \
     .param_count = LENGTH(ins),                                               \
     .result_count = LENGTH(outs),                                             \
     .meaning = sentence},
#include "registry/syscalls.def"
#undef PM_SYSCALL
};

const char *const *pm_registry_console_domains(void)
{
    static const char *const names[] = {
#define PM_DOMAIN(symbol, number, name) name,
#include "registry/domains.def"
#undef PM_DOMAIN
        NULL,
    };
    return names;
}

const struct pm_call_decl *pm_registry_console_rows(size_t *out_count)
{
    *out_count = PM_ARRAY_LEN(calls);
    return calls;
}

static const struct pm_intrinsic_decl intrinsics[] = {
#define PM_INTRINSIC(id, symbol, name, price, params, results, meaning)        \
    {id,      name,           price,           params,                         \
     results, LENGTH(params), LENGTH(results), meaning},
#include "registry/intrinsics.def"
#undef PM_INTRINSIC
};

void pm_registry_init(struct pm_registry *registry,
                      const struct pm_allocator *alloc)
{
    *registry = (struct pm_registry){.alloc = *alloc};
}

void pm_registry_free(struct pm_registry *registry)
{
    pm_mem_free(&registry->alloc, registry->own,
                registry->own_capacity * sizeof *registry->own);
    registry->own = NULL;
    registry->own_count = registry->own_capacity = 0;
}

size_t pm_registry_count(const struct pm_registry *registry)
{
    return PM_ARRAY_LEN(calls) + registry->own_count;
}

const struct pm_call_decl *pm_registry_at(const struct pm_registry *registry,
                                          size_t index)
{
    if (index < PM_ARRAY_LEN(calls))
        return &calls[index];
    return &registry->own[index - PM_ARRAY_LEN(calls)];
}

static bool same_text(struct pm_text text, const char *name)
{
    return strlen(name) == text.size && memcmp(name, text.data, text.size) == 0;
}

const struct pm_call_decl *
pm_registry_find(const struct pm_registry *registry, struct pm_text module,
                 struct pm_text name, uint32_t version, bool *out_other_version)
{
    bool other = false;
    const struct pm_call_decl *found = NULL;

    for (size_t i = 0; i < pm_registry_count(registry); i++) {
        const struct pm_call_decl *call = pm_registry_at(registry, i);
        if (!same_text(module, call->module) || !same_text(name, call->name))
            continue;
        if (call->version == version)
            found = call;
        else
            other = true;
    }
    if (out_other_version)
        *out_other_version = other;
    return found;
}

const struct pm_call_decl *
pm_registry_find_id(const struct pm_registry *registry, uint32_t id)
{
    for (size_t i = 0; i < pm_registry_count(registry); i++)
        if (pm_registry_at(registry, i)->id == id)
            return pm_registry_at(registry, i);
    return NULL;
}

pm_status pm_registry_add(struct pm_registry *registry,
                          const struct pm_call_decl *call)
{
    struct pm_text module = {call->module, (uint32_t)strlen(call->module)};
    struct pm_text name = {call->name, (uint32_t)strlen(call->name)};

    if (call->id < PM_CALL_FIRST_EMBEDDER_ID ||
        call->param_count > PM_CALL_MAX_PARAMS ||
        call->result_count > PM_CALL_MAX_RESULTS)
        return PM_ERR_INVALID;
    if (pm_registry_find_id(registry, call->id) ||
        pm_registry_find(registry, module, name, call->version, NULL))
        return PM_ERR_EXISTS;
    if (!pm_mem_grow(&registry->alloc, &registry->own, &registry->own_capacity,
                     registry->own_count + 1, sizeof *registry->own))
        return PM_ERR_NO_MEMORY;
    registry->own[registry->own_count++] = *call;
    return PM_OK;
}

const struct pm_intrinsic_decl *pm_intrinsic_find(uint32_t id)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(intrinsics); i++)
        if (intrinsics[i].id == id)
            return &intrinsics[i];
    return NULL;
}

const struct pm_intrinsic_decl *pm_intrinsic_rows(size_t *out_count)
{
    *out_count = PM_ARRAY_LEN(intrinsics);
    return intrinsics;
}

static char letter_of(const struct pm_value_decl *value)
{
    switch (value->type) {
    case PM_VALUE_BOOL:
        return 'b';
    case PM_VALUE_STR:
        return 's';
    case PM_VALUE_BYTES:
        return 'B';
    case PM_VALUE_F64:
        return 'd';
    default:
        return 'l';
    }
}

void pm_intrinsic_sign(const struct pm_intrinsic_decl *row,
                       char out[PM_INTRINSIC_SIGNATURE])
{
    for (uint8_t i = 0; i < row->param_count; i++)
        *out++ = letter_of(&row->params[i]);
    *out++ = ':';
    for (uint8_t i = 0; i < row->result_count; i++)
        *out++ = letter_of(&row->results[i]);
    *out = '\0';
}
