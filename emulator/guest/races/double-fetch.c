// SPDX-License-Identifier: Apache-2.0
/*
 * Double fetch. A message's length is checked, and then read again to copy that much; its sender (the timer) rewrites it in between.
 * From behind the first load to the second: four places.
 */
#include "race.h"

#define ROOM	8
#define LONG	12

const uint32_t race_hz = 250;

static volatile struct {
	uint32_t length;
	uint32_t words[LONG];
} message;

void race_init(void)
{
}

void timer_interrupt(void)
{
	message.length = LONG;
}

/* Returns how many words were copied; the buffer has room for ROOM of them. */
static uint32_t receive(uint32_t *buffer)
{
	uint32_t length;

	if (message.length > ROOM)
		return 0;
	buffer[0] = 0;
	length = message.length;
	for (uint32_t n = 0; n < length; n++)
		buffer[n] = message.words[n];
	return length;
}

const char *race_test(uint32_t i)
{
	static uint32_t buffer[LONG];

	message.length = ROOM / 2;
	race_work(i);
	if (receive(buffer) > ROOM)
		return "more words were copied than there is room for";
	race_work(i);
	return 0;
}
