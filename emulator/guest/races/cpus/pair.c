// SPDX-License-Identifier: Apache-2.0
/* The kernel around a planted race between two CPUs. */
#include "races/cpus/pair.h"

#include "bare/bare.h"
#include "bare/cpus.h"

#define WORDS		128
#define COMPANION	1	/* its CPU */

void timer_interrupt(void)
{
}

__attribute__((noinline)) uint32_t pair_work(unsigned int cpu, uint32_t seed)
{
	static uint32_t words[COMPANION + 1][WORDS];

	for (unsigned int i = 0; i < WORDS; i++) {
		seed = (seed << 5 | seed >> 27) + words[cpu][i];
		words[cpu][i] = seed ^ i;
	}
	return seed;
}

static void companion(uint32_t i)
{
	bw_meet();
	pair_companion(i);
}

static void gather(uint32_t i)
{
	pair_prepare(i);
	bare_call(COMPANION, companion, i);
}

static const char *test(uint32_t i)
{
	pair_test(i);
	bare_await_call(COMPANION);
	return pair_verdict(i);
}

int main(void)
{
	struct bw_batch batch;

	bare_init();
	if (bare_start_cpus() <= COMPANION)
		bw_error("a race between CPUs needs two of them");
	bare_interrupts_on();
	bw_await_batch(&batch);
	bw_offer(NULL, bare_timer);
	bw_run_pair(&batch, NULL, gather, test, bare_await_tick);
}
