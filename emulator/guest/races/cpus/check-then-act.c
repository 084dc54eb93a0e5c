// SPDX-License-Identifier: Apache-2.0
/*
 * Check, then act. A device is claimed by who finds it free. Between the look and the claim, three instructions, the other CPU finds it free as well.
 */
#include "races/cpus/pair.h"

static volatile uint32_t owner;	/* 0: free */
static bool claimed[2];

static void claim(unsigned int cpu)
{
	if (owner)
		return;
	owner = cpu + 1;
	claimed[cpu] = true;
}

void pair_prepare(uint32_t i)
{
	(void)i;
	owner = 0;
	claimed[0] = claimed[1] = false;
}

void pair_test(uint32_t i)
{
	pair_work(0, i);
	claim(0);
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	pair_work(1, i);
	claim(1);
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	(void)i;
	return claimed[0] && claimed[1] ? "claimed by both" : NULL;
}
