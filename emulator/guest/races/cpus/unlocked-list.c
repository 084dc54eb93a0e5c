// SPDX-License-Identifier: Apache-2.0
/*
 * Missing lock on a list. The test adds to the list under its lock; the companion adds and forgets it. A node whose CPU loses its turn between reading the
 * head and setting it throws out what the other one added.
 */
#include "races/cpus/pair.h"

struct node {
	struct node *next;
};

static struct node *volatile head;
static struct node nodes[2];
static struct pair_lock lock;

static void add(struct node *node)
{
	node->next = head;
	head = node;
}

void pair_prepare(uint32_t i)
{
	(void)i;
	head = NULL;
}

void pair_test(uint32_t i)
{
	pair_work(0, i);
	pair_acquire(&lock);
	add(&nodes[0]);
	pair_release(&lock);
	pair_work(0, i);
}

void pair_companion(uint32_t i)
{
	pair_work(1, i);
	add(&nodes[1]);
	pair_work(1, i);
}

const char *pair_verdict(uint32_t i)
{
	unsigned int length = 0;

	(void)i;
	for (struct node *node = head; node && length < 3; node = node->next)
		length++;
	return length == 2 ? NULL : "a node was lost from the list";
}
