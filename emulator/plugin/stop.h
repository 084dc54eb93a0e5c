/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds an instruction and waits there. Positions are counts of instructions begun, of all virtual CPUs together: at N, N have been begun and
 * the next is about to.
 */
#ifndef STOP_H
#define STOP_H

#include "block.h"

#define STOP_NEVER	UINT64_MAX

struct stop_options {
	uint64_t at;		/* wait so that the machine can be stopped after so many instructions */
	bool executes;		/* look for an execution of @address ... */
	bool writes;		/* ... or for a write to [address, address + size) */
	uint64_t address;
	uint64_t size;
	uint64_t after;		/* the first one at this position or later, ... */
	uint64_t before;	/* ... or, unless STOP_NEVER, the last one ahead of this */
	const char *control;	/* FIFO of commands; NULL: do not wait */
	unsigned int limit;	/* seconds to wait for a command */
};

/* False, with a message, if the FIFO cannot be made. */
bool stop_init(const struct stop_options *options);

/* Whether anything is looked for. */
bool stop_wanted(void);

/* Instruments a block that is being translated. */
void stop_translated(struct qemu_plugin_tb *tb);

/* Called before the first instruction of a block is executed. */
void stop_enter(unsigned int cpu, const struct block *block);

#endif
