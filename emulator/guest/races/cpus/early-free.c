// SPDX-License-Identifier: Apache-2.0
/*
 * Free before a grace period. The companion puts a new object in the place of the old one, and frees the old one at once; the test may still be reading it.
 * Reading takes some 30 instructions.
 */
#include "races/cpus/pair.h"

#define WORDS	8
#define FREED	0x6b6b6b6bu	/* what a freed object is filled with */

struct object {
	volatile uint32_t words[WORDS];
};

static struct object objects[2];
static struct object *volatile current;
static bool read_freed;

static void fill(struct object *object, uint32_t value)
{
	for (unsigned int i = 0; i < WORDS; i++)
		object->words[i] = value;
}

void pair_prepare(uint32_t i)
{
	(void)i;
	fill(&objects[0], 1);
	fill(&objects[1], 1);
	current = &objects[0];
	read_freed = false;
}

void pair_test(uint32_t i)
{
	const struct object *object;

	pair_work(0, i);
	object = current;
	for (unsigned int at = 0; at < WORDS; at++)
		if (object->words[at] == FREED)
			read_freed = true;
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	struct object *old;

	pair_work(1, i);
	old = current;
	current = &objects[1];
	fill(old, FREED);
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	(void)i;
	return read_freed ? "read what was freed" : NULL;
}
