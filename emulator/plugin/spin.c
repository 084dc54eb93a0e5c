/* SPDX-License-Identifier: Apache-2.0 */
#include "spin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOP		16	/* instructions */
#define MOST_DELAYS	16384	/* BW_DELAYS_MAX in bohrwerk.h */
#define MOST_LOOPS	8	/* that look so: one in each program that carries bohrwerk.c */

static uint32_t delays[MOST_DELAYS];
static unsigned int count, ended;

static struct {
	uint64_t from;
	uint64_t to;
} loops[MOST_LOOPS];
static unsigned int known;

/* Instructions in a loop so far. */
static uint64_t run;

bool spin_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, delays, sizeof(delays));

	if (fd >= 0)
		close(fd);
	if (n < 0)
		fprintf(stderr, "bohrwerk plugin: cannot read the delays in %s: %s\n", path, strerror(errno));
	count = n < 0 ? 0 : n / sizeof(delays[0]);
	return n >= 0;
}

static int loop_of(uint64_t pc)
{
	for (unsigned int i = 0; i < known; i++)
		if (pc >= loops[i].from && pc < loops[i].to)
			return i;
	return -1;
}

unsigned int spin_ended(const struct block *block, unsigned int done, const struct block *next)
{
	int loop = loop_of(block->pc);
	uint64_t whole;

	if (loop < 0 && block->flags & BLOCK_SPIN && known < MOST_LOOPS) {
		loop = known++;
		loops[loop].from = block->pc;
		loops[loop].to = block->next;
	}
	if (loop < 0)
		return 0;
	run += done;
	if (loop_of(next->pc) == loop)
		return 0;
	whole = run;
	run = 0;
	if (ended == count || whole != delays[ended] / LOOP * LOOP)
		return 0;
	return ++ended;
}
