/* SPDX-License-Identifier: Apache-2.0 */
/* Translated blocks: what is known of one when it is translated, kept once for each address and content. */
#ifndef BLOCK_H
#define BLOCK_H

#include "qemu.h"

#define LONGEST_BLOCK	512	/* instructions; TCG_MAX_INSNS in QEMU */

/* How a block ends, as far as it matters where execution goes on. */
enum {
	BLOCK_INDIRECT = 1 << 0,	/* to an address that is not in the code */
	BLOCK_IRET = 1 << 1,
	BLOCK_SYSCALL = 1 << 2,		/* syscall or sysenter */
	BLOCK_SYSRET = 1 << 3,		/* sysret or sysexit */
	BLOCK_REPEATS = 1 << 4,		/* its last instruction may follow itself: a string instruction, a jump to itself */
	BLOCK_ENABLES = 1 << 5,		/* interrupts may be enabled from here on: sti, popf, iret */
	BLOCK_SHADOW = 1 << 6,		/* no interrupt is taken before the instruction that follows: sti, mov ss, pop ss */
	BLOCK_SPIN = 1 << 7,		/* the whole loop of bw_spin(), see emulator/guest/bohrwerk.c */
};

/* Whether an interrupt's or exception's handler begins at a block. */
enum entry { ENTRY_UNKNOWN, ENTRY_PLAIN, ENTRY_HANDLER };

struct block {
	uint64_t pc;
	uint64_t next;		/* address behind it */
	uint64_t target;	/* of the jump or call at its end; @next if there is none */
	uint64_t hash;		/* of its bytes */
	const char *symbol;	/* the function, if QEMU knows it */
	struct place *hot;	/* the tracer's latest record of it */
	uint16_t count;		/* instructions */
	uint16_t flags;
	uint8_t entry;
	uint8_t sizes[];	/* of its instructions, in bytes */
};

/* The record of a block that is being translated; NULL when there is no memory for more. */
struct block *block_of(const struct qemu_plugin_tb *tb);

/* Index of the instruction at an address, -1 if none begins there. */
int block_index(const struct block *block, uint64_t pc);

/* Address of an instruction. */
uint64_t block_pc(const struct block *block, unsigned int index);

#endif
