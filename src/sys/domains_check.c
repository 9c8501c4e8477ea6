// SPDX-License-Identifier: MIT
//
// Whether a domain and its calls make sense: all four verbs are there, and
// each declaration is one that the dispatcher can hold to.
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "sys/domains.h"

struct check {
    const struct pm_domain *domains;
    size_t domain_count;
    const struct pm_host_call *calls;
    size_t call_count;
    struct pm_diags *diags;
    bool ok;
};

static void refuse_call(struct check *c, const struct pm_call_decl *decl,
                        const char *why)
{
    pm_diags_error(c->diags, NULL, "DOMAIN-CALL", "%s.%s: %s",
                   decl->module ? decl->module : "?",
                   decl->name ? decl->name : "?", why);
    c->ok = false;
}

static void refuse_domain(struct check *c, const struct pm_domain *domain,
                          const char *why)
{
    pm_diags_error(c->diags, NULL, "DOMAIN", "domain %s: %s",
                   domain->name ? domain->name : "?", why);
    c->ok = false;
}

// --- domains -----------------------------------------------------------------

static size_t count_verb(const struct check *c, const struct pm_domain *domain,
                         pm_verb verb)
{
    size_t count = 0;

    for (size_t i = 0; i < c->call_count; i++) {
        const struct pm_call_decl *decl = &c->calls[i].decl;
        count += decl->verb == verb && decl->domain &&
                 strcmp(decl->domain, domain->name) == 0;
    }
    return count;
}

static void check_verbs(struct check *c, const struct pm_domain *domain)
{
    static const struct {
        pm_verb verb;
        const char *missing;
    } verbs[] = {
        {PM_VERB_CREATE, "it has no call of the verb create"},
        {PM_VERB_READ, "it has no call of the verb read"},
        {PM_VERB_DESTROY, "it has no call of the verb destroy"},
    };

    for (size_t i = 0; i < PM_ARRAY_LEN(verbs); i++)
        if (count_verb(c, domain, verbs[i].verb) == 0)
            refuse_domain(c, domain, verbs[i].missing);
    bool has_update = count_verb(c, domain, PM_VERB_UPDATE) != 0;
    if (!has_update && !domain->no_update)
        refuse_domain(c, domain,
                      "it has no call of the verb update; if it cannot be "
                      "changed by nature, say why in no_update");
    if (has_update && domain->no_update)
        refuse_domain(c, domain,
                      "it has a call of the verb update and a reason why it "
                      "has none");
}

static void check_domain(struct check *c, const struct pm_domain *domain)
{
    if (!domain->name || !*domain->name) {
        refuse_domain(c, domain, "it has no name");
        return;
    }
    check_verbs(c, domain);
    if (domain->payload_size > PM_DOMAIN_MAX_PAYLOAD)
        refuse_domain(c, domain, "payload_size is over 4096");
    if (domain->max_live == 0 || domain->max_live > PM_DOMAIN_MAX_LIVE)
        refuse_domain(c, domain, "max_live is not in 1 to 65536");
    if (domain->limit_status <= 0)
        refuse_domain(c, domain,
                      "limit_status is not a positive number; create calls "
                      "answer it beyond max_live");
    if (!domain->save != !domain->restore)
        refuse_domain(c, domain,
                      "save and restore go together: it has one of them");
}

// --- calls -------------------------------------------------------------------

static bool is_known_domain(const struct check *c, const char *name)
{
    for (size_t i = 0; name && i < c->domain_count; i++)
        if (c->domains[i].name && strcmp(c->domains[i].name, name) == 0)
            return true;
    return false;
}

static bool is_value(const struct pm_value_decl *value, pm_value_type type)
{
    return value->type == type;
}

static size_t count_states(const struct pm_value_decl *values, size_t count)
{
    size_t states = 0;

    for (size_t i = 0; i < count; i++)
        states += values[i].type == PM_VALUE_STATE;
    return states;
}

static void check_values(struct check *c, const struct pm_call_decl *decl,
                         const struct pm_value_decl *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!values[i].name || values[i].type < PM_VALUE_INT ||
            values[i].type > PM_VALUE_F64)
            refuse_call(c, decl, "a parameter or result without name or type");
        if (values == decl->params && values[i].type == PM_VALUE_INT &&
            values[i].least > values[i].greatest)
            refuse_call(c, decl,
                        "a parameter whose least value is over its greatest");
        if (values[i].type == PM_VALUE_STATE &&
            (!decl->domain || !values[i].domain ||
             strcmp(values[i].domain, decl->domain) != 0))
            refuse_call(c, decl,
                        "it has a STATE of another domain than the one whose "
                        "verb it is");
    }
}

