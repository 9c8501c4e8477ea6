// SPDX-License-Identifier: MIT
//
// Compares the engine with Lua 5.4 on the programs of tests/bench/works.
//
//   bench_engine [--rounds N] [--dispatch tail|goto|switch] [--no-lua]
//                [WORK...]
//
// The two run in turn, Lua as a child process, both on processor time; the
// median of the rounds counts. Works whose checksums differ make it fail
// (exit code 1). PM_LUA names the interpreter, "lua5.4" if it is not set.

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "asm/asm.h"
#include "base/mem.h"
#include "link/link.h"
#include "vm/vm.h"

#define WORKS      PM_SOURCE_DIR "/tests/bench/works"
#define MAX_ROUNDS 99
#define MAX_WORKS  64
// A frame's worth of the largest profile, so that the price of coming back
// to the host is in the figures.
#define BUDGET 4000000

struct options {
    int rounds;
    pm_dispatch dispatch;
    bool has_lua;
    char **names;
    int name_count;
};

struct figures {
    double seconds[MAX_ROUNDS];
    int64_t checksum;
};

// --- the engine --------------------------------------------------------------

static const struct pm_call_decl nop_decl = {
    .id = PM_CALL_FIRST_EMBEDDER_ID + 1,
    .module = "bench",
    .name = "nop",
    .version = 1,
    .price = 10,
    .params = {{.name = "value",
                .type = PM_VALUE_INT,
                .least = INT64_MIN,
                .greatest = INT64_MAX}},
    .results = {{.name = "value", .type = PM_VALUE_INT}},
    .param_count = 1,
    .result_count = 1,
    .meaning = "gives its argument back",
};

static pm_trap_code nop(void *context, struct pm_vm *vm, uint64_t *args)
{
    (void)context;
    (void)vm;
    (void)args;
    return PM_TRAP_NONE;
}

static struct pm_call_entry no_intrinsic(void *context, uint32_t id)
{
    (void)context;
    (void)id;
    return (struct pm_call_entry){NULL, NULL};
}

static void fail(const char *name, const char *what)
{
    fprintf(stderr, "bench_engine: %s: %s\n", name, what);
    exit(1);
}

static void read_file(const char *name, struct pm_buf *out)
{
    char path[1024];
    char bytes[4096];
    size_t size;
    snprintf(path, sizeof path, "%s/%s.pasm", WORKS, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail(name, "there is no such work");
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        pm_buf_put(out, bytes, size);
    fclose(file);
}

static _Noreturn void fail_with(const char *name, const struct pm_diags *diags)
{
    struct pm_buf text;
    pm_buf_init(&text, &diags->alloc);
    pm_diags_print(diags, &text);
    fputs(pm_buf_cstr(&text), stderr);
    fail(name, "does not load");
    abort();
}

// A work that is ready to run.
struct program {
    struct pm_buf bytes;
    struct pm_registry registry;
    struct pm_image *image;
    struct pm_call_entry entry;
    struct pm_vm *vm;
    uint32_t result;
};

static void assemble_and_link(const char *name,
                              const struct pm_allocator *alloc,
                              struct program *out)
{
    struct pm_diags diags;
    struct pm_buf text;
    struct pm_module module;
    struct pm_link_config config = {.registry = &out->registry};

    pm_diags_init(&diags, alloc);
    pm_buf_init(&text, alloc);
    pm_buf_init(&out->bytes, alloc);
    pm_registry_init(&out->registry, alloc);
    read_file(name, &text);
    if (pm_registry_add(&out->registry, &nop_decl) ||
        pm_assemble((const char *)text.data, text.size, name, NULL, alloc,
                    &diags, &out->bytes) ||
        pm_module_read(out->bytes.data, out->bytes.size, name, alloc, &diags,
                       &module) ||
        pm_link(&module, &config, alloc, &diags, &out->image))
        fail_with(name, &diags);
    pm_buf_free(&text);
    pm_diags_free(&diags);
}

static uint32_t find_result(const char *name, const struct pm_module *module)
{
    for (uint32_t i = 0; i < module->global_count; i++)
        if (module->globals[i].name.size == 6 &&
            memcmp(module->globals[i].name.data, "result", 6) == 0)
            return i;
    fail(name, "has no global \"result\"");
    return 0;
}

static void load(const char *name, const struct options *options,
                 const struct pm_allocator *alloc, struct program *out)
{
    assemble_and_link(name, alloc, out);
    out->entry = (struct pm_call_entry){nop, NULL};
    struct pm_vm_config config = {
        .memory_size = 16 << 20,
        .stack_slots = 1 << 16,
        .coroutine_slots = 1024,
        .call_depth = 4096,
        .coroutines = 16,
        .dispatch = options->dispatch,
        .calls = &out->entry,
        .find_intrinsic = no_intrinsic,
    };
    if (pm_vm_create(alloc, &config, out->image, &out->vm))
        fail(name, "the machine cannot be made");
    out->result = find_result(name, &out->image->module);
}

static void unload(struct program *program)
{
    pm_vm_destroy(program->vm);
    pm_image_free(program->image);
    pm_registry_free(&program->registry);
    pm_buf_free(&program->bytes);
}

static double processor_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double run_engine(const char *name, struct program *program,
                         int64_t *checksum)
{
    pm_vm_result result;

    if (pm_vm_reset(program->vm))
        fail(name, "the machine cannot be reset");
    double from = processor_time();
    do
        result = pm_vm_run(program->vm, BUDGET);
    while (result == PM_VM_BUDGET || result == PM_VM_FRAME);
    double seconds = processor_time() - from;
    if (result == PM_VM_TRAPPED)
        fail(name, pm_vm_trap(program->vm)->message);
    *checksum = (int64_t)*pm_vm_global(program->vm, program->result);
    return seconds;
}

// --- Lua ---------------------------------------------------------------------

static const char *lua_name(void)
{
    const char *name = getenv("PM_LUA");
    return name ? name : "lua5.4";
}

static double time_of(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec * 1e-6;
}

static pid_t start_lua(const char *name, int *out)
{
    char path[1024];
    int ends[2];
    snprintf(path, sizeof path, "%s/%s.lua", WORKS, name);
    if (pipe(ends))
        fail(name, "no pipe");
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execlp(lua_name(), lua_name(), path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    *out = ends[0];
    return child;
}

static double run_lua(const char *name, int64_t *checksum)
{
    char text[64] = "";
    size_t size = 0;
    ssize_t got;
    int status;
    int from;
    struct rusage usage;

    pid_t child = start_lua(name, &from);
    while (size < sizeof text - 1 &&
           (got = read(from, text + size, sizeof text - 1 - size)) > 0)
        size += (size_t)got;
    close(from);
    if (wait4(child, &status, 0, &usage) < 0 || status != 0)
        fail(name, "Lua did not run it; is lua5.4 installed?");
    *checksum = strtoll(text, NULL, 10);
    return time_of(&usage.ru_utime) + time_of(&usage.ru_stime);
}

// --- figures -----------------------------------------------------------------

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

// Gives the ratio of the two, or 0 when the checksums differ.
static double run_work(const char *name, const struct options *options)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct program program;
    static struct figures ours;
    static struct figures lua;

    load(name, options, &alloc, &program);
    for (int i = 0; i < options->rounds; i++) {
        ours.seconds[i] = run_engine(name, &program, &ours.checksum);
        lua.checksum = ours.checksum;
        lua.seconds[i] = 0;
        if (options->has_lua)
            lua.seconds[i] = run_lua(name, &lua.checksum);
    }
    double cycles = (double)pm_vm_cycles(program.vm);
    unload(&program);
    double time = median(ours.seconds, options->rounds);
    double lua_time = median(lua.seconds, options->rounds);
    printf("%-12s %9.1f %9.1f %8.2f %10.0f  %s\n", name, time * 1e3,
           lua_time * 1e3, lua_time / time, cycles / time * 1e-6,
           ours.checksum == lua.checksum ? "same" : "DIFFERS");
    fflush(stdout);
    if (ours.checksum != lua.checksum) {
        printf("  found %" PRId64 ", Lua %" PRId64 "\n", ours.checksum,
               lua.checksum);
        return 0;
    }
    return options->has_lua ? lua_time / time : 1;
}

// --- command line ------------------------------------------------------------

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_work(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".pasm") == 0;
}

