// SPDX-License-Identifier: MIT
//
// A file as it is becomes a BLOB.

#include <string.h>

#include "pack/project.h"

pm_status pm_pack_make_raw(struct pm_pack_maker *m)
{
    struct pm_pack_part part = {
        .suffix = "", .bank = PM_BANK_BLOB, .is_file = true};
    struct pm_pack_bytes bytes;
    struct pm_pack_file file;
    pm_status status = pm_pack_open_file(m, 0, &bytes, &file);

    if (status)
        return status;
    part.bytes = bytes.data;
    part.size = bytes.size;
    pm_buf_put_escaped(&m->report, file.name, strlen(file.name));
    pm_buf_printf(&m->report, ": %zu bytes, raw\n", file.size);
    status = pm_pack_add_part(m, &part);
    pm_pack_release(m->packer, &bytes);
    return status;
}
