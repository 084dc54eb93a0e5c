/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A planted race between two CPUs: one file with what pair.c calls. Each tells what is wrong and between which instructions the other CPU must
 * come. The accounts that tell whether it struck are each CPU's own, and read when both sides have ended: a check that took part in the race would hide it.
 */
#ifndef PAIR_H
#define PAIR_H

#include "bohrwerk.h"

/* Before the sides are released. */
void pair_prepare(uint32_t i);
void pair_test(uint32_t i);		/* on CPU 0 */
void pair_companion(uint32_t i);	/* on CPU 1 */
/* When both have ended: NULL, or what went wrong. */
const char *pair_verdict(uint32_t i);

/* What a side does besides what it tests: some 1,300 instructions on memory of that CPU's own. */
uint32_t pair_work(unsigned int cpu, uint32_t seed);

/* One that gives the other CPU its turn while it waits, as a kernel's does. */
struct pair_lock {
	volatile uint32_t taken;
};

static inline void pair_acquire(struct pair_lock *lock)
{
	while (__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE))
		bw_pause();
}

static inline void pair_release(struct pair_lock *lock)
{
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

#endif
