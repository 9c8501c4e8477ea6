// SPDX-License-Identifier: MIT
//
// /cart: the cartridge's own files, to be read. The same names for a
// directory and for a package: those that a cartridge has.

#ifndef PM_FS_CART_VOLUME_H
#define PM_FS_CART_VOLUME_H

#include <prometeu/cart.h>

#include "fs/volume.h"

// [files] and its sources must outlive the volume. What cannot be opened is
// not there.
pm_fs_status pm_cart_volume_create(const struct pm_allocator *alloc,
                                   const struct pm_cart_files *files,
                                   struct pm_volume **out);

#endif
