/* SPDX-License-Identifier: Apache-2.0 */
/* The other CPUs of a bare-metal i386 guest: started once, halted while they have nothing to do. */
#ifndef BARE_CPUS_H
#define BARE_CPUS_H

#include <stdint.h>

#define BARE_CPUS	8	/* at most */

/*
 * Starts all CPUs of the machine, after bare_init(), with interrupts off. Says "@bw cpus n"; returns n: less than the machine has if one did not start.
 */
unsigned int bare_start_cpus(void);

/* The CPU that calls: 0 is the one that booted. */
unsigned int bare_cpu(void);

/*
 * Lets another CPU run function(argument), with interrupts on and 16 KiB of stack, and returns at once. One call at a time: bare_await_call() comes before
 * the next.
 */
void bare_call(unsigned int cpu, void (*function)(uint32_t argument), uint32_t argument);

/* Returns when it has. */
void bare_await_call(unsigned int cpu);

#endif
