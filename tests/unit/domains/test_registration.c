// SPDX-License-Identifier: MIT
//
// Domains and calls that are refused when they are registered: each verb that
// is missing by its name, each contradiction with its message, and nothing
// added.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/domain_battery.h"
#include "support/sample_rows.h"
#include "support/test.h"

#define MAX_CALLS 8

// One domain, a copy of the sample box, to be spoilt. A second domain beside
// it stays right.
struct draft {
    struct pm_domain domains[2];
    size_t domain_count;
    struct pm_host_call calls[MAX_CALLS];
    size_t call_count;
};

enum { OPEN, READ, WRITE, SIZE, CLOSE };

static void make_draft(struct draft *draft)
{
    *draft = (struct draft){.domain_count = 1, .call_count = 5};
    draft->domains[0] = pm_sample_domain_rows[3];
    memcpy(draft->calls, pm_sample_call_rows + 15,
           draft->call_count * sizeof *draft->calls);
}

static void drop_call(struct draft *draft, int index)
{
    memmove(draft->calls + index, draft->calls + index + 1,
            (draft->call_count - (size_t)index - 1) * sizeof *draft->calls);
    draft->call_count--;
}

// --- ways to spoil it --------------------------------------------------------

static void no_create(struct draft *d)
{
    drop_call(d, OPEN);
}

static void no_read(struct draft *d)
{
    drop_call(d, SIZE);
    drop_call(d, READ);
}

static void no_update(struct draft *d)
{
    drop_call(d, WRITE);
}

static void no_destroy(struct draft *d)
{
    drop_call(d, CLOSE);
}

static void update_and_reason(struct draft *d)
{
    d->domains[0].no_update = "it is a stone";
}

static void no_name(struct draft *d)
{
    d->domains[0].name = "";
}

static void null_name(struct draft *d)
{
    d->domains[0].name = NULL;
}

static void large_payload(struct draft *d)
{
    d->domains[0].payload_size = PM_DOMAIN_MAX_PAYLOAD + 1;
}

static void no_live(struct draft *d)
{
    d->domains[0].max_live = 0;
}

static void many_live(struct draft *d)
{
    d->domains[0].max_live = PM_DOMAIN_MAX_LIVE + 1;
}

static void zero_limit_status(struct draft *d)
{
    d->domains[0].limit_status = 0;
}

static void negative_limit_status(struct draft *d)
{
    d->domains[0].limit_status = -1;
}

static void save_alone(struct draft *d)
{
    d->domains[0].restore = NULL;
}

static void restore_alone(struct draft *d)
{
    d->domains[0].save = NULL;
}

static void low_id(struct draft *d)
{
    d->calls[SIZE].decl.id = PM_CALL_FIRST_EMBEDDER_ID - 1;
}

static void no_module(struct draft *d)
{
    d->calls[SIZE].decl.module = "";
}

static void no_call_name(struct draft *d)
{
    d->calls[SIZE].decl.name = NULL;
}

static void many_params(struct draft *d)
{
    d->calls[SIZE].decl.param_count = PM_CALL_MAX_PARAMS + 1;
}

static void many_results(struct draft *d)
{
    d->calls[SIZE].decl.result_count = PM_CALL_MAX_RESULTS + 1;
}

static void no_param_type(struct draft *d)
{
    d->calls[OPEN].decl.params[0].type = (pm_value_type)0;
}

static void odd_param_type(struct draft *d)
{
    d->calls[OPEN].decl.params[0].type = (pm_value_type)(PM_VALUE_F64 + 1);
}

static void no_param_name(struct draft *d)
{
    d->calls[OPEN].decl.params[0].name = NULL;
}

static void empty_range(struct draft *d)
{
    d->calls[OPEN].decl.params[0].least = 5;
    d->calls[OPEN].decl.params[0].greatest = 4;
}

static void state_of_another(struct draft *d)
{
    d->calls[SIZE].decl.params[0].domain = "file";
}

static void state_of_none(struct draft *d)
{
    d->calls[SIZE].decl.params[0].domain = NULL;
}

static void domain_without_verb(struct draft *d)
{
    d->calls[SIZE].decl.verb = PM_VERB_NONE;
}

