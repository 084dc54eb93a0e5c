// SPDX-License-Identifier: Apache-2.0
/*
 * Started by every worker on each emulator that it has, before any target: tells on port 0xe9 what differs between QEMU's versions and a guest
 * can find out, and ends by isa-debug-exit. See QemuProbe.java.
 *
 *	cpus 2		a second processor runs while the first one loops without a pause
 *	hpet stops	the HPET's timers are still while their interrupts are off
 */
#include "bare/bare.h"
#include "bohrwerk.h"

#define DEBUG_EXIT	0xf4

#define APIC_COMMAND	0xfee00300
#define TO_ALL_OTHERS	0xc4000
#define INIT		0x500
#define START_UP	0x600
/* Long enough on both sides: an emulator that gives each processor its turn comes round within a tick, 62,500 instructions at shift 4. */
#define LOOPS		1000000
#define QUESTIONS	4

#define HPET			0xfed00000
#define HPET_CONFIG		0x10
#define HPET_STATUS		0x20
#define HPET_TIMER_CONFIG	0x100
#define HPET_TIMER_COMPARATOR	0x108
#define HPET_ENABLED		1
/* level-triggered, periodic, the comparator is about to be written; its interrupt (4) is off */
#define HPET_SILENT_TIMER	(2 | 8 | 64)
#define HPET_TICKS		1000	/* 10 us */

/* In real mode at START: copies what lies at ASKED to ANSWERED, for ever, and takes WORK instructions each time. */
#define START		0x8000
#define ASKED		0x9000
#define ANSWERED	0x9002
#define WORK		5000
static const uint8_t second_cpu[] = {
	0xb9, WORK & 0xff, WORK >> 8,						/* movw $WORK, %cx */
	0xe2, 0xfe,								/* loop . */
	0x2e, 0xa1, (ASKED - START) & 0xff, (ASKED - START) >> 8,		/* movw %cs:ASKED, %ax */
	0x2e, 0xa3, (ANSWERED - START) & 0xff, (ANSWERED - START) >> 8,		/* movw %ax, %cs:ANSWERED */
	0xeb, 0xf1,								/* jmp START */
};

static volatile uint32_t *at(uint32_t address)
{
	return (volatile uint32_t *)address;
}

static void loop(uint32_t times)
{
	while (times--)
		asm volatile("");
}

/* Its start is a kick that gives it one turn everywhere: so it is asked several times. */
static int second_cpu_runs(void)
{
	volatile uint16_t *asked = (volatile uint16_t *)at(ASKED);
	volatile uint16_t *answered = (volatile uint16_t *)at(ANSWERED);
	volatile uint8_t *code = (volatile uint8_t *)at(START);

	for (unsigned int i = 0; i < sizeof(second_cpu); i++)
		code[i] = second_cpu[i];
	*at(APIC_COMMAND) = TO_ALL_OTHERS | INIT;
	*at(APIC_COMMAND) = TO_ALL_OTHERS | START_UP | START >> 12;
	for (uint16_t question = 1; question <= QUESTIONS; question++) {
		uint32_t loops = LOOPS;

		*asked = question;
		while (*answered != question)
			if (!--loops)
				return 0;
	}
	return 1;
}

static int hpet_stops(void)
{
	*at(HPET + HPET_CONFIG) |= HPET_ENABLED;
	*at(HPET + HPET_TIMER_CONFIG) = HPET_SILENT_TIMER;
	*at(HPET + HPET_TIMER_COMPARATOR) = HPET_TICKS;
	loop(LOOPS);
	return !(*at(HPET + HPET_STATUS) & 1);
}

void timer_interrupt(void)
{
}

int main(void)
{
	bare_init();	/* its ticks are what the emulator divides time by; none is taken */
	bw_print(second_cpu_runs() ? "cpus 2\n" : "cpus 1\n");
	bw_print(hpet_stops() ? "hpet stops\n" : "hpet runs on\n");
	asm volatile("outl %0, %1" : : "a"(0), "d"((uint16_t)DEBUG_EXIT));
	for (;;)
		;
}