static bool begins_with_status(const struct pm_call_decl *decl)
{
    return decl->result_count >= 1 &&
           is_value(&decl->results[0], PM_VALUE_INT) && decl->results[0].name &&
           strcmp(decl->results[0].name, "status") == 0;
}

static void check_verb(struct check *c, const struct pm_call_decl *decl)
{
    size_t taken = count_states(decl->params, decl->param_count);
    size_t given = count_states(decl->results, decl->result_count);

    if (decl->verb == PM_VERB_NONE) {
        if (decl->domain || taken || given)
            refuse_call(c, decl, "it has a domain or a STATE but no verb");
        return;
    }
    if (decl->verb > PM_VERB_DESTROY || !is_known_domain(c, decl->domain)) {
        refuse_call(c, decl,
                    "it has no verb, or a domain that is not among "
                    "those that are added with it");
        return;
    }
    if (decl->verb == PM_VERB_CREATE) {
        if (!begins_with_status(decl) || decl->result_count < 2 ||
            !is_value(&decl->results[1], PM_VALUE_STATE) || given != 1 || taken)
            refuse_call(c, decl,
                        "a create call gives (status, the new object, ...) "
                        "and takes no object");
        return;
    }
    if (taken != 1 || given || !is_value(&decl->params[0], PM_VALUE_STATE))
        refuse_call(c, decl,
                    "it takes its object as the first parameter, and no other");
}

static bool are_types(const struct pm_value_decl *values, const char *types)
{
    for (size_t i = 0; types[i]; i++) {
        pm_value_type type = types[i] == 'i'   ? PM_VALUE_INT
                             : types[i] == 'B' ? PM_VALUE_BYTES
                                               : PM_VALUE_BOOL;
        if (!is_value(&values[i], type))
            return false;
    }
    return true;
}

static void check_transfer(struct check *c, const struct pm_call_decl *decl)
{
    bool is_read = decl->form == PM_FORM_READ;

    if (decl->param_count != 5 || !are_types(decl->params + 1, "iBii") ||
        (!is_value(&decl->params[0], PM_VALUE_STATE) &&
         !is_value(&decl->params[0], PM_VALUE_INT)) ||
        !begins_with_status(decl) || decl->result_count != (is_read ? 3 : 2) ||
        !are_types(decl->results + 1, is_read ? "ib" : "i"))
        refuse_call(c, decl,
                    "a byte transfer takes (handle, host_offset, buffer, "
                    "buffer_offset, max) and gives (status, transferred) and, "
                    "when it reads, eof");
    if (decl->verb == PM_VERB_CREATE || decl->verb == PM_VERB_DESTROY)
        refuse_call(c, decl, "a byte transfer reads or updates");
}

static void check_functions(struct check *c, const struct pm_host_call *call)
{
    bool is_right = call->decl.form == PM_FORM_PLAIN
                        ? call->run && !call->read && !call->write
                    : call->decl.form == PM_FORM_READ
                        ? call->read && !call->run && !call->write
                        : call->write && !call->run && !call->read;
    if (!is_right)
        refuse_call(c, &call->decl,
                    "it wants exactly the function of its form: run, read or "
                    "write");
}

static void check_call(struct check *c, const struct pm_host_call *call)
{
    const struct pm_call_decl *decl = &call->decl;

    if (!decl->module || !*decl->module || !decl->name || !*decl->name) {
        refuse_call(c, decl, "it has no module or no name");
        return;
    }
    if (decl->id < PM_CALL_FIRST_EMBEDDER_ID)
        refuse_call(c, decl, "its id is below 0x8000");
    if (decl->param_count > PM_CALL_MAX_PARAMS ||
        decl->result_count > PM_CALL_MAX_RESULTS) {
        refuse_call(c, decl, "more than 12 parameters or 8 results");
        return;
    }
    check_values(c, decl, decl->params, decl->param_count);
    check_values(c, decl, decl->results, decl->result_count);
    check_verb(c, decl);
    if (decl->form > PM_FORM_WRITE)
        refuse_call(c, decl, "its form is none");
    else if (decl->form != PM_FORM_PLAIN)
        check_transfer(c, decl);
    check_functions(c, call);
}

bool pm_domains_check(const struct pm_domain *domains, size_t domain_count,
                      const struct pm_host_call *calls, size_t call_count,
                      struct pm_diags *diags)
{
    struct check c = {domains, domain_count, calls, call_count, diags, true};

    for (size_t i = 0; i < call_count; i++)
        check_call(&c, &calls[i]);
    for (size_t i = 0; i < domain_count; i++)
        check_domain(&c, &domains[i]);
    return c.ok;
}
