/* SPDX-License-Identifier: Apache-2.0 */
/* The least a bare-metal i386 guest needs: interrupt gates and a periodic timer. */
#ifndef BARE_H
#define BARE_H

#include <stdint.h>

#define BARE_HZ		1000	/* timer interrupts per second */
#define VECTOR_CALL	0x30	/* free for a kernel's own calls */
#define VECTOR_EXTRA	0x31
#define VECTOR_SPURIOUS	0x32
#define VECTOR_WAKE	0x33	/* see cpus.h */

enum gate {
	INTERRUPT_GATE = 0x8e,	/* enters with interrupts off */
	TRAP_GATE = 0x8f,	/* enters with interrupts as they were */
};

extern volatile uint32_t bare_ticks;

/* Loads the IDT (all exceptions stop the machine), starts the timer with BARE_HZ. Interrupts are still off. */
void bare_init(void);
/* Loads the IDT on this CPU: bare_init() does it on the first. */
void bare_load_gates(void);
/* Starts the timer anew, 19 to 1193182 interrupts a second. */
void bare_timer(uint32_t hz);
/*
 * An interrupt more in so many ns, by the local APIC's timer; BW_NEVER: none. To the kernel it is one of the timer's, out of turn:
 * counted in bare_ticks, and timer_interrupt() is called.
 */
void bare_interrupt_in(uint64_t ns);
void bare_gate(unsigned int vector, void (*entry)(void), enum gate type);
void bare_interrupts_on(void);

/*
 * Returns right after the next timer interrupt: the same number of instructions after it each time, because it halts. A loop
 * that looks would be struck at any of its instructions.
 */
void bare_await_tick(void);

/* Written by the kernel: called for each timer interrupt, interrupts off. */
void timer_interrupt(void);

#endif