static void odd_verb(struct draft *d)
{
    d->calls[SIZE].decl.verb = (pm_verb)(PM_VERB_DESTROY + 1);
}

static void verb_of_another(struct draft *d)
{
    d->calls[SIZE].decl.domain = "file";
}

static void create_without_status(struct draft *d)
{
    d->calls[OPEN].decl.results[0].name = "state";
}

static void create_without_object(struct draft *d)
{
    d->calls[OPEN].decl.result_count = 1;
}

static void create_of_two(struct draft *d)
{
    d->calls[OPEN].decl.results[2] = d->calls[OPEN].decl.results[1];
    d->calls[OPEN].decl.result_count = 3;
}

static void create_that_takes_one(struct draft *d)
{
    d->calls[OPEN].decl.params[2] = d->calls[SIZE].decl.params[0];
    d->calls[OPEN].decl.param_count = 3;
}

static void read_of_none(struct draft *d)
{
    d->calls[SIZE].decl.param_count = 0;
}

static void read_of_two(struct draft *d)
{
    d->calls[SIZE].decl.params[1] = d->calls[SIZE].decl.params[0];
    d->calls[SIZE].decl.param_count = 2;
}

static void object_that_is_not_first(struct draft *d)
{
    d->calls[SIZE].decl.params[1] = d->calls[SIZE].decl.params[0];
    d->calls[SIZE].decl.params[0] = d->calls[OPEN].decl.params[0];
    d->calls[SIZE].decl.param_count = 2;
}

static void read_that_gives_one(struct draft *d)
{
    d->calls[SIZE].decl.results[1] = d->calls[OPEN].decl.results[1];
}

static void odd_form(struct draft *d)
{
    d->calls[SIZE].decl.form = (pm_call_form)(PM_FORM_WRITE + 1);
}

static void transfer_of_four(struct draft *d)
{
    d->calls[READ].decl.param_count = 4;
}

static void transfer_of_text(struct draft *d)
{
    d->calls[READ].decl.params[2].type = PM_VALUE_STR;
}

static void transfer_without_eof(struct draft *d)
{
    d->calls[READ].decl.result_count = 2;
}

static void write_with_eof(struct draft *d)
{
    d->calls[WRITE].decl.results[2] = d->calls[READ].decl.results[2];
    d->calls[WRITE].decl.result_count = 3;
}

static void transfer_without_status(struct draft *d)
{
    d->calls[WRITE].decl.results[0].name = "moved";
}

static void transfer_that_destroys(struct draft *d)
{
    d->calls[READ].decl.verb = PM_VERB_DESTROY;
}

static void no_function(struct draft *d)
{
    d->calls[SIZE].run = NULL;
}

static void function_of_another_form(struct draft *d)
{
    d->calls[READ].run = d->calls[SIZE].run;
    d->calls[READ].read = NULL;
}

static void two_functions(struct draft *d)
{
    d->calls[WRITE].read = d->calls[READ].read;
}

static void console_call(struct draft *d)
{
    d->calls[SIZE].decl.module = "fs";
    d->calls[SIZE].decl.name = "size";
}

static void id_twice(struct draft *d)
{
    d->calls[SIZE].decl.id = d->calls[OPEN].decl.id;
}

static void identity_twice(struct draft *d)
{
    d->calls[SIZE].decl.name = "read";
}

static void console_domain(struct draft *d)
{
    d->domains[0].name = "file";
    for (size_t i = 0; i < d->call_count; i++) {
        struct pm_call_decl *decl = &d->calls[i].decl;
        decl->domain = "file";
        for (int k = 0; k < decl->param_count; k++)
            if (decl->params[k].domain)
                decl->params[k].domain = "file";
        for (int k = 0; k < decl->result_count; k++)
            if (decl->results[k].domain)
                decl->results[k].domain = "file";
    }
}

static void domain_twice(struct draft *d)
{
    d->domains[1] = d->domains[0];
    d->domain_count = 2;
}

static const char create_rule[] =
    "box.open: a create call gives (status, the new object, ...) and takes no "
    "object";
static const char object_rule[] =
    "box.size: it takes its object as the first parameter, and no other";
static const char transfer_rule[] =
    "a byte transfer takes (handle, host_offset, buffer, buffer_offset, max) "
    "and gives (status, transferred) and, when it reads, eof";
