// SPDX-License-Identifier: Apache-2.0
/* The delay formula against the golden vectors that the host is tested with, and the reading of batch lines. */
#include "bohrwerk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int failures;

static void complain(const char *what, const char *got)
{
	printf("FAIL %s: %s\n", what, got);
	failures++;
}

static int check_golden(const char *path)
{
	FILE *golden = fopen(path, "r");
	char text[256], line[BW_BATCH_BYTES + 1];
	int vectors = 0;

	if (!golden) {
		perror(path);
		return 0;
	}
	while (fgets(text, sizeof(text), golden)) {
		uint64_t delay, stride, window, seed, k, d;
		struct bw_batch batch;
		const char *why;

		if (sscanf(text, "%" SCNu64 "%" SCNu64 "%" SCNu64 "%" SCNu64 "%" SCNu64 "%" SCNu64,
			   &delay, &stride, &window, &seed, &k, &d) != 6)
			continue;
		snprintf(line, sizeof(line), "run delay=%" PRIu64 " stride=%" PRIu64 " window=%" PRIu64 " seed=%" PRIu64,
			 delay, stride, window, seed);
		why = bw_parse_batch(line, strlen(line), &batch);
		/* the sum must fit 32 bits in a guest; the formula need not refuse what lies just beyond */
		if (why && delay + window <= UINT32_MAX)
			complain(line, why);
		if (bw_delay(&batch, k) != (uint32_t)d)
			complain("golden vector", text);
		vectors++;
	}
	fclose(golden);
	return vectors;
}

static unsigned int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* A list as it lies in the file, and what comes of it. */
static int check_golden_lists(const char *path)
{
	FILE *golden = fopen(path, "r");
	char text[256], hex[128], line[BW_BATCH_BYTES + 1];
	int vectors = 0;

	if (!golden) {
		perror(path);
		return 0;
	}
	while (fgets(text, sizeof(text), golden)) {
		uint32_t list[sizeof(hex) / 8], k, d;
		struct bw_batch batch;
		size_t words;
		const char *why;

		if (sscanf(text, "%127[0-9a-f] %" SCNu32 "%" SCNu32, hex, &k, &d) != 3)
			continue;
		words = strlen(hex) / 8;
		for (size_t i = 0; i < words * 4; i++)
			((unsigned char *)list)[i] = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
		snprintf(line, sizeof(line), "run iterations=%zu delays=%zu", words, words);
		why = bw_parse_batch(line, strlen(line), &batch);
		batch.list = list;
		if (why || k >= words || bw_delay(&batch, k) != d)
			complain("golden list", why ? why : text);
		vectors++;
	}
	fclose(golden);
	return vectors;
}

/* The host's formula for it is that of the delays with a seed, also for the seed 0. */
static void check_extra(void)
{
	struct bw_batch batch = { .extra_offset = 7, .extra_window = 1000, .extra_seed = 5 };
	struct bw_batch same = { .delay = 7, .window = 1000, .seed = 5 };

	for (uint32_t k = 0; k < 100; k++)
		if (bw_extra(&batch, k) != bw_delay(&same, k))
			complain("extra interrupt", "other than a delay of the same seed");
	batch.extra_window = 0;
	if (bw_extra(&batch, 3) != 7)
		complain("extra interrupt", "not at its offset");
}

static void check_line(const char *line, const char *expected)
{
	struct bw_batch batch;
	const char *why = bw_parse_batch(line, strlen(line), &batch);

	if (!why != !expected || (why && strcmp(why, expected)))
		complain(line, why ? why : "was accepted");
}

static void check_fields(void)
{
	static const char line[] = "run first=7 iterations=500 delay=4294967295 seed=18446744073709551615 "
				   "colour=red flag align=tick report=3 continue=1 extra=0 extra-window=9 "
				   "extra-seed=5 shift=10 hz=250 \0 delay=9";
	struct bw_batch batch;

	if (bw_parse_batch(line, sizeof(line), &batch) || batch.first != 7 || batch.iterations != 500 ||
	    batch.delay != UINT32_MAX || batch.seed != UINT64_MAX || !batch.align_tick || batch.report != 3 ||
	    !batch.go_on || batch.window || batch.delays || !batch.extra || batch.extra_offset ||
	    batch.extra_window != 9 || batch.extra_seed != 5 || batch.shift != 10 || batch.hz != 250)
		complain(line, "read wrongly");
}

int main(int count, char **arguments)
{
	int vectors = count == 3 ? check_golden(arguments[1]) : 0;
	int lists = count == 3 ? check_golden_lists(arguments[2]) : 0;

	if (!vectors || !lists)
		complain("golden vectors", "none");
	check_fields();
	check_extra();
	check_line("run ", NULL);
	check_line("wait", "not a batch");
	check_line("running late", "not a batch");
	check_line("run delay=4294967296", "delay=4294967296");
	check_line("run seed=18446744073709551616", "seed=18446744073709551616");
	check_line("run delay=-1", "delay=-1");
	check_line("run delay=", "delay=");
	check_line("run delay=0x10", "delay=0x10");
	check_line("run align=page", "align=page");
	check_line("run continue=2", "continue=2");
	check_line("run extra=4294967295 extra-window=2", "extra + extra-window is past 32 bits");
	check_line("run extra=1 shift=11", "shift: at most 10");
	check_line("run report=0", "report=0");
	check_line("run iterations=0", "iterations: none, or past 32 bits");
	check_line("run first=2 iterations=4294967295", "iterations: none, or past 32 bits");
	check_line("run first=1 iterations=4294967295", NULL);
	check_line("run delay=4294967295 window=2", "delay + window is past 32 bits");
	check_line("run iterations=3 delays=2", "delays: fewer than iterations");
	check_line("run iterations=3 delays=16385", "delays: at most 16384");
	printf("schedule: %d golden vectors, %d lists, %d failures\n", vectors, lists, failures);
	return failures != 0;
}
