// SPDX-License-Identifier: Apache-2.0
/*
 * Guests that go wrong, each in one way, for the tests of the emulator. BEHAVIOUR is set by the Makefile. All but the
 * first two get ready like any other, pass six iterations and misbehave in the seventh. LONG_BOOT passes every iteration, but
 * executes more than 2^31 instructions before it is ready.
 */
#include "bare/bare.h"
#include "bohrwerk.h"

#define SEVENTH 7
#define LONG_BOOT_LOOPS 740000000u	/* three instructions each: 2.22e9 */

enum behaviour { NEVER_READY, DIES_BOOTING, FLOOD, HANG, HALT, RESET, PANIC, NONSENSE, CANNOT_STOP, DEBUGGER, OOPS, QUOTE, OLD_AGENT, LONG_BOOT,
		 FAIL_THEN_DONE, FAIL_THEN_FAIL, FAIL_THEN_PASS, FAIL_THEN_PANIC, EXITS, EXITS_AT_ONCE, DONE_EXITS, PASSED_EXITS, LIES,
		 LIES_BACK, LIES_DONE, TWICE, SURVIVED, SURVIVED_TWICE, LONG_LINE, NULS, SPLIT };

#define LAST	10	/* of the tests' batches */


static void say(const char *text)
{
	while (*text)
		__asm__ volatile("outb %0, $0xe9" : : "a"(*text++));
}

/* As a kernel does on its first serial port. */
static void log_serial(const char *text)
{
	while (*text)
		__asm__ volatile("outb %0, %1" : : "a"(*text++), "d"((uint16_t)0x3f8));
}

static void triple_fault(void)
{
	static const struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) none = { 0, 0 };

	__asm__ volatile("lidt %0; int3" : : "m"(none));
}

static void debug_exit(uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "d"((uint16_t)0xf4));
	for (;;)
		;
}

static void spin(uint32_t times)
{
	while (times--)
		__asm__ volatile("");
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
	case DEBUGGER:
		log_serial("[  31.4142590] panic: out of tea 7\r\n"
			   "[  31.4142590] cpu0: Begin traceback...\r\n"
			   "[  31.4142590] vpanic() at netbsd:vpanic+0x160\r\n"
			   "[  31.4142590] brew() at netbsd:brew+0x1f\r\n"
			   "db{0}> ");
		for (;;)	/* for somebody at the keyboard */
			;
	case OOPS:
		if (i == SEVENTH) {
			log_serial("[    3.141592] BUG: kernel NULL pointer dereference, address: 00000007\r\n"
				   "[    3.141593] EIP: pour+0x1f/0x40\r\n"
				   "[    3.141594] ---[ end trace 0000000000000000 ]---\r\n");
			return "killed by signal 9";
		}
		break;
	case QUOTE:
		if (i == SEVENTH)
			log_serial("panic: is what this test prints\r\n");
		break;
	case FAIL_THEN_DONE:
		say("@bw fail 7 update lost\n@bw done 10\n");
		bw_stop();
	case FAIL_THEN_FAIL:
		say("@bw fail 7 first\n@bw fail 10 second\n");
		bw_stop();
	case FAIL_THEN_PASS:
		say("@bw fail 7 first\n@bw pass 20\n");
		for (;;)
			;
	case FAIL_THEN_PANIC:
		say("@bw fail 7 first\n");
		log_serial("panic: too late\r\n");
		bw_stop();
	case EXITS:
		debug_exit(5);
	case EXITS_AT_ONCE:
		debug_exit(0);
	case DONE_EXITS:
		if (i == LAST) {
			say("@bw done 10\n");
			debug_exit(0);
		}
		break;
	case PASSED_EXITS:
		if (i == LAST) {
			say("@bw pass 10\n");
			debug_exit(3);
		}
		break;
	case LIES:
		say("@bw pass 999999999999999999\n");
		__asm__ volatile("cli; hlt");
		break;
	case LIES_BACK:
		say("@bw pass 3\n");
		for (;;)
			;
	case LIES_DONE:
		say("@bw done 7\n");
		for (;;)
			;
	case TWICE:	/* two agents at once */
		say("@bw pass 7\n@bw pass 7\n");
		for (;;)
			;
	case SURVIVED:	/* the test itself sees nothing: only the kernel speaks */
	case SURVIVED_TWICE:
		if (i == SEVENTH || (BEHAVIOUR == SURVIVED_TWICE && i == SEVENTH + 1)) {
			log_serial("[    3.141591] beans: ok\r\n"
				   "[    3.141592] BUG: kernel NULL pointer dereference, address: 00000007\r\n"
				   "[    3.141593] EIP: pour+0x1f/0x40\r\n"
				   "[    3.141594] ---[ end trace 0000000000000000 ]---\r\n");
			spin(2000000);
		}
		break;
	case LONG_LINE:	/* a word in the middle of a line, where the host cuts it */
		if (i == SEVENTH) {
			for (int k = 0; k < 16 * 1024; k++)
				say("x");
			say("@bw fail 7 no word\n");
		}
		break;
	case NULS:
		for (const char *at = "@bw fail 7 \1\1un\1wanted\n"; *at; at++)
			__asm__ volatile("outb %0, $0xe9" : : "a"((char)(*at == 1 ? 0 : *at)));
		bw_stop();
	case SPLIT:
		say("@bw fa");
		spin(3000000);
		say("il 7 late");
		spin(3000000);
		say("\n");
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
	if (BEHAVIOUR == LONG_BOOT) {
		uint32_t loops = LONG_BOOT_LOOPS;

		__asm__ volatile("1: nop; dec %0; jnz 1b" : "+r"(loops) : : "cc");
	}
	if (BEHAVIOUR == DIES_BOOTING) {
		say("no root file system\n");
		triple_fault();
	}
	bare_interrupts_on();
	bw_await_batch(&batch);
	if (BEHAVIOUR == OLD_AGENT) {	/* from before there were such wishes: their keys tell it nothing */
		batch.extra = false;
		batch.hz = 0;
	}
	bw_run(&batch, test, bare_await_tick);
}
