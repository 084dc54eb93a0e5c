// SPDX-License-Identifier: Apache-2.0
/*
 * Lost update. An account is read, a price is computed, the sum is written back; what the timer charged in between is
 * overwritten. Wide: a loop, 92 instructions from load to store.
 */
#include "race.h"

const uint32_t race_hz = 1000;

static volatile uint32_t charged;

void race_init(void)
{
}

void timer_interrupt(void)
{
	charged++;
}

static uint32_t price(uint32_t i)
{
	uint32_t units = 0;

	for (unsigned int bit = 0; bit < 12; bit++)
		units += 1 + (i >> bit & 1);
	return units;
}

const char *race_test(uint32_t i)
{
	uint32_t ticks, units, total;

	interrupts_off();
	ticks = bare_ticks;
	charged = 0;
	interrupts_on();

	race_work(i);
	total = charged;
	units = price(i);
	asm volatile("" : "+r"(total), "+r"(units));	/* the load above, the store below */
	charged = total + units;
	race_work(i);

	interrupts_off();
	ticks = bare_ticks - ticks;
	total = charged;
	interrupts_on();
	return total == units + ticks ? 0 : "a charge was lost";
}
