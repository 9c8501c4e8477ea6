// SPDX-License-Identifier: MIT
//
// Host calls and stateful domains of an embedder's own (docs/spec/domains.md).
//
// A host call is (module, name, version). Its declaration states what it
// takes, gives, costs and needs; the linker and the dispatcher check what is
// stated, before the call's function runs, so that the function never
// repeats it. A domain is one kind of thing that a program can hold: a file,
// a lamp, a motor. What the program holds is a HeapRef<State<domain>>, an
// object on the machine's heap, never a number that stands for a host's
// object; a handle that is left over after the end is stale and traps.
//
// The console's own calls and domains are made with the same means.
// examples/embed has a whole host with a domain of its own.

#ifndef PROMETEU_DOMAIN_H
#define PROMETEU_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/status.h>
#include <prometeu/trap.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PM_CALL_MAX_PARAMS = 12,
    PM_CALL_MAX_RESULTS = 8,
    // Ids of an embedder's calls begin here.
    PM_CALL_FIRST_EMBEDDER_ID = 0x8000,
    // Capability bits of an embedder's own begin here.
    PM_CAP_FIRST_EMBEDDER_BIT = 16,
    PM_DOMAIN_MAX_PAYLOAD = 4096,
    PM_DOMAIN_MAX_LIVE = 65536,
    // Greatest window of one byte transfer.
    PM_TRANSFER_MAX = 1 << 20,
};

// --- declarations ------------------------------------------------------------

typedef enum pm_value_type {
    PM_VALUE_INT = 1, // i64
    PM_VALUE_BOOL,
    PM_VALUE_STR,
    PM_VALUE_BYTES,
    PM_VALUE_STATE,
    PM_VALUE_F64,
} pm_value_type;

// A parameter or result.
struct pm_value_decl {
    const char *name;
    pm_value_type type;
    const char *domain; // STATE: the domain's name
    int64_t least;      // INT parameters: the range; outside it the call
    int64_t greatest;   // traps INVALID_ARGUMENT
};

typedef enum pm_call_class {
    PM_CALL_DETERMINISTIC = 0,
    // Results come from outside the machine: a recording keeps them.
    PM_CALL_RECORDED = 1,
} pm_call_class;

// Which of a domain's four verbs a call belongs to.
typedef enum pm_verb {
    PM_VERB_NONE = 0,
    // First result status, second the new object. The other results are
    // neutral (0, false, null) unless the status is 0, here and everywhere.
    PM_VERB_CREATE,
    // Changes nothing that another call can observe.
    PM_VERB_READ,
    // Changes all of what it says or nothing.
    PM_VERB_UPDATE,
    // Ends the object at once, whatever the status says: every handle to it
    // is stale from then on.
    PM_VERB_DESTROY,
} pm_verb;

// How a call's arguments are taken.
typedef enum pm_call_form {
    PM_FORM_PLAIN = 0,
    // (handle, host_offset, dst, dst_offset, max) -> (status, transferred,
    // eof) and (handle, host_offset, src, src_offset, max) -> (status,
    // transferred): a byte transfer, checked and staged by one module for all
    // domains (docs/spec/transfer.md).
    PM_FORM_READ,
    PM_FORM_WRITE,
} pm_call_form;

// All texts must live as long as the machine.
struct pm_call_decl {
    uint32_t id; // an embedder's: from PM_CALL_FIRST_EMBEDDER_ID on
    const char *module;
    const char *name;
    uint32_t version;
    // Bits of capabilities that it needs; 0: none.
    uint32_t capability;
    pm_call_class call_class;
    pm_verb verb;       // NONE: of no domain
    const char *domain; // with a verb: whose
    pm_call_form form;
    // It may allocate on the guest's heap: create calls and those that give
    // strings always do.
    bool may_allocate;
    // It waits for a device: the tick ends with it, whatever comes of it.
    bool waits;
    // It waits at times, and ends the tick by pm_call_end_tick when it does.
    bool may_wait;
    // Cycles; and per 16 bytes, begun ones counted whole, of the call's
    // length: a transfer's max, else the sum of its strings and buffers.
    uint32_t price;
    uint32_t price16;
    struct pm_value_decl params[PM_CALL_MAX_PARAMS];
    struct pm_value_decl results[PM_CALL_MAX_RESULTS];
    uint8_t param_count;
    uint8_t result_count;
    const char *meaning; // one sentence
};