// The names of all works, in [names], which has room for MAX_WORKS.
static int find_works(char **names)
{
    struct dirent **entries;
    int count = scandir(WORKS, &entries, is_work, by_name);
    if (count <= 0 || count > MAX_WORKS)
        fail(WORKS, "holds no works");
    for (int i = 0; i < count; i++) {
        names[i] = strdup(entries[i]->d_name);
        *strrchr(names[i], '.') = 0;
        free(entries[i]);
    }
    free(entries);
    return count;
}

static pm_dispatch parse_dispatch(const char *name)
{
    for (int form = PM_DISPATCH_TAIL; form <= PM_DISPATCH_SWITCH; form++)
        if (strcmp(name, pm_dispatch_name((pm_dispatch)form)) == 0 &&
            pm_dispatch_is_available((pm_dispatch)form))
            return (pm_dispatch)form;
    fail(name, "this build has no such dispatch form");
    return PM_DISPATCH_AUTO;
}

static struct options parse(int argc, char **argv)
{
    struct options options = {.rounds = 5, .has_lua = true};
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--no-lua") == 0)
            options.has_lua = false;
        else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            options.rounds = atoi(argv[++i]);
        else if (strcmp(argv[i], "--dispatch") == 0 && i + 1 < argc)
            options.dispatch = parse_dispatch(argv[++i]);
        else
            fail(argv[i], "--rounds N, --dispatch FORM, --no-lua, WORK...");
    }
    if (options.rounds < 1 || options.rounds > MAX_ROUNDS)
        fail("--rounds", "from 1 to 99");
    options.names = argv + i;
    options.name_count = argc - i;
    return options;
}

int main(int argc, char **argv)
{
    static char *all[MAX_WORKS];
    struct options options = parse(argc, argv);
    double sum = 0;
    int bad = 0;

    if (options.name_count == 0) {
        options.names = all;
        options.name_count = find_works(all);
    }
    printf("dispatch %s, %d rounds, medians of processor time\n",
           pm_dispatch_name(options.dispatch), options.rounds);
    printf("%-12s %9s %9s %8s %10s  %s\n", "work", "ms", "Lua ms", "Lua/our",
           "Mcycles/s", "checksum");
    for (int i = 0; i < options.name_count; i++) {
        double ratio = run_work(options.names[i], &options);
        if (ratio > 0)
            sum += log(ratio);
        else
            bad++;
    }
    int good = options.name_count - bad;
    printf("geometric mean of %d: %.2f times as fast as Lua\n", good,
           good ? exp(sum / good) : 0);
    return bad != 0;
}
