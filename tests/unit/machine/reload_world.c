// SPDX-License-Identifier: MIT
#include "reload_world.h"

#include <stdio.h>
#include <string.h>

static void note(void *context, int level, const char *text, size_t size)
{
    struct reload_world *w = context;
    size_t at = strlen(w->log);

    (void)level;
    snprintf(w->log + at, sizeof w->log - at, "%.*s;", (int)size, text);
}

struct pm_test_cart *rw_make(struct reload_world *w, const char *text)
{
    struct pm_test_cart *cart = &w->carts[w->count];

    if (!CHECK(w->count < RW_CARTS) ||
        !CHECK(pm_test_cart_make(cart, "JAM", text)))
        return NULL;
    w->count++;
    pm_test_cart_manifest(cart, "JAM", "\"gfx\",\"log\",\"fs\"", "Test");
    return cart;
}

bool rw_enter(struct reload_world *w, const struct pm_allocator *alloc,
              const char *text)
{
    *w = (struct reload_world){.config = {.log = note}};
    w->config.log_context = w;
    if (alloc)
        w->config.alloc = *alloc;
    struct pm_test_cart *cart = rw_make(w, text);
    if (!cart)
        return false;
    w->machine = pm_test_machine(cart, &w->config);
    return CHECK(w->machine != NULL);
}

void rw_leave(struct reload_world *w)
{
    pm_machine_destroy(w->machine);
    for (size_t i = 0; i < w->count; i++)
        pm_test_cart_free(&w->carts[i]);
}

pm_status rw_load(struct reload_world *w, struct pm_test_cart *cart)
{
    struct pm_cart_files files = pm_test_cart_files(cart);
    const struct pm_report *report = NULL;
    pm_status status =
        pm_machine_reload(w->machine, &files, &w->reload, &report);

    w->report = pm_report_text(report);
    return status;
}

pm_status rw_reload(struct reload_world *w, const char *text)
{
    struct pm_test_cart *cart = rw_make(w, text);

    return cart ? rw_load(w, cart) : PM_ERR_INVALID;
}

int rw_run(struct reload_world *w, int frames)
{
    int result = PM_TICK_EMPTY;

    while (frames) {
        result = (int)pm_machine_tick(w->machine, NULL);
        frames -= result != PM_TICK_LATE;
        if (result == PM_TICK_HALTED || result == PM_TICK_TRAPPED)
            break;
    }
    return result;
}

static struct pm_vm *vm_of(const struct reload_world *w)
{
    return w->machine->console->vm;
}

uint64_t rw_global(const struct reload_world *w, const char *name)
{
    const struct pm_module *module = &pm_vm_image(vm_of(w))->module;

    for (uint32_t i = 0; i < module->global_count; i++)
        if (module->globals[i].name.size == strlen(name) &&
            memcmp(module->globals[i].name.data, name, strlen(name)) == 0)
            return *pm_vm_global(vm_of(w), i);
    CHECK_STR(name, "a global");
    return 0;
}

struct pm_object *rw_object(const struct reload_world *w, const char *name)
{
    return pm_heap_at(pm_vm_heap(vm_of(w)), rw_global(w, name));
}

struct pm_object *rw_slot(const struct reload_world *w,
                          const struct pm_object *object, uint32_t slot)
{
    CHECK(slot < object->length);
    return pm_heap_at(pm_vm_heap(vm_of(w)), pm_object_slots(object)[slot]);
}

struct pm_fingerprint rw_print(const struct reload_world *w)
{
    struct pm_fingerprint print = {0};

    CHECK_INT(pm_machine_fingerprint(w->machine, &print), PM_OK);
    return print;
}

bool rw_same(struct pm_fingerprint a, struct pm_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

static void check_heap(const struct reload_world *w)
{
    struct pm_buf why;

    pm_buf_init(&why, &w->machine->alloc);
    CHECK(pm_heap_validate(pm_vm_heap(vm_of(w)), &why));
    const char *text = pm_buf_cstr(&why);
    CHECK_STR(text ? text : "", "");
    pm_buf_free(&why);
}

static void check_restored(struct reload_world *other, const uint8_t *bytes,
                           size_t size, struct pm_fingerprint before,
                           struct pm_fingerprint after)
{
    const struct pm_report *report = NULL;

    CHECK_INT(pm_machine_restore(other->machine, bytes, size, &report), PM_OK);
    CHECK_STR(pm_report_text(report), "");
    CHECK(rw_same(rw_print(other), before));
    rw_run(other, 3);
    CHECK(rw_same(rw_print(other), after));
}

void rw_check_whole(struct reload_world *w, struct pm_test_cart *cart)
{
    struct reload_world other = *w;
    struct pm_fingerprint before = rw_print(w);
    uint8_t *bytes;
    size_t size;

    check_heap(w);
    REQUIRE(pm_machine_save(w->machine, &bytes, &size) == PM_OK);
    rw_run(w, 3);
    struct pm_fingerprint after = rw_print(w);
    check_restored(w, bytes, size, before, after);
    other.machine = pm_test_machine(cart, &w->config);
    REQUIRE(other.machine != NULL);
    check_restored(&other, bytes, size, before, after);
    pm_machine_destroy(other.machine);
    CHECK_INT(pm_machine_restore(w->machine, bytes, size, NULL), PM_OK);
    pm_machine_free_state(w->machine, bytes, size);
}
