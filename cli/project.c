// SPDX-License-Identifier: MIT
//
// Projects: a folder with prometeu.json, sources in src/ and assets/, made into
// a cartridge in memory.
#include <string.h>

#include <prometeu/compile.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "pack.h"
#include "pbs.h"
#include "registry/caps.h"

#define MOST_PROJECT ((size_t)1 << 20)

struct project {
    const char *folder;
    char *file; // prometeu.json with its folder, for messages
    struct cli_file text;
    struct pm_json_doc doc;
    struct pm_diags diags;
    struct cli_cart *cart;
    const struct cli_pack_options *packing;
    struct cli_pbs *kept; // the sources of the last time, or NULL
    // What the manifest asks for, once it was read.
    bool has_capabilities;
    uint32_t capabilities;
    bool for_tests; // without the program, with the log
};

// --- prometeu.json -----------------------------------------------------------

static struct pm_place place_of(const struct project *p,
                                const struct pm_json_node *node)
{
    return pm_json_place(p->file, p->text.data, p->text.size,
                         node ? node->offset : 0);
}

static void fault(struct project *p, const struct pm_json_node *node,
                  const char *key, const char *wanted)
{
    struct pm_place place = place_of(p, node);

    pm_diags_error(&p->diags, &place, "PROJECT",
                   node ? "\"%s\": found %s; %s is wanted"
                        : "\"%s\" is missing%s; %s is wanted",
                   key, node ? pm_json_kind_name(node->kind) : "", wanted);
}

static const struct pm_json_node *get(struct project *p, const char *key,
                                      enum pm_json_kind kind,
                                      const char *wanted)
{
    const struct pm_json_node *node = pm_json_get(&p->doc, p->doc.nodes, key);

    if (node && node->kind == kind)
        return node;
    fault(p, node, key, wanted);
    return NULL;
}

static void check_keys(struct project *p)
{
    static const char *const keys[] = {"name", "version", "app_id", "profile",
                                       "capabilities"};
    const struct pm_json_node *node;

    for (node = pm_json_first(&p->doc, p->doc.nodes); node;
         node = pm_json_after(&p->doc, node)) {
        bool known = false;
        for (size_t i = 0; i < PM_ARRAY_LEN(keys); i++)
            known = known || strcmp(keys[i], node->key) == 0;
        if (known)
            continue;
        struct pm_place place = place_of(p, node);
        struct pm_buf name;
        pm_buf_init(&name, &cli_alloc);
        pm_buf_put_escaped(&name, node->key,
                           node->key_size < 64 ? node->key_size : 64);
        const char *near = cli_nearest(node->key, keys, PM_ARRAY_LEN(keys));
        const char *shown = pm_buf_cstr(&name);
        pm_diags_error(&p->diags, &place, "PROJECT",
                       "the key \"%s\" is not known%s%s%s", shown ? shown : "",
                       near ? "; did you mean \"" : "", near ? near : "",
                       near ? "\"?" : "");
        pm_buf_free(&name);
    }
}

static pm_status open_project(struct project *p)
{
    pm_status status = cli_read_file(p->file, MOST_PROJECT, &p->text);

    if (status)
        return status;
    return pm_json_parse(p->text.data, p->text.size, p->file, &cli_alloc,
                         &p->diags, &p->doc);
}

// --- the manifest ------------------------------------------------------------

static void put_string(struct pm_json_writer *w, const char *key,
                       const struct pm_json_node *node)
{
    pm_json_write_key(w, key);
    pm_json_write_string(w, node->text, node->size);
}

static void put_capabilities(struct project *p, struct pm_json_writer *w,
                             const char *key, const struct pm_json_node *node)
{
    const char *log = pm_cap_name(PM_CAP_LOG);
    const struct pm_json_node *item;
    bool has_log = false;

    pm_json_write_key(w, key);
    pm_json_write_begin_array(w);
    for (item = pm_json_first(&p->doc, node); item;
         item = pm_json_after(&p->doc, item)) {
        if (item->kind == PM_JSON_STRING)
            pm_json_write_string(w, item->text, item->size);
        else
            fault(p, item, key, "a string");
        has_log = has_log ||
                  (item->kind == PM_JSON_STRING && item->size == strlen(log) &&
                   memcmp(item->text, log, item->size) == 0);
    }
    if (p->for_tests && !has_log)
        pm_json_write_cstr(w, log);
    pm_json_write_end(w);
}

