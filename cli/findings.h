// SPDX-License-Identifier: MIT
//
// Findings: what "verify --json" says of each message.

#ifndef PM_CLI_FINDINGS_H
#define PM_CLI_FINDINGS_H

#include "base/diag.h"
#include "json.h"

// Messages, and each of them taken apart as an object of a JSON array.
struct cli_capture {
    struct pm_buf lines; // with a NUL behind each
    struct pm_buf findings;
    struct pm_json_writer w; // into [findings]
};

void cli_capture_init(struct cli_capture *capture);
void cli_capture_free(struct cli_capture *capture);

// A diagnostic, shown as [line].
void cli_capture_diag(struct cli_capture *capture, const struct pm_diag *diag,
                      const char *line);

// A line "file:line:column: error CODE: text" or "file:+offset: …"; of
// another line all is text.
void cli_capture_line(struct cli_capture *capture, const char *line);

// A message that has no code and no place.
void cli_capture_text(struct cli_capture *capture, const char *text);

// Ends the array: [findings] then holds it.
void cli_capture_end(struct cli_capture *capture);

#endif
