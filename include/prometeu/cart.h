// SPDX-License-Identifier: MIT
//
// The files of a cartridge, as a host provides them.

#ifndef PROMETEU_CART_H
#define PROMETEU_CART_H

#include <prometeu/source.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// The files of a cartridge, wherever they are. Directories and packages come
// as such (pm_machine_load_package takes one source).
struct pm_cart_files {
    // Opens the file called [name] ("manifest.json"); PM_ERR_NOT_FOUND when
    // there is none. The source must stay readable while the machine lives.
    pm_status (*open)(void *context, const char *name, struct pm_source *out);
    void *context;
};

#ifdef __cplusplus
}
#endif

#endif
