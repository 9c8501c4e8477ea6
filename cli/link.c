// SPDX-License-Identifier: MIT
//
// Linking a program only to see what is wrong with it.
#include "link/link.h"

#include "bytecode/bytecode.h"
#include "cli.h"
#include "registry/registry.h"

pm_status cli_link(const char *file, const void *program, size_t size,
                   bool strict, struct pm_diags *diags)
{
    struct pm_module module;
    struct pm_registry registry;
    struct pm_image *image = NULL;
    const struct pm_link_config config = {.registry = &registry,
                                          .domains =
                                              pm_registry_console_domains(),
                                          .capabilities = UINT32_MAX,
                                          .file = file,
                                          .strict = strict};
    pm_status status =
        pm_module_read(program, size, file, &cli_alloc, diags, &module);

    if (status)
        return status;
    pm_registry_init(&registry, &cli_alloc);
    status = pm_link(&module, &config, &cli_alloc, diags, &image);
    if (status)
        pm_module_free(&module);
    pm_image_free(image);
    pm_registry_free(&registry);
    return status;
}
