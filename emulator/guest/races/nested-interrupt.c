// SPDX-License-Identifier: Apache-2.0
/*
 * Nested interrupt. A call gate's handler keeps its argument in static memory while it computes. It got a trap gate, so the timer can
 * interrupt it, and the timer's handler makes the same call: what is in static memory is then the timer's. 40 places.
 */
#include "race.h"

const uint32_t race_hz = 250;

static volatile uint32_t argument, result;

/* eax: the argument; the result is left in eax. */
void call_entry(void);
asm("	.text\n"
    "	.balign	64\n"
    "	.type	call_entry, @function\n"
    "call_entry:\n"
    "	pushal\n"
    "	movl	%eax, argument\n"
    "	call	compute\n"
    "	popal\n"
    "	movl	result, %eax\n"
    "	iret\n");

__attribute__((used)) static void compute(void)
{
	uint32_t sum = 0;

	for (unsigned int byte = 0; byte < 32; byte += 8)
		sum = sum * 31 + (argument >> byte & 0xff);
	result = sum;
}

static uint32_t expected(uint32_t of)
{
	uint32_t sum = 0;

	for (unsigned int byte = 0; byte < 32; byte += 8)
		sum = sum * 31 + (of >> byte & 0xff);
	return sum;
}

static uint32_t call(uint32_t of)
{
	asm volatile("int %1" : "+a"(of) : "i"(VECTOR_CALL) : "memory");
	return of;
}

void race_init(void)
{
	bare_gate(VECTOR_CALL, call_entry, TRAP_GATE);
}

void timer_interrupt(void)
{
	call(~bare_ticks);
}

const char *race_test(uint32_t i)
{
	uint32_t got;

	race_work(i);
	got = call(i);
	race_work(i);
	return got == expected(i) ? 0 : "the call returned another's result";
}
