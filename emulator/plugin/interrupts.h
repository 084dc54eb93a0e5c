/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts and exceptions as QEMU logs them (-d int), read inside the emulator: the plugin API tells of them from QEMU 10.2 on only, and never
 * their vectors. The log goes to a FIFO that the plugin makes and reads. QEMU writes an entry before the handler's first instruction, so it is
 * there when that instruction is reached.
 */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

struct interrupt {
	uint64_t pc;		/* where the handler returns to: of a fault the instruction, else the one behind it */
	uint64_t rax;		/* or eax; of a page fault, where the log does not have it, 0 */
	uint64_t cr3;
	uint16_t vector;
	uint8_t cpl;		/* privilege level that was interrupted */
	bool software;		/* by an instruction that asks for it */
};

/* Makes the FIFO; false, with a message, if that fails. Call before the log is switched on. */
bool interrupts_open(const char *path);

/* Whether the log is read at all. */
bool interrupts_known(void);

/*
 * Those since the last call, at most @most; any further ones are dropped. More than one or two do not happen between two blocks.
 */
unsigned int interrupts_read(struct interrupt *to, unsigned int most);

#endif
