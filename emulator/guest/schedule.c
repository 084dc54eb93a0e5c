// SPDX-License-Identifier: Apache-2.0
/* What a batch line means, and the delay before each iteration. The host computes the same: delays.golden pins both. */
#include "bohrwerk.h"

#define SHIFT_MAX	10	/* QEMU's own */

/* a mod m without libgcc's __umoddi3: two divl, always the same number of instructions. */
static uint32_t mod64(uint64_t a, uint32_t m)
{
	uint32_t low = a, rest = (uint32_t)(a >> 32) % m;

	asm("divl %2" : "+a"(low), "+d"(rest) : "r"(m) : "cc");
	return rest;
}

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014); the output for state x. */
static uint64_t splitmix64(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static uint32_t spread(uint32_t from, uint32_t window, uint64_t seed, uint32_t k)
{
	return from + mod64(splitmix64(seed + k), window);
}

static uint32_t formula(uint32_t delay, uint32_t stride, uint32_t window, uint64_t seed, uint32_t k)
{
	if (!window)
		return delay;
	if (!seed)
		return delay + mod64((uint64_t)k * stride, window);
	return spread(delay, window, seed, k);
}

uint32_t bw_delay(const struct bw_batch *batch, uint32_t k)
{
	if (batch->delays)
		return batch->list[k];
	return formula(batch->delay, batch->stride, batch->window, batch->seed, k);
}

uint32_t bw_companion_delay(const struct bw_batch *batch, uint32_t k)
{
	return formula(batch->companion_delay, batch->companion_stride, batch->companion_window, batch->companion_seed, k);
}

uint32_t bw_extra(const struct bw_batch *batch, uint32_t k)
{
	if (!batch->extra_window)
		return batch->extra_offset;
	return spread(batch->extra_offset, batch->extra_window, batch->extra_seed, k);
}

struct word {
	const char *text;
	size_t length;
};

static bool is(struct word word, const char *text)
{
	size_t i;

	for (i = 0; i < word.length && text[i]; i++)
		if (word.text[i] != text[i])
			return false;
	return i == word.length && !text[i];
}

static bool number(struct word word, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (!word.length)
		return false;
	for (size_t i = 0; i < word.length; i++) {
		unsigned int digit = (unsigned char)word.text[i] - '0';

		/* divisions by constants only: i386 would need libgcc for the others of 64 bits */
		if (digit > 9 || n > UINT64_MAX / 10 || n * 10 > max || digit > max - n * 10)
			return false;
		n = n * 10 + digit;
	}
	*value = n;
	return true;
}

static bool number32(struct word word, uint32_t *value)
{
	uint64_t n;

	if (!number(word, UINT32_MAX, &n))
		return false;
	*value = n;
	return true;
}

static bool one_of(struct word word, const char *no, const char *yes, bool *value)
{
	*value = is(word, yes);
	return *value || is(word, no);
}

static bool set(struct bw_batch *batch, struct word key, struct word value)
{
	static const struct {
		const char *key;
		size_t field;
	} numbers[] = {
		{ "first", offsetof(struct bw_batch, first) },
		{ "iterations", offsetof(struct bw_batch, iterations) },
		{ "delay", offsetof(struct bw_batch, delay) },
		{ "stride", offsetof(struct bw_batch, stride) },
		{ "window", offsetof(struct bw_batch, window) },
		{ "delays", offsetof(struct bw_batch, delays) },
		{ "report", offsetof(struct bw_batch, report) },
		{ "extra", offsetof(struct bw_batch, extra_offset) },
		{ "extra-window", offsetof(struct bw_batch, extra_window) },
		{ "shift", offsetof(struct bw_batch, shift) },
		{ "hz", offsetof(struct bw_batch, hz) },
		{ "companion", offsetof(struct bw_batch, companion_delay) },
		{ "companion-stride", offsetof(struct bw_batch, companion_stride) },
		{ "companion-window", offsetof(struct bw_batch, companion_window) },
	};

	batch->extra = batch->extra || is(key, "extra");
	batch->companion = batch->companion || is(key, "companion");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (is(key, numbers[i].key))
			return number32(value, (uint32_t *)((char *)batch + numbers[i].field));
	if (is(key, "seed"))
		return number(value, UINT64_MAX, &batch->seed);
	if (is(key, "extra-seed"))
		return number(value, UINT64_MAX, &batch->extra_seed);
	if (is(key, "companion-seed"))
		return number(value, UINT64_MAX, &batch->companion_seed);
	if (is(key, "align"))
		return one_of(value, "none", "tick", &batch->align_tick);
	if (is(key, "continue"))
		return one_of(value, "0", "1", &batch->go_on);
	return true;
}

/* Values that can be read but not served. */
static const char *check(const struct bw_batch *batch)
{
	if (!batch->iterations || batch->iterations - 1 > UINT32_MAX - batch->first)
		return "iterations: none, or past 32 bits";
	if (!batch->report)
		return "report=0";
	if (batch->window && batch->window - 1 > UINT32_MAX - batch->delay)
		return "delay + window is past 32 bits";
	if (batch->extra_window && batch->extra_window - 1 > UINT32_MAX - batch->extra_offset)
		return "extra + extra-window is past 32 bits";
	if (batch->companion_window && batch->companion_window - 1 > UINT32_MAX - batch->companion_delay)
		return "companion + companion-window is past 32 bits";
	if (batch->shift > SHIFT_MAX)
		return "shift: at most 10";
	if (batch->delays > BW_DELAYS_MAX)
		return "delays: at most 16384";
	if (batch->delays && batch->delays < batch->iterations)
		return "delays: fewer than iterations";
	return NULL;
}

static struct word next(const char **at, const char *end, char until)
{
	struct word word = { *at, 0 };

	while (*at < end && **at && **at != until && **at != ' ' && **at != '\n') {
		(*at)++;
		word.length++;
	}
	return word;
}

const char *bw_parse_batch(const char *line, size_t length, struct bw_batch *batch)
{
	static char why[64];
	const char *at = line, *end = line + length;

	*batch = (struct bw_batch) { .first = 1, .iterations = 1, .report = 1 };
	if (!is(next(&at, end, ' '), "run"))
		return "not a batch";
	while (at < end && *at) {
		const char *start = at;
		struct word key = next(&at, end, '='), value = { at, 0 };

		if (at < end && *at == '=') {
			at++;
			value = next(&at, end, ' ');
			if (!set(batch, key, value)) {
				size_t n = 0;

				while (start < at && n < sizeof(why) - 1)
					why[n++] = *start++;
				why[n] = 0;
				return why;
			}
		} else if (!key.length) {
			at++;	/* a blank */
		}
	}
	return check(batch);
}
