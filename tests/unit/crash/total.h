// SPDX-License-Identifier: MIT
//
// What the campaigns of this program have come to together.

#ifndef PM_TEST_CRASH_TOTAL_H
#define PM_TEST_CRASH_TOTAL_H

#include "support/crash_campaign.h"

double campaign_now(void);
void campaign_count(const struct pm_crash_campaign *campaign, double seconds);

#endif