// Rows of a declaration, to be read as what they stand for:
//
//     .decl = {..., PM_PARAMS(PM_OBJECT("lamp"), PM_INT("percent", 0, 100)),
//              PM_RESULTS(PM_STATUS_RESULT)}
#define PM_INT(name, least, greatest)                                          \
    {                                                                          \
        name, PM_VALUE_INT, NULL, least, greatest                              \
    }
#define PM_BOOL(name)                                                          \
    {                                                                          \
        name, PM_VALUE_BOOL, NULL, 0, 1                                        \
    }
#define PM_F64(name)                                                           \
    {                                                                          \
        name, PM_VALUE_F64, NULL, 0, 0                                         \
    }
#define PM_STR(name)                                                           \
    {                                                                          \
        name, PM_VALUE_STR, NULL, 0, 0                                         \
    }
#define PM_BYTES(name)                                                         \
    {                                                                          \
        name, PM_VALUE_BYTES, NULL, 0, 0                                       \
    }
#define PM_OBJECT(domain)                                                      \
    {                                                                          \
        domain, PM_VALUE_STATE, domain, 0, 0                                   \
    }
#define PM_STATUS_RESULT PM_INT("status", 0, INT32_MAX)
#define PM_PARAMS(...)                                                         \
    .params = {__VA_ARGS__},                                                   \
    .param_count = sizeof((struct pm_value_decl[]){__VA_ARGS__}) /             \
                   sizeof(struct pm_value_decl)
#define PM_RESULTS(...)                                                        \
    .results = {__VA_ARGS__},                                                  \
    .result_count = sizeof((struct pm_value_decl[]){__VA_ARGS__}) /            \
                    sizeof(struct pm_value_decl)

// --- what a call's function works with ---------------------------------------

// A live object of a domain.
struct pm_state {
    // The domain's payload_size bytes in guest memory: plain data, no
    // pointer, part of saved states and fingerprints. Good during the call.
    void *payload;
    // What the host keeps for it; NULL until create sets it.
    void *host;
};

struct pm_call;

// Argument [index], which the declaration says is of this type; checked
// already. Strings and bytes stay where they are until the call ends or
// allocates; strings have no NUL behind them.
int64_t pm_call_int(const struct pm_call *call, unsigned index);
bool pm_call_bool(const struct pm_call *call, unsigned index);
double pm_call_f64(const struct pm_call *call, unsigned index);
const char *pm_call_str(const struct pm_call *call, unsigned index,
                        size_t *out_size);
uint8_t *pm_call_bytes(const struct pm_call *call, unsigned index,
                       size_t *out_size);

// The object that the call is about: its STATE argument, or the one that is
// being created. NULL for a call of no domain.
struct pm_state *pm_call_state(struct pm_call *call);

// Result [index]. What is not set is neutral; so is everything behind a
// status other than 0.
void pm_call_return_int(struct pm_call *call, unsigned index, int64_t value);
void pm_call_return_bool(struct pm_call *call, unsigned index, bool value);
void pm_call_return_f64(struct pm_call *call, unsigned index, double value);
// Allocates a string of UTF-8. A trap other than NONE is to be handed on at
// once, so ask before anything is changed.
pm_trap_code pm_call_return_str(struct pm_call *call, unsigned index,
                                const char *text, size_t size);

// Adds [cycles] to the call's price, before the work is done.
void pm_call_charge(struct pm_call *call, uint64_t cycles);

// Ends the tick with this call: it waited for a device. For calls that were
// declared with [may_wait]; a panic in others.
void pm_call_end_tick(struct pm_call *call);

