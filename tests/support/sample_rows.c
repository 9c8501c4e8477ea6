// SPDX-License-Identifier: MIT
//
// The declarations of the sample domains.
#include "support/sample_rows.h"

#define STATUS                                                                 \
    {                                                                          \
        "status", PM_VALUE_INT, NULL, 0, 0                                     \
    }
#define A_STATE(which)                                                         \
    {                                                                          \
        which, PM_VALUE_STATE, which, 0, 0                                     \
    }
#define NUMBER(name)                                                           \
    {                                                                          \
        name, PM_VALUE_INT, NULL, INT64_MIN, INT64_MAX                         \
    }
#define RANGE(name, least, greatest)                                           \
    {                                                                          \
        name, PM_VALUE_INT, NULL, least, greatest                              \
    }
#define BOOL(name)                                                             \
    {                                                                          \
        name, PM_VALUE_BOOL, NULL, 0, 0                                        \
    }
#define F64(name)                                                              \
    {                                                                          \
        name, PM_VALUE_F64, NULL, 0, 0                                         \
    }
#define STR(name)                                                              \
    {                                                                          \
        name, PM_VALUE_STR, NULL, 0, 0                                         \
    }
#define BYTES(name)                                                            \
    {                                                                          \
        name, PM_VALUE_BYTES, NULL, 0, 0                                       \
    }

#define TAKES(...)                                                             \
    .params = {__VA_ARGS__},                                                   \
    .param_count = sizeof((struct pm_value_decl[]){__VA_ARGS__}) /             \
                   sizeof(struct pm_value_decl)
#define GIVES(...)                                                             \
    .results = {__VA_ARGS__},                                                  \
    .result_count = sizeof((struct pm_value_decl[]){__VA_ARGS__}) /            \
                    sizeof(struct pm_value_decl)

#define CALL(number, of, text, what, cycles, ...)                              \
    FREE_CALL(number, of, text, what, cycles, .capability = PM_SAMPLE_CAP,     \
              __VA_ARGS__)
#define FREE_CALL(number, of, text, what, cycles, ...)                         \
    .decl = {.id = 0x8000 + (number),                                          \
             .module = of,                                                     \
             .name = text,                                                     \
             .version = 1,                                                     \
             .verb = PM_VERB_##what,                                           \
             .domain = of,                                                     \
             .price = cycles,                                                  \
             .meaning = "a sample",                                            \
             __VA_ARGS__}

#define TRANSFER(of, with)                                                     \
    TAKES(A_STATE(of), NUMBER("host_offset"), BYTES(with),                     \
          NUMBER("buffer_offset"), NUMBER("max_bytes")),                       \
        .price16 = 2

