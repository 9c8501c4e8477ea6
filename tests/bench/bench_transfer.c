// SPDX-License-Identifier: MIT
//
// What byte transfers cost: 16 bytes from and to an embedder's domain in
// memory, a file of /scratch and the memory card, through the dispatcher
// alone and from a program's loop; 16 bytes from a mounted directory's file,
// beside pread; large reads beside memcpy. The best of some rounds counts, and
// beside pread the median of what a round differs by.
#define _GNU_SOURCE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "hosts/common/directory.h"
#include "measure.h"
#include "support/domain_battery.h"

#define ROUNDS  9
#define CALLS   200000
#define LARGE   65536u
#define CONTENT (1u << 20)
// Goals: nanoseconds a small transfer, and share of memcpy's speed.
#define MOST_NS    40.0
#define LEAST_RATE 0.95

struct target {
    const char *label;
    const char *global; // of the handle; NULL: slot 0
    const char *module;
    const char *read;
    const char *write;
    uint32_t content;
    uint32_t large;
};

static const struct target targets[] = {
    {"memory", "h", "box", "read", "write", CONTENT, LARGE},
    {"/scratch", "file", "fs", "read", "write", CONTENT, LARGE},
    {"card", NULL, "mem", "slot_read", "slot_write", PM_CARD_SLOT_SIZE,
     PM_CARD_SLOT_SIZE},
};

// Opened by each program, and mounted.
static const struct target host_file = {"/host", "host_file", "fs", "read",
                                        NULL,    0,           0};

static struct pm_mount mount = {.name = "bench"};
static int host_fd;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

// --- programs ----------------------------------------------------------------

static void put_head(struct pm_battery_text *text)
{
    static const char *const card[] = {"slot_read", "slot_write",
                                       "slot_commit"};
    const struct pm_domain_row *box =
        pm_domains_find(pm_battery_catalog(), "box");
    const struct pm_domain_row *file =
        pm_domains_find(pm_battery_catalog(), "file");

    pm_text_init(text);
    pm_text_declare(text, box);
    pm_text_declare(text, file);
    for (size_t i = 0; i < PM_ARRAY_LEN(card); i++)
        pm_text_declare_call(text, pm_battery_call("mem", card[i]));
    pm_text_globals(text, box);
    pm_text_put(text,
                ".global file: state \"file\", left: i64\n"
                ".global host_file: state \"file\"\n"
                ".func main ()\n    push_i64 %u\n    bytes_new\n"
                "    set_global buffer\n",
                (unsigned)CONTENT);
    pm_text_create(text, box, "h");
    pm_text_create(text, file, "file");
    pm_text_put(text, "    push_const \"/host/bench/file\"\n    push_i64 1\n"
                      "    hostcall fs.open\n    set_global host_file\n"
                      "    set_global status\n");
    pm_text_call(text, pm_battery_call("fs", "write"), "get_global file");
    pm_text_call(text, pm_battery_call("mem", "slot_write"), "");
    pm_text_call(text, pm_battery_call("mem", "slot_commit"), "");
    pm_text_put(text, "    frame_sync\n");
}

static void put_nothing(struct pm_battery_text *text)
{
    pm_text_put(text, "    get_global h\n    push_i64 0\n"
                      "    get_global buffer\n    push_i64 0\n"
                      "    push_i64 16\n    pop\n    pop\n    pop\n    pop\n"
                      "    pop\n");
}

// A loop of CALLS transfers, or of none where [call] is NULL.
static void write_loop(struct pm_battery_text *text,
                       const struct target *target,
                       const struct pm_call_decl *call)
{
    char push[40] = "";

    if (target->global)
        snprintf(push, sizeof push, "get_global %s", target->global);
    put_head(text);
    pm_text_put(text, "    push_i64 %d\n    set_global left\nmore:\n", CALLS);
    if (call)
        pm_text_call(text, call, push);
    else
        put_nothing(text);
    pm_text_put(text, "    get_global left\n    push_i64 1\n    sub\n"
                      "    set_global left\n    get_global left\n"
                      "    push_i64 0\n    gt\n    jmp_if_true more\n"
                      "    halt\n");
    pm_text_end(text);
}

static void open_machine(struct pm_battery *b,
                         const struct pm_battery_text *text)
{
    struct pm_battery_config config = {
        .profile = "ADVANCED", .mounts = &mount, .mount_count = 1};
    struct pm_allocator alloc = pm_allocator_libc();

    memset(b, 0, sizeof *b);
    PM_CHECK(pm_battery_open_over(b, text, &config, &alloc));
    PM_CHECK(pm_battery_frame(b) == PM_TICK_FRAME);
}

static void close_machine(struct pm_battery *b)
{
    pm_machine_destroy(b->machine);
    pm_test_cart_free(&b->cart);
}