// The manifest reader checks values; only what would not get that far is
// checked here. Its faults are shown at prometeu.json.
static pm_status make_manifest(struct project *p, const char *profile)
{
    const struct pm_json_node *name =
        get(p, "name", PM_JSON_STRING, "the game's title");
    const struct pm_json_node *version =
        get(p, "version", PM_JSON_STRING, "a string such as \"1.0\"");
    const struct pm_json_node *id =
        get(p, "app_id", PM_JSON_INT, "a number from 0 to 4294967295");
    const struct pm_json_node *caps =
        get(p, "capabilities", PM_JSON_ARRAY, "a list such as [\"gfx\"]");
    const struct pm_json_node *own =
        pm_json_get(&p->doc, p->doc.nodes, "profile");
    struct pm_json_writer w = pm_json_write_to(&p->cart->manifest);
    struct pm_manifest manifest;

    if (own && own->kind != PM_JSON_STRING)
        fault(p, own, "profile", "JAM, STANDARD or ADVANCED");
    if (p->diags.errors)
        return PM_ERR_INVALID;
    pm_json_write_begin_object(&w);
    pm_json_write_key(&w, "app_id");
    pm_json_write_int(&w, id->number);
    pm_json_write_key(&w, "app_mode");
    pm_json_write_cstr(&w, "Game");
    put_string(&w, "app_version", version);
    put_capabilities(p, &w, "capabilities", caps);
    pm_json_write_key(&w, "cartridge_version");
    pm_json_write_int(&w, 1);
    pm_json_write_key(&w, "magic");
    pm_json_write_cstr(&w, "PMTU");
    pm_json_write_key(&w, "profile");
    if (profile)
        pm_json_write_cstr(&w, profile);
    else
        pm_json_write_string(&w, own ? own->text : "STANDARD",
                             own ? own->size : 8);
    put_string(&w, "title", name);
    pm_json_write_end(&w);
    if (p->diags.errors)
        return PM_ERR_INVALID;
    pm_status status =
        pm_manifest_read(p->cart->manifest.data, p->cart->manifest.size,
                         p->file, NULL, &cli_alloc, &p->diags, &manifest);
    p->has_capabilities = !status;
    p->capabilities = status ? 0 : manifest.capabilities;
    return status;
}

// --- the program -------------------------------------------------------------

static bool ends_with(const char *name, const char *end)
{
    size_t size = strlen(name);
    size_t length = strlen(end);

    return size > length && strcmp(name + size - length, end) == 0;
}

// A second source would be left out in silence otherwise.
static int check_sources(const char *folder)
{
    struct pm_file_list list;
    int code = CLI_OK;

    if (pm_file_list(&cli_alloc, folder, &list, NULL))
        return CLI_OK; // reading main.pasm says what is wrong
    for (size_t i = 0; i < list.count; i++)
        if (ends_with(list.names[i], ".pasm") &&
            strcmp(list.names[i], "main.pasm") != 0) {
            cli_error("%s/%s: only src/main.pasm is assembled; put the code "
                      "there or take the file out of src",
                      folder, list.names[i]);
            code = CLI_BAD;
        }
    pm_file_list_free(&cli_alloc, &list);
    return code;
}

static int assemble(struct project *p, const char *folder)
{
    char *path = cli_path(folder, "main.pasm");
    struct cli_file file = {0};
    int code = check_sources(folder);

    if (code == CLI_OK && cli_read_file(path, PM_MODULE_MAX_SIZE, &file))
        code = CLI_WORLD;
    if (code == CLI_OK)
        code = cli_exit_for(cli_assemble(path, "src/main.pasm",
                                         (const char *)file.data, file.size,
                                         &p->cart->program));
    cli_free_file(&file);
    cli_free_text(path);
    return code;
}

static bool is_there(const char *folder, const char *name)
{
    char *path = cli_path(folder, name);
    struct pm_file *file;
    bool found = pm_file_open(&cli_alloc, path, &file, NULL) == PM_OK;

    if (found)
        pm_file_close(file);
    cli_free_text(path);
    return found;
}

static int make_program(struct project *p)
{
    char *folder = cli_path(p->folder, "src");
    bool has_pbs = cli_pbs_has_sources(folder);
    bool has_asm = is_there(folder, "main.pasm");
    struct pm_compile_options options = {.has_capabilities =
                                             p->has_capabilities,
                                         .capabilities = p->capabilities};
    int code = CLI_BAD;

    if (has_pbs && has_asm)
        cli_error("%s: there are PBS sources and main.pasm, and a program is "
                  "made of one or the other; take one of them out of src",
                  folder);
    else if (has_pbs && p->kept)
        code = cli_pbs_rebuild(p->kept, &options, &p->cart->program);
    else if (has_pbs)
        code = cli_pbs_build_project(p->folder, &options, &p->cart->program);
    else
        code = assemble(p, folder);
    cli_free_text(folder);
    return code;
}

