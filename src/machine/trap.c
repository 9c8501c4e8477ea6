// SPDX-License-Identifier: MIT
//
// What people are told of a trap.
#include <stdio.h>
#include <string.h>

#include "machine/machine_internal.h"

static void name_function(const struct pm_module *module, uint32_t index,
                          char *out, size_t room)
{
    const struct pm_text *name = &module->functions[index].name;

    if (name->size)
        pm_text_escape(out, room, name->data, name->size);
    else
        snprintf(out, room, "#%u", (unsigned)index);
}

static void find_place(const struct pm_module *module,
                       const struct pm_stack_entry *at, struct pm_trap_texts *t,
                       size_t index)
{
    struct pm_trap_place *place = &t->places[index];
    struct pm_line line;

    name_function(module, at->function, t->functions[index],
                  sizeof t->functions[index]);
    *place = (struct pm_trap_place){.function = t->functions[index],
                                    .function_index = at->function,
                                    .offset = at->offset};
    if (!pm_module_find_line(module, at->function, at->offset, &line))
        return;
    place->line = line.line;
    place->column = line.column;
    if (line.file < module->file_count) {
        const struct pm_text *file = &module->files[line.file];
        pm_text_escape(t->files[index], sizeof t->files[index], file->data,
                       file->size);
        place->file = t->files[index];
    }
}

static void print_instruction(const struct pm_module *module,
                              const struct pm_trap_record *record,
                              struct pm_trap_texts *t)
{
    const struct pm_function *function = &module->functions[record->function];
    struct pm_instruction instruction;
    struct pm_fixed fixed;
    struct pm_buf buf;

    pm_fixed_init(&fixed, &buf, t->instruction, sizeof t->instruction);
    if (pm_instruction_decode(function, record->offset, &instruction))
        pm_instruction_print(module, function, &instruction, &buf);
    pm_fixed_end(&fixed, &buf);
}

// The engine escapes what it quotes, but a restored state may hold anything:
// all is escaped again but for the backslashes of the first time.
static void put_record(const struct pm_trap_record *record, struct pm_buf *buf)
{
    size_t size = strnlen(record->message, PM_TRAP_MESSAGE_SIZE);
    size_t start = 0;

    for (size_t i = 0; i <= size; i++) {
        if (i < size && record->message[i] != '\\')
            continue;
        pm_buf_put_escaped(buf, record->message + start, i - start);
        if (i < size)
            pm_buf_put8(buf, '\\');
        start = i + 1;
    }
}

static void put_site(const struct pm_module *module, const char *what,
                     const struct pm_stack_entry *at, struct pm_buf *buf)
{
    struct pm_line line;

    if (!pm_module_find_line(module, at->function, at->offset, &line))
        return;
    const struct pm_text *file = &module->files[line.file];
    pm_buf_printf(buf, "; %s at ", what);
    pm_buf_put_escaped(buf, file->data, file->size);
    pm_buf_printf(buf, ":%u", (unsigned)line.line);
}

static void put_message(struct pm_console *console,
                        const struct pm_trap_record *record,
                        struct pm_trap_texts *t)
{
    const struct pm_module *module = &console->image->module;
    struct pm_stale_sites sites;
    struct pm_fixed fixed;
    struct pm_buf buf;

    pm_fixed_init(&fixed, &buf, t->message, sizeof t->message);
    put_record(record, &buf);
    pm_vm_stale_sites(console->vm, &sites);
    if (sites.has_created)
        put_site(module, "created", &sites.created, &buf);
    if (sites.has_ended)
        put_site(module, "ended", &sites.ended, &buf);
    pm_fixed_end(&fixed, &buf);
}

const struct pm_trap_info *pm_machine_trap(struct pm_machine *machine)
{
    struct pm_console *console = machine->console;
    const struct pm_trap_record *record =
        console ? pm_vm_trap(console->vm) : NULL;
    struct pm_stack_entry stack[PM_TRAP_STACK_LISTED];
    struct pm_trap_texts *t = &machine->trap;

    if (!record)
        return NULL;
    const struct pm_module *module = &console->image->module;
    size_t depth = pm_vm_call_stack(console->vm, stack, PM_TRAP_STACK_LISTED);
    size_t count = depth < PM_TRAP_STACK_LISTED ? depth : PM_TRAP_STACK_LISTED;
    for (size_t i = 0; i < count; i++)
        find_place(module, &stack[i], t, i);
    put_message(console, record, t);
    print_instruction(module, record, t);
    t->info = (struct pm_trap_info){.code = (pm_trap_code)record->code,
                                    .message = t->message,
                                    .instruction = t->instruction,
                                    .opcode = record->opcode,
                                    .stack = t->places,
                                    .count = count,
                                    .depth = depth};
    return &t->info;
}
