// SPDX-License-Identifier: MIT
//
// Projects: a folder with prometeu.json, src/main.pasm and assets/, made into
// a cartridge in memory.
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "pack/pack.h"
#include "registry/caps.h"

#define MOST_PROJECT  ((size_t)1 << 20)
#define MOST_ASSET    ((size_t)64 << 20)
#define REGISTRY_NAME "assets.ids.json"
#define UNPACKED_LIST "assets.json" // of "prometeu unpack"

struct project {
    const char *folder;
    char *file; // prometeu.json with its folder, for messages
    struct cli_file text;
    struct pm_json_doc doc;
    struct pm_diags diags;
    struct cli_cart *cart;
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

static void put_raw(struct project *p, struct pm_json_writer *w,
                    const char *key, const struct pm_json_node *node)
{
    const struct pm_json_node *item;

    pm_json_write_key(w, key);
    pm_json_write_begin_array(w);
    for (item = pm_json_first(&p->doc, node); item;
         item = pm_json_after(&p->doc, item)) {
        if (item->kind == PM_JSON_STRING)
            pm_json_write_string(w, item->text, item->size);
        else
            fault(p, item, key, "a string");
    }
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
    put_raw(p, &w, "capabilities", caps);
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
    return pm_manifest_read(p->cart->manifest.data, p->cart->manifest.size,
                            p->file, NULL, &cli_alloc, &p->diags, &manifest);
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

static int make_program(struct project *p)
{
    char *folder = cli_path(p->folder, "src");
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
    cli_free_text(folder);
    return code;
}

// --- assets ------------------------------------------------------------------

struct inputs {
    struct pm_file_list list;
    struct pm_pack_input *items;
    struct cli_file *files; // of each name of the list
    struct cli_file registry;
    size_t count;
};

static bool is_config_of(const char *json, const char *name)
{
    size_t stem = strlen(json) - 5;
    const char *dot = strrchr(name, '.');

    return !ends_with(name, ".json") && dot && (size_t)(dot - name) == stem &&
           memcmp(json, name, stem) == 0;
}

static bool skips(const char *name)
{
    return name[0] == '.' || ends_with(name, ".md") ||
           strcmp(name, REGISTRY_NAME) == 0 || strcmp(name, UNPACKED_LIST) == 0;
}

static void add_input(struct inputs *in, size_t index)
{
    struct pm_pack_input *item = &in->items[in->count++];

    *item = (struct pm_pack_input){.name = in->list.names[index],
                                   .bytes = in->files[index].data,
                                   .size = in->files[index].size};
    // The list is sorted, so that a settings file stands close by.
    for (size_t i = 0; i < in->list.count; i++)
        if (ends_with(in->list.names[i], ".json") &&
            is_config_of(in->list.names[i], item->name)) {
            item->config = in->files[i].data;
            item->config_size = in->files[i].size;
        }
}

static bool is_some_config(const struct inputs *in, const char *name)
{
    for (size_t i = 0; ends_with(name, ".json") && i < in->list.count; i++)
        if (is_config_of(name, in->list.names[i]))
            return true;
    return false;
}

static pm_status read_inputs(const char *folder, struct inputs *in)
{
    in->items = pm_mem_zarray(&cli_alloc, in->list.count, sizeof *in->items);
    in->files = pm_mem_zarray(&cli_alloc, in->list.count, sizeof *in->files);
    if (!in->items || !in->files)
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < in->list.count; i++) {
        char *path = cli_path(folder, in->list.names[i]);
        pm_status status = PM_OK;
        if (strcmp(in->list.names[i], REGISTRY_NAME) == 0)
            status = cli_read_file(path, MOST_PROJECT, &in->registry);
        else if (!skips(in->list.names[i]) && !pm_file_is_directory(path))
            status = cli_read_file(path, MOST_ASSET, &in->files[i]);
        cli_free_text(path);
        if (status)
            return status;
    }
    for (size_t i = 0; i < in->list.count; i++)
        if (in->files[i].data && !is_some_config(in, in->list.names[i]))
            add_input(in, i);
    return PM_OK;
}

static void free_inputs(struct inputs *in)
{
    for (size_t i = 0; in->files && i < in->list.count; i++)
        cli_free_file(&in->files[i]);
    cli_free_file(&in->registry);
    pm_mem_free(&cli_alloc, in->files, in->list.count * sizeof *in->files);
    pm_mem_free(&cli_alloc, in->items, in->list.count * sizeof *in->items);
    pm_file_list_free(&cli_alloc, &in->list);
}

// The registry of ids is written when it changed, so that ids never move.
static pm_status keep_registry(const char *folder, const struct inputs *in,
                               const struct pm_buf *registry)
{
    if (in->registry.size == registry->size &&
        memcmp(in->registry.data, registry->data, registry->size) == 0)
        return PM_OK;
    char *path = cli_path(folder, REGISTRY_NAME);
    pm_status status = cli_write_file(path, registry->data, registry->size);
    cli_free_text(path);
    return status;
}

pm_status cli_pack_folder(const char *folder, struct pm_buf *out,
                          struct pm_buf *report)
{
    const char *error = NULL;
    struct inputs in = {0};
    struct pm_pack_result result;
    struct pm_diags diags;
    pm_status status = pm_file_list(&cli_alloc, folder, &in.list, &error);

    if (status) {
        cli_file_error(folder, status, error);
        return status;
    }
    pm_diags_init(&diags, &cli_alloc);
    if (in.list.count)
        status = read_inputs(folder, &in);
    if (!status && in.count == 0)
        goto done;
    if (!status)
        status = pm_pack_project(in.items, in.count, in.registry.data,
                                 in.registry.size, &cli_alloc, &diags, &result);
    cli_print_diags(&diags, NULL);
    if (!status) {
        pm_buf_put(out, result.assets.data, result.assets.size);
        if (report)
            pm_buf_put(report, result.report.data, result.report.size);
        status = keep_registry(folder, &in, &result.registry);
        pm_pack_result_free(&result);
    }
done:
    pm_diags_free(&diags);
    free_inputs(&in);
    return status;
}

static int make_assets(struct project *p)
{
    char *folder = cli_path(p->folder, "assets");
    pm_status status = PM_OK;

    if (pm_file_is_directory(folder))
        status = cli_pack_folder(folder, &p->cart->assets, NULL);
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

static int fill(struct project *p, const char *profile)
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
    // Faults of program and assets are shown in the same go.
    int code = p->diags.errors ? CLI_BAD : cli_exit_for(status);
    int program = make_program(p);
    int assets = make_assets(p);
    int label = take_label(p);
    return code ? code : program ? program : assets ? assets : label;
}

int cli_build_project(const char *folder, const char *profile,
                      struct cli_cart *out, char **out_name)
{
    struct project p = {.folder = folder, .cart = out};

    p.file = cli_path(folder, "prometeu.json");
    pm_diags_init(&p.diags, &cli_alloc);
    int code = fill(&p, profile);
    if (code == CLI_OK && out_name) {
        const struct pm_json_node *name =
            pm_json_get(&p.doc, p.doc.nodes, "name");
        *out_name = cli_copy(name->text, name->size);
    }
    if (p.doc.nodes)
        pm_json_doc_free(&p.doc);
    pm_diags_free(&p.diags);
    cli_free_file(&p.text);
    cli_free_text(p.file);
    return code;
}
