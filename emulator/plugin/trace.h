/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows execution from block to block: counts the instructions that were completed, as QEMU's icount does; keeps the places of a stretch
 * between two delays; tells of interrupts and of delays' ends.
 */
#ifndef TRACE_H
#define TRACE_H

#include "block.h"

struct trace_options {
	unsigned int from;	/* keep places from the end of this delay ... */
	unsigned int to;	/* ... to the end of this one, and stop there; 0: keep none */
	uint64_t until;		/* stop after so many instructions */
};

void trace_init(const struct trace_options *options);

/* Called before the first instruction of a block is executed. */
void trace_enter(unsigned int cpu, struct block *block);

/* Notes what the system call instruction that is about to be executed asks for, where registers can be read. */
void trace_call_number(unsigned int cpu, uint32_t number);

/* Writes what is known, if that was not done when the stretch ended. */
void trace_report(void);

#endif
