// SPDX-License-Identifier: Apache-2.0
/* The kernel around a planted race. */
#include "race.h"

#define WORDS	128

__attribute__((noinline)) uint32_t race_work(uint32_t seed)
{
	static uint32_t words[WORDS];

	for (unsigned int i = 0; i < WORDS; i++) {
		seed = (seed << 5 | seed >> 27) + words[i];
		words[i] = seed ^ i;
	}
	return seed;
}

int main(void)
{
	struct bw_batch batch;

	bare_init();
	bare_timer(race_hz);
	race_init();
	bare_interrupts_on();
	bw_await_batch(&batch);
	bw_offer(bare_interrupt_in, bare_timer);
	bw_run(&batch, race_test, bare_await_tick);
}
