// SPDX-License-Identifier: Apache-2.0
/*
 * Deadlock of two locks. The test takes a and then b, the companion b and then a. When each has taken its first, both wait for ever: the iteration hangs.
 */
#include "races/cpus/pair.h"

static struct pair_lock a, b;

static void take_both(struct pair_lock *first, struct pair_lock *second)
{
	pair_acquire(first);
	pair_acquire(second);
	pair_release(second);
	pair_release(first);
}

void pair_prepare(uint32_t i)
{
	(void)i;
}

void pair_test(uint32_t i)
{
	pair_work(0, i);
	take_both(&a, &b);
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	pair_work(1, i);
	take_both(&b, &a);
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	(void)i;
	return NULL;
}