// The trap that the call answers with: the program called wrongly in a way
// that no declaration can state. [format] as printf's.
pm_trap_code pm_call_trap(struct pm_call *call, pm_trap_code code,
                          const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

// Where a transfer's read puts its bytes.
//
// A source that cannot fail once it has begun writes to [bytes] and leaves
// [is_staged] false. One that can fail midway writes to [stage], which has
// room for PM_TRANSFER_MAX bytes and one more, and sets [is_staged]: the
// bytes are copied when all is well.
struct pm_destination {
    uint8_t *bytes;
    uint8_t *stage;
    bool is_staged;
};

// One host call with what carries it out. Exactly one function is set: [run]
// for PM_FORM_PLAIN, [read] for PM_FORM_READ, [write] for PM_FORM_WRITE.
struct pm_host_call {
    struct pm_call_decl decl;
    pm_trap_code (*run)(void *context, struct pm_call *call);
    // Gives a status of the domain's, 0 for done. Rights are checked first,
    // also for [max] 0. Stores how many bytes it put into [dest], exactly
    // min(max, size - offset), and whether none lies behind them.
    // Of [call] only its arguments, its state and charge may be used: while
    // [dest] is lent the heap is frozen.
    int32_t (*read)(void *context, struct pm_call *call, uint64_t offset,
                    struct pm_destination *dest, uint32_t max,
                    uint32_t *out_size, bool *out_eof);
    // All [size] bytes or, with another status than 0, none.
    int32_t (*write)(void *context, struct pm_call *call, uint64_t offset,
                     const uint8_t *src, uint32_t size);
    // Handed to the function; the embedder's.
    void *context;
};

// --- domains -----------------------------------------------------------------

// Takes bytes of a saved state.
struct pm_sink;
void pm_sink_put(struct pm_sink *sink, const void *bytes, size_t size);
// The object cannot be saved now, for lack of memory: nor can the machine.
void pm_sink_fail(struct pm_sink *sink);

struct pm_domain {
    const char *name;      // as programs write it: .type Lamp = state lamp
    const char *meaning;   // one clause
    uint32_t payload_size; // 0 to PM_DOMAIN_MAX_PAYLOAD
    // Live objects at most, 1 to PM_DOMAIN_MAX_LIVE, and what create calls
    // answer beyond.
    uint32_t max_live;
    int32_t limit_status;
    // Why there is no call of verb UPDATE; NULL when there is one.
    const char *no_update;
    // Assembler text that pushes a create call's arguments so that it
    // succeeds; the battery of tests that runs over every domain uses it.
    // "@made" in it stands for an instruction that pushes how many objects
    // the program has made before.
    const char *example;

    // Frees what the host keeps for an object that ends in another way than
    // by a destroy call: collected, or its machine is reset, loaded anew,
    // restored or destroyed. Never fails. NULL: there is nothing.
    // Not called without a host part. The payload is NULL where the object was
    // made for a saved state that was refused in the end.
    void (*release)(void *context, struct pm_state *state);

    // Saved states hold the payload by themselves. [save] puts what else is
    // needed to make [host] again; [restore] makes it from those bytes, which
    // are hostile, in a new object that stands beside the old ones; it gives
    // PM_ERR_INVALID when bytes or payload are not right, or
    // PM_ERR_NO_MEMORY. Both NULL: there is nothing. [host] is NULL in save
    // where a call has left it so, also one that trapped then.
    void (*save)(void *context, const struct pm_state *state,
                 struct pm_sink *sink);
    pm_status (*restore)(void *context, struct pm_state *state,
                         const void *bytes, size_t size);
    // Handed to these three; the embedder's.
    void *context;
};

struct pm_machine;
struct pm_report;

// Adds a capability of the embedder's: manifests ask for it by [name], calls
// state its bit, 1 << [bit] with bit 16 to 31. PM_ERR_INVALID, PM_ERR_EXISTS.
pm_status pm_machine_add_capability(struct pm_machine *machine,
                                    const char *name, unsigned bit);

// Adds calls, and domains whose verbs are among them. Before a cartridge is
// loaded: PM_ERR_WRONG_STATE otherwise. Everything is copied but for the
// texts.
//
// Refused with PM_ERR_INVALID, all faults in [out_report] (may be NULL) and
// nothing added: a domain without one of its four verbs (the message names
// it), an id or identity that is taken or out of range, a declaration that
// contradicts itself.
pm_status pm_machine_add_domains(struct pm_machine *machine,
                                 const struct pm_domain *domains,
                                 size_t domain_count,
                                 const struct pm_host_call *calls,
                                 size_t call_count,
                                 const struct pm_report **out_report);

#ifdef __cplusplus
}
#endif

#endif
