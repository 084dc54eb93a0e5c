/* SPDX-License-Identifier: Apache-2.0 */
/* The least a bare-metal i386 guest needs: interrupt gates and a periodic timer. */
#ifndef BARE_H
#define BARE_H

#include <stdint.h>

#define BARE_HZ	1000	/* timer interrupts per second */

enum gate {
	INTERRUPT_GATE = 0x8e,	/* enters with interrupts off */
	TRAP_GATE = 0x8f,	/* enters with interrupts as they were */
};

extern volatile uint32_t bare_ticks;

/* Loads the IDT (all exceptions stop the machine), starts the timer. Interrupts are still off. */
void bare_init(void);
void bare_gate(unsigned int vector, void (*entry)(void), enum gate type);
void bare_interrupts_on(void);

/* Returns right after the next timer interrupt. */
void bare_await_tick(void);

/* Written by the kernel: called for each timer interrupt, interrupts off. */
void timer_interrupt(void);

#endif
