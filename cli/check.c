// SPDX-License-Identifier: MIT
//
// Checking cartridges, for verify, build and pack.
#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"

// --- one file of a cartridge -------------------------------------------------

static pm_status verify_assets(const struct pm_cart_files *files,
                               struct pm_diags *diags)
{
    struct pm_source source;
    struct pm_asset *assets;

    if (files->open(files->context, PM_CART_ASSETS, &source))
        return PM_OK; // there is none, or loading has said why
    pm_status status =
        pm_asset_open(&source, PM_CART_ASSETS, &cli_alloc, diags, &assets);
    if (status)
        return status;
    status = pm_asset_verify(assets, PM_CART_ASSETS, diags);
    pm_asset_close(assets);
    return status;
}

// Every byte of the assets, once the cartridge is one that loads.
static pm_status check_assets(struct cli_cart *cart)
{
    struct pm_diags diags;
    struct pm_pmc *pmc = NULL;
    struct pm_cart_files files = cli_cart_files(cart);
    pm_status status = PM_OK;

    pm_diags_init(&diags, &cli_alloc);
    if (cart->package) {
        struct pm_source package = pm_file_source(cart->package);
        status = pm_pmc_open(&package, NULL, &cli_alloc, &diags, &pmc);
        if (!status)
            files = pm_pmc_files(pmc);
    }
    if (!status)
        status = verify_assets(&files, &diags);
    cli_print_diags(&diags, NULL);
    pm_pmc_close(pmc);
    pm_diags_free(&diags);
    return status;
}

int cli_check_cart(struct cli_cart *cart)
{
    struct pm_machine *machine;
    struct pm_machine_config config = {.alloc = cli_alloc};
    pm_status status = pm_machine_create(&config, &machine);

    if (status) {
        cli_error("no machine could be made: %s", pm_status_meaning(status));
        return CLI_WORLD;
    }
    status = cli_load(machine, cart);
    pm_machine_destroy(machine);
    if (!status)
        status = check_assets(cart);
    return cli_exit_for(status);
}
