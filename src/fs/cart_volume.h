// SPDX-License-Identifier: MIT
//
// /cart: the cartridge's own files, to be read. The same names for a
// directory and for a package: those that a cartridge has.
//
// Whatever would change something is ACCESS_DENIED before anything else is
// looked at: there is no path for which it could be otherwise. Revisions are
// 1; sizes are those that the sources had when the volume was made. usage
// gives the sum of them, used and limit.

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
