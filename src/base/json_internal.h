// SPDX-License-Identifier: MIT
//
// What the files of the JSON reader share.

#ifndef PM_BASE_JSON_INTERNAL_H
#define PM_BASE_JSON_INTERNAL_H

#include "base/json.h"

// Remembers the first failure; gives false.
bool pm_json_fail(struct pm_json *json, const uint8_t *at, const char *code,
                  const char *problem);

// Makes room for as many keys as the rest of the text can have.
bool pm_json_more_keys(struct pm_json *json);

// Fails because of the key at [offset], which stood in the object before.
bool pm_json_fail_duplicate(struct pm_json *json, uint32_t offset, size_t size);

// Checks the keys of the innermost object, which closes, and forgets them.
bool pm_json_check_keys(struct pm_json *json);

// Reads one resolved character's bytes of a string that was scanned before:
// gives its length (1..4) in [out] and moves [*at] behind it.
size_t pm_json_char(const uint8_t **at, uint8_t out[4]);

#endif
