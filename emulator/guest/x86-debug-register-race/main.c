// SPDX-License-Identifier: Apache-2.0
/*
 * A kernel that fails its debug register test once in about 20,000 runs, and on most machines never.
 *
 * The test: watch four bytes with DR0, write to them, expect one debug exception that says so (B0 in DR6) right after the
 * store. What races with it: the timer, which lets a kernel thread run and so switches the debug
 * registers. trap.S says where the bug is.
 */
#include "bare/bare.h"
#include "bohrwerk.h"
#include "dbregs.h"

#define VECTOR_DEBUG	1

void trap_debug(void);
void store(volatile uint32_t *at, uint32_t value);
extern const char store_done[];
void debug_trap(struct debug_frame *frame);

static struct pcb test_thread;
struct pcb *current = &test_thread;

/* What debug exceptions told since the last arming. */
static volatile struct {
	uint32_t count, eip, dr6, dr7;
} traps;

/* Alone in its page: QEMU takes the slow path for each access to a page with a watchpoint in it. */
static volatile uint32_t watched[1024] __attribute__((aligned(4096)));

void debug_trap(struct debug_frame *frame)
{
	dbregs_clear_cause(current);
	traps.count++;
	traps.eip = frame->eip;
	traps.dr6 = frame->dr6;
	traps.dr7 = frame->dr7;
}

/* What a kernel does once a tick on a thread of its own: here, count. It must not hit the test's watchpoint. */
static void soft_clock(void)
{
	static volatile uint32_t seconds __attribute__((unused)), fraction;	/* nobody reads the seconds */

	if (++fraction == BARE_HZ) {
		fraction = 0;
		seconds++;
	}
}

void timer_interrupt(void)
{
	dbregs_switch_out(current);
	soft_clock();
	dbregs_switch_in(current);
}

static void show(const char *what, uint32_t value)
{
	bw_print(what);
	bw_print_hex(value);
}

static const char *failed(const char *reason)
{
	show("debug exceptions ", traps.count);
	show(", last: eip ", traps.eip);
	show(" dr6 ", traps.dr6);
	show(" dr7 ", traps.dr7);
	show("; expected 1: eip ", (uint32_t)store_done);
	show(" dr6 ", DR6_B0);
	bw_print("\n");
	return reason;
}

static const char *test(uint32_t i)
{
	traps.count = 0;
	dbregs_set(current, (void *)watched, DR7_L0 | DR7_WRITE0 | DR7_LENGTH0_4);
	store(watched, i);
	dbregs_set(current, 0, 0);

	if (traps.count != 1)
		return failed(traps.count ? "more than one debug exception" : "no debug exception");
	if (traps.eip != (uint32_t)store_done)
		return failed("debug exception at the wrong instruction");
	if (!(traps.dr6 & DR6_B0))
		return failed("debug exception without a cause: DR6 lacks B0");
	if (traps.dr6 != DR6_B0)
		return failed("debug exception with a wrong cause: DR6 has more than B0");
	return 0;
}

int main(void)
{
	struct bw_batch batch;

	bare_init();
	bare_gate(VECTOR_DEBUG, trap_debug, TRAP_GATE);
	bare_interrupts_on();
	bw_await_batch(&batch);
	bw_offer(bare_interrupt_in, bare_timer);
	bw_run(&batch, test, bare_await_tick);
}
