// SPDX-License-Identifier: MIT
//
// The rules of paths (docs/spec/fs.md): absolute, UTF-8, '/' between
// components of 1 to 255 bytes, 1,024 bytes in all, no empty component, no
// "." or "..", no NUL, no control character, no backslash, no '/' at the end.

#ifndef PM_FS_PATH_H
#define PM_FS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define PM_PATH_MAX 1024u
#define PM_NAME_MAX 255u

// Whether [text] of [size] bytes is a path by all the rules.
bool pm_path_is_right(const char *text, size_t size);

// Whether [text] can be a component.
bool pm_path_is_name(const char *text, size_t size);

#endif
