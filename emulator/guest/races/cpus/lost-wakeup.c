// SPDX-License-Identifier: Apache-2.0
/*
 * Lost wake-up. The companion looks whether its event has come, and if not says that it sleeps, and waits to be woken. The test lets the event come, and wakes
 * the companion if that one says that it sleeps. When all of this happens between the companion's look and its word, nobody wakes it. As a kernel's
 * would, its sleep ends after a while.
 */
#include "races/cpus/pair.h"

#define LONGEST_SLEEP	2000	/* turns: the test has long ended */

static volatile bool event, sleeping, woken;
static bool overslept;

static void sleep_until_woken(void)
{
	for (unsigned int turn = 0; !woken; turn++) {
		if (turn == LONGEST_SLEEP) {
			overslept = true;
			return;
		}
		bw_pause();
	}
}

void pair_prepare(uint32_t i)
{
	(void)i;
	event = sleeping = woken = overslept = false;
}

void pair_test(uint32_t i)
{
	pair_work(0, i);
	event = true;
	if (sleeping)
		woken = true;
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	pair_work(1, i);
	if (!event) {
		sleeping = true;
		sleep_until_woken();
	}
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	(void)i;
	return overslept ? "nobody woke it" : NULL;
}
