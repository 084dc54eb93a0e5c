// SPDX-License-Identifier: Apache-2.0
/*
 * Debug registers follow their thread through context switches, lazily: a thread that uses none costs nothing.
 *
 * DR6 is special. The CPU only ever sets its bits, so what is in it when a thread is switched out still belongs to
 * that thread: it has hit a breakpoint, and its trap handler has not looked yet. The switch moves the
 * causes into the thread's pcb and clears the register for whoever is next. They are not put back when the thread
 * returns; the handler looks in both places.
 */
#include "dbregs.h"

#define read_dr(n) ({							\
	uint32_t value;							\
	asm volatile("mov %%dr" #n ", %0" : "=r"(value));		\
	value;								\
})
#define write_dr(n, value) \
	asm volatile("mov %0, %%dr" #n : : "r"((uint32_t)(value)) : "memory")

_Static_assert(__builtin_offsetof(struct pcb, dr6) == PCB_DR6, "trap.S reads it");

void dbregs_set(struct pcb *pcb, void *dr0, uint32_t dr7)
{
	/* the pcb first: a switch in between then loads what is loaded here anyway */
	pcb->dr0 = dr0;
	pcb->dr7 = dr7;
	asm volatile("" : : : "memory");
	write_dr(0, dr0);
	write_dr(7, dr7);
}

void dbregs_switch_out(struct pcb *pcb)
{
	if (!pcb->dr7)
		return;
	write_dr(7, 0);
	pcb->dr6 |= read_dr(6) & DR6_CAUSE;
	write_dr(6, 0);
}

void dbregs_switch_in(const struct pcb *pcb)
{
	if (!pcb->dr7)
		return;
	write_dr(0, pcb->dr0);
	write_dr(7, pcb->dr7);
}

void dbregs_clear_cause(struct pcb *pcb)
{
	/* the register first: a switch in between moves nothing, and the pcb is cleared after it */
	write_dr(6, 0);
	pcb->dr6 = 0;
}
