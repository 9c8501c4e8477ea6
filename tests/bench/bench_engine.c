// SPDX-License-Identifier: MIT
//
// Compares the engine with Lua 5.4 on the programs of tests/bench/works, and
// what the compiler makes of NAME.pbs with the hand-written NAME.pasm.
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

#include <prometeu/compile.h>

#include "support/guest.h"

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

static void fail(const char *name, const char *what)
{
    fprintf(stderr, "bench_engine: %s: %s\n", name, what);
    exit(1);
}

static void read_file(const char *name, const char *ending, struct pm_buf *out)
{
    char path[1024];
    char bytes[4096];
    size_t size;
    snprintf(path, sizeof path, "%s/%s.%s", WORKS, name, ending);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail(name, "there is no such work");
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        pm_buf_put(out, bytes, size);
    fclose(file);
}

// Takes NAME.pbs's place by its module.
static void compile(const char *name, struct pm_buf *text)
{
    struct pm_compiler *compiler;
    struct pm_compile_options options = {
        .name = name, .with_tests = true, .test = "work"};
    const struct pm_compile_result *result;

    if (pm_compiler_create(NULL, &compiler) ||
        pm_compiler_set_file(compiler, "work.pbs", (const char *)text->data,
                             text->size))
        fail(name, "no memory");
    if (pm_compiler_build(compiler, &options, &result) || !result->module) {
        for (size_t i = 0; i < result->count; i++)
            fprintf(stderr, "%s:%u: %s\n", result->diags[i].place.file,
                    result->diags[i].place.line, result->diags[i].text);
        fail(name, "does not compile");
    }
    text->size = 0;
    pm_buf_put(text, result->module, result->module_size);
    pm_compiler_destroy(compiler);
}

static void load(const char *name, bool is_compiled,
                 const struct options *options, struct pm_test_guest *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_test_guest_config config = {.dispatch = options->dispatch,
                                          .memory_size = 16 << 20};
    struct pm_buf text;

    pm_buf_init(&text, &alloc);
    read_file(name, is_compiled ? "pbs" : "pasm", &text);
    if (is_compiled)
        compile(name, &text);
    if (!pm_test_guest_open(out, (const char *)text.data, text.size, name,
                            &config))
        fail(name, "does not load");
    pm_buf_free(&text);
}

static double processor_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double run_engine(const char *name, struct pm_test_guest *guest,
                         const char *global, int64_t *checksum)
{
    if (pm_vm_reset(guest->vm))
        fail(name, "the machine cannot be reset");
    double from = processor_time();
    pm_vm_result result = pm_test_guest_finish(guest, BUDGET, SIZE_MAX);
    double seconds = processor_time() - from;
    if (result != PM_VM_HALTED)
        fail(name, "does not come to its end");
    *checksum = (int64_t)pm_test_guest_global(guest, global);
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
    struct pm_test_guest guest;
    struct pm_test_guest compiled;
    static struct figures ours;
    static struct figures pbs;
    static struct figures lua;

    load(name, false, options, &guest);
    load(name, true, options, &compiled);
    for (int i = 0; i < options->rounds; i++) {
        ours.seconds[i] = run_engine(name, &guest, "result", &ours.checksum);
        pbs.seconds[i] = run_engine(name, &compiled, "result", &pbs.checksum);
        if (pbs.checksum != ours.checksum)
            fail(name, "compiled it does something else");
        lua.checksum = ours.checksum;
        lua.seconds[i] = 0;
        if (options->has_lua)
            lua.seconds[i] = run_lua(name, &lua.checksum);
    }
    double cycles = (double)pm_vm_cycles(guest.vm);
    double pbs_cycles = (double)pm_vm_cycles(compiled.vm);
    pm_test_guest_close(&guest);
    pm_test_guest_close(&compiled);
    double pbs_time = median(pbs.seconds, options->rounds);
    double time = median(ours.seconds, options->rounds);
    double lua_time = median(lua.seconds, options->rounds);
    printf("%-12s %9.1f %9.1f %8.2f %10.0f %9.1f %8.2f %8.2f  %s\n", name,
           time * 1e3, lua_time * 1e3, lua_time / time, cycles / time * 1e-6,
           pbs_time * 1e3, pbs_time / time, pbs_cycles / cycles,
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
    printf("%-12s %9s %9s %8s %10s %9s %8s %8s  %s\n", "work", "ms", "Lua ms",
           "Lua/our", "Mcycles/s", "PBS ms", "PBS/our", "cycles", "checksum");
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