static const char value_rule[] =
    "box.open: a parameter or result without name or type";
static const char function_rule[] =
    "it wants exactly the function of its form: run, read or write";
static const char verb_rule[] =
    "box.size: it has no verb, or a domain that is not among those that are "
    "added with it";

static const struct {
    void (*spoil)(struct draft *draft);
    const char *message;
} faults[] = {
    {no_create, "domain box: it has no call of the verb create"},
    {no_read, "domain box: it has no call of the verb read"},
    {no_update, "domain box: it has no call of the verb update; if it cannot "
                "be changed by nature, say why in no_update"},
    {no_destroy, "domain box: it has no call of the verb destroy"},
    {update_and_reason, "domain box: it has a call of the verb update and a "
                        "reason why it has none"},
    {no_name, "domain : it has no name"},
    {null_name, "domain ?: it has no name"},
    {large_payload, "domain box: payload_size is over 4096"},
    {no_live, "domain box: max_live is not in 1 to 65536"},
    {many_live, "domain box: max_live is not in 1 to 65536"},
    {zero_limit_status, "domain box: limit_status is not a positive number"},
    {negative_limit_status, "domain box: limit_status is not a positive"},
    {save_alone, "domain box: save and restore go together: it has one"},
    {restore_alone, "domain box: save and restore go together: it has one"},
    {low_id, "box.size: its id is below 0x8000"},
    {no_module, ".size: it has no module or no name"},
    {no_call_name, "box.?: it has no module or no name"},
    {many_params, "box.size: more than 12 parameters or 8 results"},
    {many_results, "box.size: more than 12 parameters or 8 results"},
    {no_param_type, value_rule},
    {odd_param_type, value_rule},
    {no_param_name, value_rule},
    {empty_range,
     "box.open: a parameter whose least value is over its greatest"},
    {state_of_another, "box.size: it has a STATE of another domain than the "
                       "one whose verb it is"},
    {state_of_none, "box.size: it has a STATE of another domain than the one "
                    "whose verb it is"},
    {domain_without_verb, "box.size: it has a domain or a STATE but no verb"},
    {odd_verb, verb_rule},
    {verb_of_another, verb_rule},
    {create_without_status, create_rule},
    {create_without_object, create_rule},
    {create_of_two, create_rule},
    {create_that_takes_one, create_rule},
    {read_of_none, object_rule},
    {read_of_two, object_rule},
    {object_that_is_not_first, object_rule},
    {read_that_gives_one, object_rule},
    {odd_form, "box.size: its form is none"},
    {transfer_of_four, transfer_rule},
    {transfer_of_text, transfer_rule},
    {transfer_without_eof, transfer_rule},
    {write_with_eof, transfer_rule},
    {transfer_without_status, transfer_rule},
    {transfer_that_destroys, "box.read: a byte transfer reads or updates"},
    {no_function, function_rule},
    {function_of_another_form, function_rule},
    {two_functions, function_rule},
    {console_call, "fs.size: its id 0x8012 or its name and version are taken"},
    {id_twice, "box.size: its id 0x800f or its name and version are taken"},
    {identity_twice,
     "box.read: its id 0x8012 or its name and version are taken"},
    {console_domain, "domain file: there is one of this name already"},
    {domain_twice, "domain box: there is one of this name already"},
};

// --- refusing ----------------------------------------------------------------

static pm_status add(struct pm_machine *machine, const struct draft *draft,
                     const struct pm_report **out_report)
{
    return pm_machine_add_domains(machine, draft->domains, draft->domain_count,
                                  draft->calls, draft->call_count, out_report);
}

static void check_fault(struct pm_machine *machine, size_t index)
{
    struct draft draft;
    const struct pm_report *report = NULL;
    size_t rows = machine->domains.count;
    size_t calls = pm_registry_count(&machine->domains.registry);

    make_draft(&draft);
    faults[index].spoil(&draft);
    CHECK_INT(add(machine, &draft, &report), PM_ERR_INVALID);
    CHECK(pm_report_count(report) > 0);
    if (!CHECK(strstr(pm_report_text(report), faults[index].message) != NULL))
        fprintf(stderr, "wanted \"%s\", found\n%s", faults[index].message,
                pm_report_text(report));
    CHECK_INT(machine->domains.count, rows);
    CHECK_INT(machine->domains.call_count, 0);
    CHECK_INT(pm_registry_count(&machine->domains.registry), calls);
}

