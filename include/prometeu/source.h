// SPDX-License-Identifier: MIT
//
// A source: bytes of a known size that are read by position. Formats read
// sources, not files, so that the same reader works over a file, a slice of
// a package, memory or a test that fails on purpose.

#ifndef PROMETEU_SOURCE_H
#define PROMETEU_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pm_source {
    // Reads exactly [size] bytes at [offset] into [dst].
    //
    // Fails with PM_ERR_IO when the bytes cannot be had, also when the
    // source has become shorter than [size] said; [dst] is then undefined.
    // Never called with a range outside 0..size.
    pm_status (*read_at)(void *context, uint64_t offset, void *dst,
                         size_t size);
    void *context;
    // Bytes in the source, fixed when it was opened.
    uint64_t size;
    // NULL for a source that lends nothing. Else gives the [size] bytes at
    // [offset] where they lie, or NULL when they must be read after all: what
    // is only looked at is then not copied first. What was lent neither moves
    // nor changes as long as the source may be read; so a map of a file, which
    // others can write to or cut, must not be lent.
    const void *(*lend)(void *context, uint64_t offset, size_t size);
};

// A source over [size] bytes at [bytes], which must outlive it and may not
// change meanwhile. It lends them.
struct pm_source pm_source_memory(const void *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif
