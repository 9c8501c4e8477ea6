// SPDX-License-Identifier: MIT
//
// What the files of the JSON reader share.

#ifndef PM_BASE_JSON_INTERNAL_H
#define PM_BASE_JSON_INTERNAL_H

#include "base/json.h"

// Remembers the first failure; gives false.
bool pm_json_fail(struct pm_json *json, const uint8_t *at, const char *code,
                  const char *problem);

// Notes a key of the innermost object; false after a failure.
bool pm_json_note_key(struct pm_json *json, const struct pm_json_str *key);

// Checks the keys of the innermost object, which closes, and forgets them.
bool pm_json_check_keys(struct pm_json *json);

// Reads one resolved character's bytes of a string that was scanned before:
// gives its length (1..4) in [out] and moves [*at] behind it.
size_t pm_json_char(const uint8_t **at, uint8_t out[4]);

#endif