// After all that was refused, what is right is accepted.
TEST(registration, each_fault_is_refused_by_name_and_nothing_is_added)
{
    struct pm_machine *machine;
    struct draft draft;

    REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);
    for (size_t i = 0; i < PM_ARRAY_LEN(faults); i++)
        check_fault(machine, i);
    make_draft(&draft);
    CHECK_INT(add(machine, &draft, NULL), PM_OK);
    // A second time it is taken.
    CHECK_INT(add(machine, &draft, NULL), PM_ERR_INVALID);
    pm_machine_destroy(machine);
}

TEST(registration, all_faults_are_reported_at_once)
{
    struct pm_machine *machine;
    struct draft draft;
    const struct pm_report *report = NULL;

    REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);
    make_draft(&draft);
    no_destroy(&draft);
    large_payload(&draft);
    many_live(&draft);
    low_id(&draft);
    CHECK_INT(add(machine, &draft, &report), PM_ERR_INVALID);
    CHECK_INT(pm_report_count(report), 4);
    pm_machine_destroy(machine);
}

// --- the machine's own rules -------------------------------------------------

TEST(registration, a_capability_has_a_name_and_a_bit_of_its_own)
{
    struct pm_machine *machine;

    REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);
    CHECK_INT(pm_machine_add_capability(machine, NULL, 16), PM_ERR_INVALID);
    CHECK_INT(pm_machine_add_capability(machine, "", 16), PM_ERR_INVALID);
    CHECK_INT(pm_machine_add_capability(machine, "a", 15), PM_ERR_INVALID);
    CHECK_INT(pm_machine_add_capability(machine, "a", 32), PM_ERR_INVALID);
    CHECK_INT(pm_machine_add_capability(machine, "fs", 16), PM_ERR_EXISTS);
    CHECK_INT(pm_machine_add_capability(machine, "a", 31), PM_OK);
    CHECK_INT(pm_machine_add_capability(machine, "a", 30), PM_ERR_EXISTS);
    CHECK_INT(pm_machine_add_capability(machine, "b", 31), PM_ERR_EXISTS);
    CHECK_INT(pm_machine_add_capability(machine, "b", 16), PM_OK);
    pm_machine_destroy(machine);
}

TEST(registration, nothing_is_added_once_a_cartridge_is_loaded)
{
    struct pm_battery_text text;
    struct pm_battery b;
    struct draft draft;

    pm_text_begin(&text, pm_domains_find(pm_battery_catalog(), "stone"));
    pm_text_put(&text, "    halt\n");
    pm_text_end(&text);
    if (pm_battery_open(&b, &text, NULL)) {
        make_draft(&draft);
        CHECK_INT(add(b.machine, &draft, NULL), PM_ERR_WRONG_STATE);
        CHECK_INT(pm_machine_add_capability(b.machine, "late", 20),
                  PM_ERR_WRONG_STATE);
    }
    pm_battery_close(&b);
    pm_text_free(&text);
}

// Memory is short at each allocation in turn: all or nothing.
static int register_over(const struct pm_allocator *alloc, void *context)
{
    struct pm_machine_config config = {.alloc = *alloc};
    struct pm_machine *machine;
    const struct draft *draft = context;

    if (pm_machine_create(&config, &machine))
        return 0;
    size_t rows = machine->domains.count;
    size_t calls = pm_registry_count(&machine->domains.registry);
    pm_status status = add(machine, draft, NULL);
    if (status) {
        CHECK_INT(status, PM_ERR_NO_MEMORY);
        CHECK_INT(machine->domains.count, rows);
        CHECK_INT(machine->domains.call_count, 0);
        CHECK_INT(pm_registry_count(&machine->domains.registry), calls);
        CHECK_INT(add(machine, draft, NULL), PM_OK);
    }
    pm_machine_destroy(machine);
    return status == PM_OK;
}

TEST(registration, each_allocation_may_fail)
{
    struct draft draft;

    make_draft(&draft);
    // The report alone may be short: what was added stays.
    CHECK(pm_fault_alloc_each(register_over, &draft, 1) >= 4);
}
