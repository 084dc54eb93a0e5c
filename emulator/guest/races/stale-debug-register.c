// SPDX-License-Identifier: Apache-2.0
/*
 * Stale debug register. A thread's watchpoint is put into the CPU first and into its control block after that. A switch in between
 * believes the control block: the thread uses no debug registers, so they are cleared for it when it returns, and
 * the write that was to be watched goes unseen. Three places, from behind the load of
 * DR7 to the store of it.
 */
#include "race.h"

#define VECTOR_DEBUG	1
#define DR7_WATCH	(1u << 0 | 1u << 16 | 3u << 18)	/* breakpoint 0: writes of four bytes */

const uint32_t race_hz = 100;

static volatile struct {
	uint32_t address, dr7;
} pcb;

static volatile uint32_t traps;

/* Alone in its page: QEMU takes the slow path for each access to a page with a watchpoint in it. */
static volatile uint32_t watched[1024] __attribute__((aligned(4096)));

void trap_debug(void);
asm("	.text\n"
    "	.balign	64\n"
    "	.type	trap_debug, @function\n"
    "trap_debug:\n"
    "	pushl	%eax\n"
    "	incl	traps\n"
    "	xorl	%eax, %eax\n"
    "	movl	%eax, %dr6\n"
    "	popl	%eax\n"
    "	iret\n");

static void load(uint32_t address, uint32_t dr7)
{
	asm volatile("mov %0, %%dr0; mov %1, %%dr7" : : "r"(address), "r"(dr7) : "memory");
}

void race_init(void)
{
	bare_gate(VECTOR_DEBUG, trap_debug, INTERRUPT_GATE);
}

/* A switch to a thread without watchpoints, and back. */
void timer_interrupt(void)
{
	load(0, 0);
	load(pcb.address, pcb.dr7);
}

static void watch(uint32_t address, uint32_t dr7)
{
	load(address, dr7);
	pcb.address = address;
	pcb.dr7 = dr7;
}

const char *race_test(uint32_t i)
{
	uint32_t seen;

	traps = 0;
	race_work(i);
	watch((uint32_t)watched, DR7_WATCH);
	watched[0] = i;
	seen = traps;
	pcb.dr7 = 0;
	load(0, 0);
	race_work(i);
	return seen == 1 ? 0 : "the write was not seen";
}
