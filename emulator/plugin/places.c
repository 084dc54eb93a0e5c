/* SPDX-License-Identifier: Apache-2.0 */
#include "places.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

#define SLOTS		(1u << 16)
#define MOST_PLACES	(1u << 20)	/* 72 bytes each */
#define MOST_CONTEXTS	(1u << 16)

struct place {
	struct block *block;
	struct place *same;	/* next in the slot */
	struct place *later;	/* next in the order of their first executions */
	uint32_t context;
	uint16_t done;
	uint64_t count;
	uint64_t first;
	uint64_t second;
	uint64_t last;
};

struct known {
	struct context context;
	uint32_t next;		/* in the slot, 0 ends */
};

static struct place *slots[SLOTS];
static struct place *oldest, **newest = &oldest;
static unsigned int places;
static uint64_t dropped;

/* Contexts by number, from 1. */
static struct known contexts[MOST_CONTEXTS];
static uint32_t context_slots[SLOTS];
static uint32_t context_count;
static struct context latest;
static uint32_t latest_number;

static bool equal(const struct context *a, const struct context *b)
{
	return a->space == b->space && a->number == b->number && a->vector == b->vector && a->depth == b->depth &&
	       a->cpl == b->cpl && a->flags == b->flags;
}

static uint32_t hashed(const struct context *context)
{
	uint64_t hash = context->space ^ (uint64_t)context->number << 20 ^ (uint64_t)context->vector << 8 ^
			(uint64_t)context->depth << 56 ^ (uint64_t)context->cpl << 54 ^ (uint64_t)context->flags << 50;

	return hash * 0x9e3779b97f4a7c15 >> 48;
}

/* 0 when there are too many. */
static uint32_t number_of(const struct context *context)
{
	uint32_t *slot;

	if (latest_number && equal(&latest, context))
		return latest_number;
	slot = &context_slots[hashed(context) % SLOTS];
	for (uint32_t i = *slot; i; i = contexts[i].next)
		if (equal(&contexts[i].context, context)) {
			latest = *context;
			return latest_number = i;
		}
	if (context_count == MOST_CONTEXTS - 1)
		return 0;
	context_count++;
	contexts[context_count] = (struct known){*context, *slot};
	*slot = context_count;
	latest = *context;
	return latest_number = context_count;
}

static struct place *place_of(struct block *block, unsigned int done, uint32_t context)
{
	uint64_t hash = ((uintptr_t)block >> 4) * 0x9e3779b97f4a7c15 ^ (uint64_t)context << 32 ^ done * 0x9e3779b1u;
	struct place **slot = &slots[(hash * 0x9e3779b97f4a7c15 >> 40) % SLOTS], *place;

	for (place = *slot; place; place = place->same)
		if (place->block == block && place->context == context && place->done == done)
			return place;
	if (places == MOST_PLACES)
		return NULL;
	place = calloc(1, sizeof(*place));
	if (!place)
		return NULL;
	places++;
	place->block = block;
	place->context = context;
	place->done = done;
	place->same = *slot;
	*slot = place;
	*newest = place;
	newest = &place->later;
	return place;
}

void places_add(struct block *block, unsigned int done, const struct context *context, uint64_t at)
{
	uint32_t number = number_of(context);
	struct place *place = block->hot;

	if (!done)
		return;
	if (!number || !place || place->context != number || place->done != done) {
		place = number ? place_of(block, done, number) : NULL;
		if (!place) {
			dropped += done;
			return;
		}
		block->hot = place;
	}
	place->count++;
	if (place->count == 1)
		place->first = at;
	else if (place->count == 2)
		place->second = at;
	place->last = at;
}

static void report(const struct place *place)
{
	char sizes[LONGEST_BLOCK + 1];
	unsigned int i;

	for (i = 0; i < place->done; i++)
		sizes[i] = "0123456789abcdef"[place->block->sizes[i] & 15];
	sizes[i] = 0;
	stream_line("place %u %" PRIx64 " %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %.200s\n", place->context,
		    place->block->pc, sizes, place->count, place->first, place->second, place->last,
		    place->block->symbol ? place->block->symbol : "");
}

void places_report(void)
{
	for (uint32_t i = 1; i <= context_count; i++) {
		const struct context *c = &contexts[i].context;

		stream_line("context %u %" PRIx64 " %u %d %u %u %u\n", i, c->space, c->vector, (int)c->number, c->depth,
			    c->cpl, c->flags);
	}
	for (const struct place *place = oldest; place; place = place->later)
		report(place);
	if (dropped)
		stream_line("dropped %" PRIu64 "\n", dropped);
}
