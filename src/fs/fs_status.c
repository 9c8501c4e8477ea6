// SPDX-License-Identifier: MIT
//
// Names and meanings of the file statuses.
#include <prometeu/fs.h>

const char *pm_fs_status_name(pm_fs_status status)
{
    switch (status) {
#define PM_FS_STATUS(name, value, meaning)                                     \
    case PM_FS_##name:                                                         \
        return #name;
#include <prometeu/fs_status.def>
#undef PM_FS_STATUS
    }
    return "?";
}

const char *pm_fs_status_meaning(pm_fs_status status)
{
    switch (status) {
#define PM_FS_STATUS(name, value, meaning)                                     \
    case PM_FS_##name:                                                         \
        return meaning;
#include <prometeu/fs_status.def>
#undef PM_FS_STATUS
    }
    return "no status of files";
}
