// SPDX-License-Identifier: MIT
//
// A cartridge's files out of a folder, read by the C library alone.

#ifndef CART_FOLDER_H
#define CART_FOLDER_H

#include <prometeu/cart.h>

// [folder] must outlive the machine. Files stay open until the program ends.
struct pm_cart_files cart_folder(const char *folder);

#endif
