// SPDX-License-Identifier: Apache-2.0
/*
 * Guests that go wrong, each in one way, for the tests of the emulator. BEHAVIOUR is set by the Makefile. All but the
 * first two get ready like any other, pass six iterations and misbehave in the seventh.
 */
#include "bare/bare.h"
#include "bohrwerk.h"

#define SEVENTH 7

enum behaviour { NEVER_READY, DIES_BOOTING, FLOOD, HANG, HALT, RESET, PANIC, NONSENSE, CANNOT_STOP };

static void say(const char *text)
{
	while (*text)
		__asm__ volatile("outb %0, $0xe9" : : "a"(*text++));
}

static void triple_fault(void)
{
	static const struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) none = { 0, 0 };

	__asm__ volatile("lidt %0; int3" : : "m"(none));
}

void timer_interrupt(void)
{
}

static const char *test(uint32_t i)
{
	if (i < SEVENTH)
		return 0;
	switch ((int)BEHAVIOUR) {
	case FLOOD:
		for (;;)
			say("All work and no play makes a dull guest.\n");
	case HANG:
		for (;;)
			;
	case HALT:
		__asm__ volatile("cli; hlt");
		break;
	case RESET:
		triple_fault();
		break;
	case PANIC:
		bw_print("panic: out of coffee\n");
		bw_stop();
	case NONSENSE:
		say("@bw perhaps 7\n");
		bw_stop();
	case CANNOT_STOP:
		say("@bw fail 7 cannot stop\n");
		for (;;)
			;
	}
	return 0;
}

int main(void)
{
	struct bw_batch batch;

	bare_init();
	if (BEHAVIOUR == NEVER_READY) {
		say("still looking for my keys\n");
		for (;;)
			;
	}
	if (BEHAVIOUR == DIES_BOOTING) {
		say("no root file system\n");
		triple_fault();
	}
	bare_interrupts_on();
	bw_await_batch(&batch);
	bw_run(&batch, test, bare_await_tick);
}
