#include "lang/low.h"
__attribute__((weak)) pm_status pm_low_optimise(struct pm_low_program *p){(void)p;return PM_OK;}
__attribute__((weak)) pm_status pm_low_emit(const struct pm_low_program *p, struct pm_lang_report *r, struct pm_buf *o){(void)p;(void)r;(void)o;return PM_OK;}
__attribute__((weak)) void pm_dump_low(const struct pm_low_program *p, struct pm_buf *o){(void)p;(void)o;}
__attribute__((weak)) pm_status pm_format(const struct pm_parsed *p, struct pm_buf *o){(void)p;(void)o;return PM_OK;}
