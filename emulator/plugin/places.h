/* SPDX-License-Identifier: Apache-2.0 */
/* Where execution was, and how often: a record for each block in each context, of bounded number. */
#ifndef PLACES_H
#define PLACES_H

#include "block.h"

/* In place of a vector: entered by syscall or sysenter. */
#define VECTOR_SYSCALL	0x100
/* In place of a vector: under no trap. */
#define VECTOR_NONE	0x1ff
#define NUMBER_UNKNOWN	UINT32_MAX

enum {
	CONTEXT_FRESH = 1 << 0,	/* interrupts may have been enabled just before */
	CONTEXT_BLIND = 1 << 1,	/* no interrupt is taken before the block's first instruction */
};

struct context {
	uint64_t space;		/* address space: CR3 without its lower 13 bits */
	uint32_t number;	/* of the system call */
	uint16_t vector;	/* of the trap or system call it is under */
	uint8_t depth;		/* of nested traps */
	uint8_t cpl;
	uint8_t flags;
};

/*
 * Notes that the first @done instructions of a block were executed.
 *
 * @at: count of instructions when the first of them was
 */
void places_add(struct block *block, unsigned int done, const struct context *context, uint64_t at);

/* Writes them all. */
void places_report(void);

#endif
