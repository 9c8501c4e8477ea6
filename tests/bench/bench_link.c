// SPDX-License-Identifier: MIT
//
// How long it takes to make a program ready to run, per wire instruction:
// reading the module, verifying it, translating it.
#include <stdio.h>
#include <time.h>

#include "asm/asm.h"
#include "link/link.h"

#define FUNCTIONS 2000
#define ROUNDS    7

// A function of the shape that compilers make: a loop, branches, a call,
// fields and bytes.
static void put_function(struct pm_buf *text, int number)
{
    pm_buf_printf(text,
                  ".func f%d(p: Point, b: bytes, n: i64) -> i64\n"
                  ".local i: i64, sum: i64\n"
                  "push_i64 0\nset_local sum\npush_i64 0\nset_local i\n"
                  "jmp test\n"
                  "body:\nget_local b\nget_local i\nload8\nto_i64\n"
                  "push_i64 %d\nlt\njmp_if_false other\n"
                  "get_local sum\nget_local i\npush_i64 3\nmul\nadd\n"
                  "set_local sum\njmp next\n"
                  "other:\nget_local p\nget_local p\nget_field Point.x\n"
                  "push_f64 0.5\nmul\nset_field Point.x\n"
                  "get_local sum\npush_i64 7\nxor\nset_local sum\n"
                  "next:\nget_local i\npush_i64 1\nadd\nset_local i\n"
                  "test:\nget_local i\nget_local n\nlt\njmp_if_true body\n"
                  "get_local p\nget_local b\nget_local n\npush_i64 1\nshr\n"
                  "call f%d\nget_local sum\nadd\nret\n.end\n",
                  number, number % 200, (number + 1) % FUNCTIONS);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t count_instructions(const struct pm_module *module)
{
    struct pm_instruction instruction;
    size_t count = 0;
    for (uint32_t f = 0; f < module->function_count; f++)
        for (uint32_t at = 0;
             pm_instruction_decode(&module->functions[f], at, &instruction);
             at += instruction.size)
            count++;
    return count;
}

int main(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_diags diags;
    struct pm_buf text;
    struct pm_buf bytes;
    double best_read = 1e9;
    double best_link = 1e9;
    size_t instructions = 0;

    pm_registry_init(&registry, &alloc);
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&text, &alloc);
    pm_buf_init(&bytes, &alloc);
    pm_buf_puts(&text, ".type Point = record { x: f64, y: f64 }\n"
                       ".func main()\nret\n.end\n");
    for (int i = 0; i < FUNCTIONS; i++)
        put_function(&text, i);
    double from = seconds();
    if (pm_assemble((const char *)text.data, text.size, "bench.pasm", NULL,
                    &alloc, &diags, &bytes)) {
        fprintf(stderr, "bench_link: %s\n", diags.items[0].text);
        return 1;
    }
    double assembled = seconds() - from;
    for (int round = 0; round < ROUNDS; round++) {
        struct pm_module module;
        struct pm_image *image;
        struct pm_link_config config = {.registry = &registry};
        from = seconds();
        if (pm_module_read(bytes.data, bytes.size, NULL, &alloc, &diags,
                           &module))
            return 1;
        double read = seconds() - from;
        instructions = count_instructions(&module);
        from = seconds();
        if (pm_link(&module, &config, &alloc, &diags, &image))
            return 1;
        double link = seconds() - from;
        pm_image_free(image);
        best_read = read < best_read ? read : best_read;
        best_link = link < best_link ? link : best_link;
    }
    printf("%zu wire instructions, %zu bytes; best of %d, processor time\n",
           instructions, bytes.size, ROUNDS);
    printf("assemble          %6.1f ns an instruction\n",
           assembled * 1e9 / (double)instructions);
    printf("read              %6.1f ns an instruction\n",
           best_read * 1e9 / (double)instructions);
    printf("verify, translate %6.1f ns an instruction (wanted: 100 at most)\n",
           best_link * 1e9 / (double)instructions);
    pm_buf_free(&bytes);
    pm_buf_free(&text);
    pm_diags_free(&diags);
    pm_registry_free(&registry);
    return 0;
}
