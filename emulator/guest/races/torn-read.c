// SPDX-License-Identifier: Apache-2.0
/*
 * Torn read. A 64-bit clock is read in two halves, and the timer carries from the low one into the high one in between. Two places, as
 * the compiler puts an instruction between the loads. And only when the clock is about to carry, as it is in this test.
 */
#include "race.h"

#define ALMOST	0xfffffff0u

const uint32_t race_hz = 30;

static volatile struct {
	uint32_t low, high;
} clock;

void race_init(void)
{
}

void timer_interrupt(void)
{
	uint32_t low = clock.low + 0x100;

	if (low < clock.low)
		clock.high++;
	clock.low = low;
}

static uint64_t now(void)
{
	uint32_t low = clock.low, high = clock.high;

	return (uint64_t)high << 32 | low;
}

const char *race_test(uint32_t i)
{
	uint64_t before, after;

	interrupts_off();
	clock.low = ALMOST;
	clock.high = i;
	interrupts_on();

	before = (uint64_t)i << 32 | ALMOST;
	race_work(i);
	after = now();
	race_work(i);
	return after - before > 0x10000 ? "the clock jumped" : 0;
}
