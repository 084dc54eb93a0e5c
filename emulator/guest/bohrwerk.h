/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest side of the Bohrwerk protocol, for any x86 kernel or program that may use the I/O ports.
 * Freestanding: no libc, no allocation. README.md tells how to use it.
 *
 *	struct bw_batch batch;
 *
 *	bw_await_batch(&batch);		says "@bw ready", returns when the host wants iterations
 *	bw_run(&batch, test, tick);	delays, runs and reports each of them; never returns
 */
#ifndef BOHRWERK_H
#define BOHRWERK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BW_BATCH_BYTES	256	/* size of the fw_cfg file opt/bohrwerk/batch, padded with spaces */
#define BW_NEVER	UINT64_MAX
#define BW_DELAYS_MAX	16384	/* longest delays= list: more than any batch has iterations */

/* What the host asks for; the names are those of the batch line. Delays count instructions. */
struct bw_batch {
	uint32_t first;		/* number of the first iteration */
	uint32_t iterations;
	uint32_t delay;		/* instructions before each iteration ... */
	uint32_t stride;	/* ... plus k * stride mod window ... */
	uint32_t window;	/* ... if there is a window ... */
	uint64_t seed;		/* ... or, with a seed, plus splitmix64(seed + k) mod window */
	uint32_t delays;	/* length of the list that replaces this formula, 0: formula */
	bool align_tick;	/* wait for a timer interrupt, then delay */
	bool go_on;		/* continue=1: a failure does not end the batch */
	bool extra;		/* an interrupt more in each iteration, so many instructions behind its test's begin: ... */
	uint32_t extra_offset;	/* ... this ... */
	uint32_t extra_window;	/* ... if there is a window, plus splitmix64(seed + k) mod window */
	uint64_t extra_seed;
	uint32_t shift;		/* an instruction takes 2^shift ns; told with the extra interrupt */
	uint32_t hz;		/* timer interrupts a second, 0: the guest's own */
	bool companion;		/* the other side of the test has a delay of its own, by the formula above: */
	uint32_t companion_delay;
	uint32_t companion_stride;
	uint32_t companion_window;
	uint64_t companion_seed;
	uint32_t report;	/* say "pass" after every report-th iteration */
	const uint32_t *list;	/* the delays, once they are read */
};

/* schedule.c: pure, no port is touched. */

/*
 * Parses a batch line, "run key=value ...". Keys that it does not know are skipped, keys that are missing have
 * their defaults (one iteration, no delay). Returns NULL, or why the line cannot be served: a text to
 * show, valid until the next call.
 */
const char *bw_parse_batch(const char *line, size_t length, struct bw_batch *batch);

/* The delay before the k-th iteration (from 0), in instructions. The same number of instructions for each k. */
uint32_t bw_delay(const struct bw_batch *batch, uint32_t k);

/* The same for the other side of the test, see bw_run_pair(). */
uint32_t bw_companion_delay(const struct bw_batch *batch, uint32_t k);

/* Where the extra interrupt of the k-th iteration comes: instructions behind its test's begin. */
uint32_t bw_extra(const struct bw_batch *batch, uint32_t k);

/* bohrwerk.c: talks to the host. */

/* Copies at most max bytes of a fw_cfg file; returns how many, or -1 if the host gave no such file. */
long bw_fw_cfg(const char *name, void *to, size_t max);

/* Says "@bw ready" and polls for the batch. Does not return if the batch cannot be served. */
void bw_await_batch(struct bw_batch *batch);

/* Executes exactly `instructions` instructions, and a constant 8 more. */
void bw_spin(uint32_t instructions);

/*
 * What else this guest can do if the host asks; call it before bw_run. NULL, or no call: it cannot, and such a batch is refused.
 *
 * interrupt_in(ns) returns when one interrupt is to come in so many ns, besides the timer's own; with BW_NEVER it sees to it that none does.
 * timer(hz) lets the timer interrupt so many times a second from now on.
 */
void bw_offer(void (*interrupt_in)(uint64_t ns), void (*timer)(uint32_t hz));

/*
 * Runs the whole batch and stops the machine. test(i) runs iteration i and returns NULL when it passed, else a one-line
 * reason; tick() returns right after a timer interrupt (NULL: this guest cannot serve align=tick).
 */
void bw_run(const struct bw_batch *batch, const char *(*test)(uint32_t i), void (*tick)(void))
	__attribute__((noreturn));

/*
 * The same, with what an iteration needs done before its test: prepare() comes before the tick and the delay, so that how long it takes,
 * and what interrupts it, makes no difference to where in the test the next tick lands.
 */
void bw_run_prepared(const struct bw_batch *batch, void (*prepare)(void), const char *(*test)(uint32_t i),
		     void (*tick)(void)) __attribute__((noreturn));

/*
 * Tests with two sides, each on a CPU of its own: the test on the caller's, its companion on another. Both are released together, then each
 * executes its own delay, so that their distance is chosen to the instruction.
 *
 * gather(i) sees to it that another CPU calls bw_meet(), if it does not do so anyway; it comes after the tick. test(i) also waits for its companion
 * to end: the iteration is over when it returns.
 *
 * The release ends the turn of the CPU that gives it (by a pause instruction, after which QEMU lets the next CPU run): so the companion's turn comes
 * first, and both begin with a new one.
 */
void bw_run_pair(const struct bw_batch *batch, void (*prepare)(void), void (*gather)(uint32_t i),
		 const char *(*test)(uint32_t i), void (*tick)(void)) __attribute__((noreturn));

/* The companion's side: returns when it has been released and has executed its delay. */
void bw_meet(void);

/* Lets the other CPUs run. */
static inline void bw_pause(void)
{
	asm volatile("pause" : : : "memory");
}

/* How many CPUs the machine has; the guest may have started fewer. */
unsigned int bw_machine_cpus(void);

/* "@bw cpus n": how many CPUs run. To be said before bw_await_batch by every guest of a machine with more than one. */
void bw_say_cpus(unsigned int n);

/* A line of the protocol on an iteration: "@bw word i rest". The rest may be NULL; what it has of line ends becomes blanks. */
void bw_say(const char *word, uint32_t i, const char *rest);

/* Console text: lines as they are, but none can be taken for a line of the protocol. Ends with a newline. */
void bw_console(const char *text, size_t length);
void bw_print(const char *text);	/* the same for a string, which ends a line itself when it wants to */
void bw_print_hex(uint32_t value);

/* "@bw error <why>": the guest cannot do what it is asked. Stops the machine. */
void bw_error(const char *why) __attribute__((noreturn));

/* Pauses the machine at this instruction. */
void bw_stop(void) __attribute__((noreturn));

#endif
