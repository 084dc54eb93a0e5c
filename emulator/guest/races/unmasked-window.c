// SPDX-License-Identifier: Apache-2.0
/*
 * Interrupts unmasked too early. A ring's slot is filled with interrupts off, and they are on again before the slot is counted as
 * filled: an interrupt that had to wait comes right then and takes the same slot. So each place of the masked section is
 * fatal, too: 16 in all.
 */
#include "race.h"

#define SLOTS	16

const uint32_t race_hz = 100;

static volatile uint32_t ring[SLOTS], filled;

void race_init(void)
{
}

void timer_interrupt(void)
{
	uint32_t at = filled;

	ring[at % SLOTS] = bare_ticks;
	filled = at + 1;
}

static void put(uint32_t a, uint32_t b)
{
	uint32_t at;

	interrupts_off();
	at = filled;
	ring[at % SLOTS] = a ^ b << 16 ^ (a >> 3 | b << 29);
	interrupts_on();
	filled = at + 1;
}

const char *race_test(uint32_t i)
{
	uint32_t ticks, count;

	interrupts_off();
	ticks = bare_ticks;
	filled = 0;
	interrupts_on();

	race_work(i);
	put(i, ~i);
	race_work(i);

	interrupts_off();
	ticks = bare_ticks - ticks;
	count = filled;
	interrupts_on();
	return count == ticks + 1 ? 0 : "a slot was filled twice";
}
