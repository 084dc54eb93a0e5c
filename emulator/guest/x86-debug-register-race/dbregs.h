/* SPDX-License-Identifier: Apache-2.0 */
/* Debug registers of a thread, and the trap that they raise. Shared with assembly. */
#ifndef DBREGS_H
#define DBREGS_H

#define PCB_DR6		0	/* offset of dr6 in struct pcb */

#define DR6_B0		(1u << 0)	/* breakpoint 0 was hit */
#define DR6_CAUSE	0xe00fu		/* B0 to B3, BD, BS, BT: the bits that say why */

#define DR7_L0		(1u << 0)
#define DR7_WRITE0	(1u << 16)	/* breakpoint 0: data writes */
#define DR7_LENGTH0_4	(3u << 18)	/* breakpoint 0: four bytes */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* What of a thread's debug registers is not in the CPU. */
struct pcb {
	uint32_t dr6;	/* causes that a switch took out of DR6 before the trap could read them */
	uint32_t dr7;	/* what the thread asked for; 0: it uses no debug registers */
	void *dr0;
};

/* Pushed by trap_debug, lowest address first. */
struct debug_frame {
	uint32_t dr7, dr6;
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t eip, cs, eflags;
};

extern struct pcb *current;

void dbregs_set(struct pcb *pcb, void *dr0, uint32_t dr7);
void dbregs_switch_out(struct pcb *pcb);
void dbregs_switch_in(const struct pcb *pcb);
void dbregs_clear_cause(struct pcb *pcb);

#endif
#endif
