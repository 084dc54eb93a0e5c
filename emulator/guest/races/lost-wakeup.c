// SPDX-License-Identifier: Apache-2.0
/*
 * Lost wake-up. A thread looks whether its event has come and goes to sleep if not; the event comes in between, finds nobody
 * asleep, and the thread sleeps until something else wakes it. Eight places from behind the look to the halt.
 */
#include "race.h"

const uint32_t race_hz = 100;

static volatile uint32_t event, sleeps;

void race_init(void)
{
}

void timer_interrupt(void)
{
	event = 1;
}

static void wait_for_event(void)
{
	while (!event) {
		sleeps++;
		asm volatile("hlt" : : : "memory");
	}
}

const char *race_test(uint32_t i)
{
	uint32_t ticks;

	interrupts_off();
	event = 0;
	ticks = bare_ticks;
	interrupts_on();

	race_work(i);
	wait_for_event();
	ticks = bare_ticks - ticks;
	race_work(i);
	return ticks == 1 ? 0 : "slept past the event";
}
