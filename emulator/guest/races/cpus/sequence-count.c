// SPDX-License-Identifier: Apache-2.0
/*
 * Sequence counter without a retry. The companion writes two halves and makes the counter odd meanwhile. The test waits for it to be even and reads both; that
 * it has to look at the counter again afterwards was forgotten.
 */
#include "races/cpus/pair.h"

static volatile uint32_t sequence, high, low;
static uint32_t seen_high, seen_low;

void pair_prepare(uint32_t i)
{
	(void)i;
	sequence = 0;
	high = low = 0;
}

void pair_test(uint32_t i)
{
	pair_work(0, i);
	while (sequence & 1)
		bw_pause();
	seen_high = high;
	seen_low = low;
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	pair_work(1, i);
	sequence++;
	high = i;
	low = i;
	sequence++;
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	(void)i;
	return seen_high == seen_low ? NULL : "read half of an update";
}
