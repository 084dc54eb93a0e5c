/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent needs of a system and each does in its own way: os_linux.c, os_bsd.c. */
#ifndef OS_H
#define OS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How many CPUs run. */
unsigned int os_cpus(void);

/* Puts the calling thread, and what it starts from now on, on one CPU; ALL_CPUS: on any. False, with errno, when the system does not. */
#define ALL_CPUS	(-1)
bool os_pin(int cpu);

/* Where a test runs. */
extern const char os_directory[];

/* Lets this process use the I/O ports. False, with errno, when the system does not. */
bool os_open_ports(void);

/* In the test's own process: it gets no right that it would not have in an ordinary run. */
void os_close_ports(void);

/* In the test's own process, last of all before its exec: stops it there, or behind it, before its first instruction. */
void os_hold(void);

/* Lets a test go that os_hold has stopped. */
void os_release(pid_t test);

/* Once, before the host takes its snapshot. */
void os_start(void);

/* Makes os_directory empty, and notes how far the kernel's log is. */
void os_before_test(void);

/* Ends what the test, whose session had this number, left running. */
void os_kill_leftovers(pid_t test);

/* Takes its files away. */
void os_after_test(void);

/* Prints what the kernel has logged since os_before_test. */
void os_show_log(void);

/* Returns right after a timer interrupt. */
void os_await_tick(void);

/* For bw_offer, or NULL. */
extern void (*const os_interrupt_in)(uint64_t ns);

/* agent.c: what goes wrong in the agent is trouble of the machine, never a verdict on the test. "@bw error", when not ok. */
void check(bool ok, const char *what);

#endif