static double time_loop(const struct target *target,
                        const struct pm_call_decl *call)
{
    struct pm_battery_text text;
    double best = 1e18;

    write_loop(&text, target, call);
    for (int i = 0; i < ROUNDS; i++) {
        struct pm_battery b;
        open_machine(&b, &text);
        double from = now();
        enum pm_tick_result result = pm_battery_run(&b, 100000);
        double time = now() - from;
        PM_CHECK(result == PM_TICK_HALTED);
        best = time < best ? time : best;
        close_machine(&b);
    }
    pm_text_free(&text);
    return best / CALLS;
}

// --- the dispatcher alone ----------------------------------------------------

struct direct {
    struct pm_battery b;
    struct pm_battery_text text;
    struct pm_vm *vm;
    struct pm_call_entry entry;
    uint64_t handle;
    uint64_t buffer;
};

static void point_at(struct direct *d, const struct target *target,
                     const struct pm_call_decl *call)
{
    const struct pm_console *console = d->b.machine->console;

    for (size_t i = 0; i < console->call_count; i++)
        if (console->calls[i].decl->id == call->id)
            d->entry = console->entries[i];
    d->vm = console->vm;
    d->handle = target->global ? *pm_battery_global(&d->b, target->global) : 0;
    d->buffer = *pm_battery_global(&d->b, "buffer");
}

static void move(struct direct *d, uint64_t offset, uint64_t max)
{
    uint64_t args[PM_CALL_MAX_PARAMS] = {d->handle, offset, d->buffer, 0, max};

    PM_CHECK(!d->entry.run(d->entry.context, d->vm, args) && args[0] == 0 &&
             args[1] == max);
}

static void open_direct(struct direct *d)
{
    put_head(&d->text);
    pm_text_put(&d->text, "more:\n    frame_sync\n    jmp more\n");
    pm_text_end(&d->text);
    open_machine(&d->b, &d->text);
}

static double time_calls(struct direct *d)
{
    double best = 1e18;

    for (int i = 0; i < ROUNDS; i++) {
        double from = now();
        for (int k = 0; k < CALLS; k++)
            move(d, 0, 16);
        double time = now() - from;
        best = time < best ? time : best;
    }
    return best / CALLS;
}

// --- beside pread ------------------------------------------------------------

#define PAIRS 401

static double time_preads(int times)
{
    static uint8_t bytes[16];
    double from = now();

    for (int k = 0; k < times; k++)
        PM_CHECK(pread(host_fd, bytes, sizeof bytes, 0) == sizeof bytes);
    return (now() - from) / times;
}

// Through the dispatcher.
static double over_pread_alone(struct direct *d)
{
    double more[PAIRS];

    point_at(d, &host_file, pm_battery_call("fs", "read"));
    for (int i = 0; i < PAIRS; i++) {
        double plain = time_preads(500);
        double from = now();
        for (int k = 0; k < 500; k++)
            move(d, 0, 16);
        more[i] = (now() - from) / 500 - plain;
    }
    return bench_median(more, PAIRS);
}

// From a program's loop, a tick at a time.
static double over_pread_in_loop(double empty)
{
    struct pm_battery_text text;
    double more[PAIRS];
    int pairs = 0;

    write_loop(&text, &host_file, pm_battery_call("fs", "read"));
    while (pairs < PAIRS) {
        struct pm_battery b;
        open_machine(&b, &text);
        for (bool ends = false; !ends && pairs < PAIRS; pairs++) {
            double plain = time_preads(500);
            uint64_t left = *pm_battery_global(&b, "left");
            double from = now();
            ends = pm_battery_run(&b, 1) >= PM_TICK_HALTED;
            double time = now() - from;
            double calls = (double)(left - *pm_battery_global(&b, "left"));
            more[pairs] = time / calls - plain - empty;
        }
        close_machine(&b);
    }
    pm_text_free(&text);
    return bench_median(more, PAIRS);
}

static void print_host(struct direct *d, double empty)
{
    double alone = over_pread_alone(d);
    double loop = over_pread_in_loop(empty);

    printf("%-9s %-10s %+8.1f %+8.1f   %s (more than pread)\n", host_file.label,
           host_file.read, alone, loop, loop <= MOST_NS ? "met" : "MISSED");
}

static struct pm_host_directory *make_mount(char *base)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_host_directory *directory;
    char path[64];
    static const char bytes[4096];

    PM_CHECK(mkdtemp(base));
    snprintf(path, sizeof path, "%s/file", base);
    host_fd = open(path, O_RDWR | O_CREAT, 0666);
    PM_CHECK(write(host_fd, bytes, sizeof bytes) == sizeof bytes);
    PM_CHECK(!pm_host_directory_open(pm_os_system(), &alloc, base, &directory,
                                     NULL));
    mount.directory = pm_host_directory_seam(directory);
    return directory;
}

