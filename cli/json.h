// SPDX-License-Identifier: MIT
//
// JSON that commands print: the members of reports, and text from outside so
// that a terminal stays safe too. What pm_buf_put_escaped would not print
// goes out as \uXXXX, which means the same to whoever reads the JSON.

#ifndef PM_CLI_JSON_H
#define PM_CLI_JSON_H

#include "base/json_write.h"

void cli_json_text(struct pm_json_writer *w, const char *key,
                   const char *value);
void cli_json_bytes(struct pm_json_writer *w, const char *key,
                    const void *value, size_t size);
void cli_json_number(struct pm_json_writer *w, const char *key, int64_t value);
void cli_json_bool(struct pm_json_writer *w, const char *key, bool value);
void cli_json_null(struct pm_json_writer *w, const char *key);
void cli_json_begin_object(struct pm_json_writer *w, const char *key);
void cli_json_begin_array(struct pm_json_writer *w, const char *key);

// A string as a value of its own.
void cli_json_string(struct pm_json_writer *w, const void *text, size_t size);

// Appends one JSON value, which must be valid, without its white space.
void cli_json_put_plain(struct pm_buf *out, const char *json, size_t size);
// The same as the value of a member.
void cli_json_copy(struct pm_json_writer *w, const char *key, const char *json,
                   size_t size);

#endif