// --- assets ------------------------------------------------------------------

static int make_assets(struct project *p)
{
    char *folder = cli_path(p->folder, "assets");
    const struct cli_pack_options usual = {0};
    struct cli_packed packed;
    pm_status status = PM_OK;

    if (pm_file_is_directory(folder)) {
        status =
            cli_pack_assets(folder, p->packing ? p->packing : &usual, &packed);
        if (!status) {
            pm_buf_free(&p->cart->assets);
            p->cart->assets = packed.assets;
            pm_buf_free(&packed.report);
        }
    }
    cli_free_text(folder);
    return cli_exit_for(status);
}

static int take_label(struct project *p)
{
    char *path = cli_path(p->folder, "label.png");
    struct pm_file *file;
    struct cli_file label = {0};
    int code = CLI_OK;

    if (pm_file_open(&cli_alloc, path, &file, NULL) == PM_OK) {
        pm_file_close(file);
        if (cli_read_file(path, PM_CART_MAX_LABEL, &label))
            code = CLI_WORLD;
        pm_buf_put(&p->cart->label, label.data, label.size);
        cli_free_file(&label);
    }
    cli_free_text(path);
    return code;
}

// --- all of it ---------------------------------------------------------------

static int read_project(struct project *p, const char *profile)
{
    struct cli_source source;
    pm_status status = open_project(p);

    if (!status && p->doc.nodes->kind != PM_JSON_OBJECT) {
        fault(p, p->doc.nodes, "prometeu.json", "an object");
        status = PM_ERR_INVALID;
    } else if (!status) {
        check_keys(p);
        status = make_manifest(p, profile);
    }
    source = (struct cli_source){.file = p->file,
                                 .text = (const char *)p->text.data,
                                 .size = p->text.size};
    cli_print_diags(&p->diags, &source);
    return p->diags.errors ? CLI_BAD : cli_exit_for(status);
}

static int fill(struct project *p, const char *profile)
{
    // Faults of program and assets are shown in the same go.
    int code = read_project(p, profile);
    int program = p->for_tests ? CLI_OK : make_program(p);
    int assets = make_assets(p);
    int label = take_label(p);
    return code ? code : program ? program : assets ? assets : label;
}

static void begin(struct project *p)
{
    p->file = cli_path(p->folder, "prometeu.json");
    pm_diags_init(&p->diags, &cli_alloc);
}

static void end(struct project *p)
{
    if (p->doc.nodes)
        pm_json_doc_free(&p->doc);
    pm_diags_free(&p->diags);
    cli_free_file(&p->text);
    cli_free_text(p->file);
}

static int build(struct project *p, const char *profile, char **out_name)
{
    begin(p);
    int code = fill(p, profile);
    if (code == CLI_OK && out_name) {
        const struct pm_json_node *name =
            pm_json_get(&p->doc, p->doc.nodes, "name");
        *out_name = cli_copy(name->text, name->size);
    }
    end(p);
    return code;
}

int cli_project_capabilities(const char *folder, uint32_t *out)
{
    struct cli_cart cart;
    struct project p = {.folder = folder, .cart = &cart};

    cli_cart_init(&cart);
    begin(&p);
    int code = read_project(&p, NULL);
    *out = p.capabilities;
    end(&p);
    cli_cart_free(&cart);
    return code;
}

int cli_build_project(const char *folder, const char *profile,
                      const struct cli_pack_options *packing,
                      struct cli_cart *out, char **out_name)
{
    struct project p = {.folder = folder, .cart = out, .packing = packing};

    return build(&p, profile, out_name);
}

int cli_rebuild_project(struct cli_pbs *kept, const char *profile,
                        const struct cli_pack_options *packing,
                        struct cli_cart *out, char **out_name)
{
    struct project p = {
        .folder = kept->folder, .cart = out, .packing = packing, .kept = kept};

    return build(&p, profile, out_name);
}

int cli_build_test_project(const char *folder, struct cli_cart *out)
{
    struct project p = {.folder = folder, .cart = out, .for_tests = true};

    return build(&p, NULL, NULL);
}
