// SPDX-License-Identifier: Apache-2.0
/*
 * Double free by a reference count. Both CPUs drop their reference and free the object when none is left; but the count is looked at again after it
 * was lowered. When the other CPU lowers it in between, both see 0.
 */
#include "races/cpus/pair.h"

static volatile uint32_t references;
static uint32_t freed[2];

static void put(unsigned int cpu)
{
	__atomic_sub_fetch(&references, 1, __ATOMIC_SEQ_CST);
	if (!references)
		freed[cpu]++;
}

void pair_prepare(uint32_t i)
{
	(void)i;
	references = 2;
	freed[0] = freed[1] = 0;
}

void pair_test(uint32_t i)
{
	pair_work(0, i);
	put(0);
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	pair_work(1, i);
	put(1);
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	(void)i;
	return freed[0] + freed[1] == 1 ? NULL : "freed twice";
}
