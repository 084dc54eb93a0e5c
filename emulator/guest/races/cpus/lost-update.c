// SPDX-License-Identifier: Apache-2.0
/*
 * Lost update. Both CPUs charge an account: read it, compute a price, write the sum back. What the other one charged in between is overwritten.
 */
#include "races/cpus/pair.h"

static volatile uint32_t account;
static uint32_t charged[2];

static uint32_t price(uint32_t i)
{
	uint32_t units = 0;

	for (unsigned int bit = 0; bit < 4; bit++)
		units += 1 + (i >> bit & 1);
	return units;
}

static void charge(unsigned int cpu, uint32_t i)
{
	uint32_t total = account, units = price(i + cpu);

	asm volatile("" : "+r"(total), "+r"(units));	/* the load above, the store below */
	account = total + units;
	charged[cpu] = units;
}

void pair_prepare(uint32_t i)
{
	(void)i;
	account = 0;
}

void pair_test(uint32_t i)
{
	pair_work(0, i);
	charge(0, i);
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	pair_work(1, i);
	charge(1, i);
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	(void)i;
	return account == charged[0] + charged[1] ? NULL : "a charge was lost";
}