static void remove_mount(struct pm_host_directory *directory, const char *base)
{
    char path[64];

    pm_host_directory_close(directory);
    close(host_fd);
    snprintf(path, sizeof path, "%s/file", base);
    unlink(path);
    rmdir(base);
}

// --- large reads -------------------------------------------------------------

// Where memcpy copies from: where the domain's bytes lie or, where a volume
// keeps them in pieces, what was allocated like them.
static const uint8_t *source_of(struct direct *d, const struct target *target)
{
    static uint8_t *other;
    const struct pm_domain_row *box =
        pm_domains_find(pm_battery_catalog(), "box");
    size_t size;

    if (strcmp(target->module, "box") == 0)
        return pm_sample_box_bytes(pm_battery_set(&d->b, box)->places[0].host,
                                   &size);
    if (!other) {
        other = malloc(CONTENT);
        PM_CHECK(other);
        memset(other, 1, CONTENT);
    }
    return other;
}

static void fill(struct direct *d, const struct target *target)
{
    const struct pm_domain_row *box =
        pm_domains_find(pm_battery_catalog(), "box");

    if (!target->global) {
        uint64_t args[PM_CALL_MAX_PARAMS] = {0};
        point_at(d, target, pm_battery_call("mem", "slot_write"));
        move(d, 0, target->content);
        PM_CHECK(!pm_battery_enter(&d->b, pm_battery_call("mem", "slot_commit"),
                                   args, NULL));
    } else if (strcmp(target->module, "box") == 0) {
        PM_CHECK(pm_sample_box_fill(&d->b.sample,
                                    pm_battery_set(&d->b, box)->places[0].host,
                                    target->content));
    } else {
        point_at(d, target, pm_battery_call("fs", "write"));
        move(d, 0, target->content);
    }
}

static double time_large(struct direct *d, const struct target *target)
{
    double from = now();

    for (int k = 0; k < 4; k++)
        for (uint32_t at = 0; at < target->content; at += target->large)
            move(d, at, target->large);
    return now() - from;
}

// Into the same buffer.
static double time_memcpy(struct direct *d, const struct target *target,
                          const uint8_t *source)
{
    uint8_t *to = pm_object_bytes(pm_heap_at(pm_vm_heap(d->vm), d->buffer));
    double from = now();

    for (int k = 0; k < 4; k++)
        for (uint32_t at = 0; at < target->content; at += target->large) {
            memcpy(to, source + at, target->large);
            // The copy is not to be left out.
            __asm__ volatile("" ::"r"(to) : "memory");
        }
    return now() - from;
}

// Speed of large reads as a share of memcpy's. Both in turn, so that what
// else the machine does hits both.
static double rate_of(struct direct *d, const struct target *target)
{
    double ours = 1e18;
    double theirs = 1e18;

    fill(d, target);
    const uint8_t *source = source_of(d, target);
    point_at(d, target, pm_battery_call(target->module, target->read));
    for (int i = 0; i < ROUNDS * 20; i++) {
        double time = time_large(d, target);
        ours = time < ours ? time : ours;
        time = time_memcpy(d, target, source);
        theirs = time < theirs ? time : theirs;
    }
    return theirs / ours;
}

// --- figures -----------------------------------------------------------------

static void print_small(struct direct *d, const struct target *target,
                        const char *name, double empty)
{
    const struct pm_call_decl *call = pm_battery_call(target->module, name);

    point_at(d, target, call);
    double alone = time_calls(d);
    double loop = time_loop(target, call) - empty;
    printf("%-9s %-10s %8.1f %8.1f   %s\n", target->label, name, alone, loop,
           loop <= MOST_NS ? "met" : "MISSED");
}

int main(void)
{
    struct direct d;
    char base[] = "/tmp/pm-bench-XXXXXX";
    struct pm_host_directory *directory = make_mount(base);
    double empty = time_loop(&targets[0], NULL);

    open_direct(&d);
    printf("16 bytes, nanoseconds a call; loop: over the loop without it, "
           "%.1f; goal %.0f\n",
           empty, MOST_NS);
    printf("%-9s %-10s %8s %8s\n", "", "call", "alone", "loop");
    for (size_t i = 0; i < PM_ARRAY_LEN(targets); i++) {
        print_small(&d, &targets[i], targets[i].read, empty);
        print_small(&d, &targets[i], targets[i].write, empty);
    }
    print_host(&d, empty);
    printf("large reads, share of memcpy's speed; goal %.2f\n", LEAST_RATE);
    for (size_t i = 0; i < PM_ARRAY_LEN(targets); i++) {
        double rate = rate_of(&d, &targets[i]);
        printf("%-9s %u KiB %14.2f            %s\n", targets[i].label,
               targets[i].large / 1024, rate,
               rate >= LEAST_RATE ? "met" : "MISSED");
    }
    close_machine(&d.b);
    pm_text_free(&d.text);
    remove_mount(directory, base);
    return 0;
}
