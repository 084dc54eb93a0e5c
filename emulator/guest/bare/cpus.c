// SPDX-License-Identifier: Apache-2.0
/*
 * A CPU without work halts with interrupts on, until another one's interrupt ends the halt. So it executes nothing: while all CPUs halt, QEMU's clock
 * leaps to the next timer, as it does with one CPU.
 */
#include "bare/cpus.h"

#include "bare/bare.h"
#include "bohrwerk.h"

#define AP_PAGE		0x8000	/* below 1 MiB; ap.S knows it */
#define STACK_BYTES	16384

#define APIC		0xfee00000
#define APIC_ID		0x20
#define APIC_SPURIOUS	0xf0
#define APIC_ENABLED	0x100
#define APIC_COMMAND	0x300	/* writing it sends ... */
#define APIC_TO		0x310	/* ... to the CPU with this ID, in its highest byte */
#define SEND_FIXED	0x4000
#define SEND_INIT	0x4500
#define SEND_STARTUP	0x4600	/* and the number of a page */

#define START_PAUSES	100000	/* a CPU has long started after so many; on QEMU it takes a few */

struct cpu {
	void (*volatile function)(uint32_t argument);	/* NULL: nothing to do */
	volatile uint32_t argument;
	volatile bool up;
};

static struct cpu cpus[BARE_CPUS];
static uint8_t stacks[BARE_CPUS][STACK_BYTES] __attribute__((aligned(16)));	/* the first one is not used */

/* Read by ap.S: of the CPU that is being started. */
void *volatile bare_ap_stack;
static volatile unsigned int starting;

extern const uint8_t ap_start[], ap_end[];
void irq_wake(void);
void bare_ap_main(void) __attribute__((noreturn));

static uint32_t read_apic(uint32_t at)
{
	return *(volatile uint32_t *)(APIC + at);
}

static void write_apic(uint32_t at, uint32_t value)
{
	*(volatile uint32_t *)(APIC + at) = value;
}

/* QEMU numbers the local APICs of up to 8 CPUs from 0. */
static void send(unsigned int cpu, uint32_t command)
{
	write_apic(APIC_TO, cpu << 24);
	write_apic(APIC_COMMAND, command);
}

unsigned int bare_cpu(void)
{
	return read_apic(APIC_ID) >> 24;
}

void bare_ap_main(void)
{
	struct cpu *self = &cpus[starting];

	bare_load_gates();
	write_apic(APIC_SPURIOUS, APIC_ENABLED | VECTOR_SPURIOUS);
	self->up = true;
	for (;;) {
		/* sti takes effect after the next instruction: no interrupt can come between the look and the halt */
		asm volatile("cli" : : : "memory");
		if (!self->function) {
			asm volatile("sti; hlt" : : : "memory");
			continue;
		}
		asm volatile("sti" : : : "memory");
		self->function(self->argument);
		self->function = NULL;
	}
}

static bool start(unsigned int cpu)
{
	starting = cpu;
	bare_ap_stack = stacks[cpu] + STACK_BYTES;
	send(cpu, SEND_INIT);
	/* twice, as the manuals have it: to a CPU that has started the second means nothing */
	for (int i = 0; i < 2; i++) {
		send(cpu, SEND_STARTUP | AP_PAGE >> 12);
		for (uint32_t pauses = 0; pauses < START_PAUSES; pauses++) {
			if (cpus[cpu].up)
				return true;
			bw_pause();
		}
	}
	return false;
}

unsigned int bare_start_cpus(void)
{
	unsigned int all = bw_machine_cpus(), n = 1;
	volatile uint8_t *page = (uint8_t *)AP_PAGE;

	for (const uint8_t *from = ap_start; from < ap_end; from++)
		*page++ = *from;
	bare_gate(VECTOR_WAKE, irq_wake, INTERRUPT_GATE);
	while (n < all && n < BARE_CPUS && start(n))
		n++;
	bw_say_cpus(n);
	return n;
}

void bare_call(unsigned int cpu, void (*function)(uint32_t argument), uint32_t argument)
{
	cpus[cpu].argument = argument;
	cpus[cpu].function = function;
	send(cpu, SEND_FIXED | VECTOR_WAKE);
}

void bare_await_call(unsigned int cpu)
{
	while (cpus[cpu].function)
		bw_pause();
}
