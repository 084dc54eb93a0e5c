// SPDX-License-Identifier: Apache-2.0
/*
 * Forgotten flag. Requests are bits of a word; the server serves those that it has read, and then clears the word: with
 * it a request that came meanwhile. Ten places from behind the load to the store.
 */
#include "race.h"

#define BY_TEST		1u
#define BY_TIMER	2u

const uint32_t race_hz = 50;

static volatile uint32_t pending, served[2];

void race_init(void)
{
}

void timer_interrupt(void)
{
	pending |= BY_TIMER;
}

static void serve(void)
{
	uint32_t work = pending;

	if (!work)
		return;
	if (work & BY_TEST)
		served[0]++;
	if (work & BY_TIMER)
		served[1]++;
	pending = 0;
}

const char *race_test(uint32_t i)
{
	uint32_t ticks;

	interrupts_off();
	ticks = bare_ticks;
	pending = BY_TEST;
	served[1] = 0;
	interrupts_on();

	race_work(i);
	serve();
	race_work(i);

	interrupts_off();
	ticks = bare_ticks - ticks;
	serve();
	interrupts_on();
	return served[1] == ticks ? 0 : "a request was forgotten";
}
