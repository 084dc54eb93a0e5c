/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A planted race: one file with what race.c calls. Each tells what is wrong and between which instructions the timer must
 * strike. The rate under random phases is the number of those places over the instructions between two ticks.
 */
#ifndef RACE_H
#define RACE_H

#include "bare/bare.h"
#include "bohrwerk.h"

extern const uint32_t race_hz;	/* timer interrupts per second */

void race_init(void);			/* called once, interrupts off */
const char *race_test(uint32_t i);	/* as bw_run() wants it */

/* What a test does besides what it tests: some 1,300 instructions on memory of its own. */
uint32_t race_work(uint32_t seed);

static inline void interrupts_off(void)
{
	asm volatile("cli" : : : "memory");
}

static inline void interrupts_on(void)
{
	asm volatile("sti" : : : "memory");
}

#endif