const struct pm_host_call pm_sample_call_rows[PM_SAMPLE_CALLS] = {
    {CALL(0, "counter", "open", CREATE, 100,
          TAKES(NUMBER("start"), RANGE("how", 0, 8)),
          GIVES(STATUS, A_STATE("counter"), STR("label"))),
     .run = pm_counter_open},
    {CALL(1, "counter", "add", UPDATE, 20,
          TAKES(A_STATE("counter"), NUMBER("by")),
          GIVES(STATUS, NUMBER("value"), F64("half"), BOOL("done"))),
     .run = pm_counter_add},
    {CALL(2, "counter", "get", READ, 10, TAKES(A_STATE("counter")),
          GIVES(NUMBER("value"), F64("half"), BOOL("odd"))),
     .run = pm_counter_get},
    {CALL(3, "counter", "name", READ, 50, TAKES(A_STATE("counter")),
          GIVES(STATUS, STR("from"), STR("now")), .may_allocate = true),
     .run = pm_counter_name},
    {CALL(4, "counter", "wait", UPDATE, 500, TAKES(A_STATE("counter")),
          GIVES(STATUS), .waits = true),
     .run = pm_counter_wait},
    {CALL(5, "counter", "renew", UPDATE, 30,
          TAKES(A_STATE("counter"), BOOL("trap")), GIVES(STATUS)),
     .run = pm_counter_renew},
    {CALL(6, "counter", "nest", READ, 10, TAKES(A_STATE("counter")),
          GIVES(STATUS)),
     .run = pm_counter_nest},
    {CALL(7, "counter", "close", DESTROY, 40,
          TAKES(A_STATE("counter"), RANGE("how", 0, 3)), GIVES(STATUS)),
     .run = pm_counter_close},

    // No capability, no status but the create's.
    {FREE_CALL(8, "stone", "open", CREATE, 10, GIVES(STATUS, A_STATE("stone"))),
     .run = pm_stone_open},
    {FREE_CALL(9, "stone", "look", READ, 10, TAKES(A_STATE("stone")),
               GIVES(NUMBER("one"))),
     .run = pm_stone_look},
    {FREE_CALL(10, "stone", "drop", DESTROY, 10, TAKES(A_STATE("stone"))),
     .run = pm_sample_close},

    {CALL(11, "boulder", "open", CREATE, 10, TAKES(BOOL("fail")),
          GIVES(STATUS, A_STATE("boulder"))),
     .run = pm_boulder_open},
    {CALL(12, "boulder", "get", READ, 10,
          TAKES(A_STATE("boulder"), RANGE("at", 0, 511)),
          GIVES(NUMBER("value"))),
     .run = pm_boulder_get},
    {CALL(13, "boulder", "set", UPDATE, 10,
          TAKES(A_STATE("boulder"), RANGE("at", 0, 511), NUMBER("value"))),
     .run = pm_boulder_set},
    {CALL(14, "boulder", "drop", DESTROY, 10, TAKES(A_STATE("boulder")),
          GIVES(STATUS)),
     .run = pm_sample_close},

    {CALL(15, "box", "open", CREATE, 100,
          TAKES(RANGE("size", 0, PM_BOX_LIMIT), RANGE("mode", 0, 3)),
          GIVES(STATUS, A_STATE("box"))),
     .run = pm_box_open},
    {CALL(16, "box", "read", READ, 60, TRANSFER("box", "dst"),
          GIVES(STATUS, NUMBER("transferred"), BOOL("eof")),
          .form = PM_FORM_READ),
     .read = pm_box_read},
    {CALL(17, "box", "write", UPDATE, 70, TRANSFER("box", "src"),
          GIVES(STATUS, NUMBER("transferred")), .form = PM_FORM_WRITE),
     .write = pm_box_write},
    {CALL(18, "box", "size", READ, 10, TAKES(A_STATE("box")),
          GIVES(STATUS, NUMBER("bytes"))),
     .run = pm_box_size},
    {CALL(19, "box", "close", DESTROY, 10, TAKES(A_STATE("box")),
          GIVES(STATUS)),
     .run = pm_sample_close},
    {CALL(20, "box", "slow_read", READ, 60, TRANSFER("box", "dst"),
          GIVES(STATUS, NUMBER("transferred"), BOOL("eof")),
          .form = PM_FORM_READ, .waits = true),
     .read = pm_box_read},
    {CALL(21, "box", "shred", DESTROY, 10, TAKES(A_STATE("box")), GIVES(STATUS),
          .waits = true),
     .run = pm_sample_close},
};

#define DOMAIN(text, bytes, arguments)                                         \
    .name = (text), .meaning = "a sample", .payload_size = (bytes),            \
    .max_live = PM_SAMPLE_LIVE, .limit_status = PM_SAMPLE_TOO_MANY,            \
    .example = (arguments)

const struct pm_domain pm_sample_domain_rows[PM_SAMPLE_DOMAINS] = {
    {DOMAIN("counter", 16, "push_i64 7\n    push_i64 0"),
     .release = pm_counter_release, .save = pm_counter_save,
     .restore = pm_counter_restore},
    {DOMAIN("stone", 0, ""), .no_update = "a stone stays as it is"},
    {DOMAIN("boulder", PM_DOMAIN_MAX_PAYLOAD, "push_bool false")},
    {DOMAIN("box", 0, "push_i64 40\n    push_i64 3"), .release = pm_box_release,
     .save = pm_box_save, .restore = pm_box_restore},
};
