/* SPDX-License-Identifier: Apache-2.0 */
/* Which program the agent runs as the test. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The test and its arguments, ended by NULL: the agent's own arguments, or /test when it has none. Process 1 always runs /test: Linux passes
 * it every word of the kernel's command line that is no parameter of the kernel's, so its arguments are not the user's command.
 */
static inline char *const *command(int count, char *const *words, pid_t self)
{
	static char *const only[] = { "/test", NULL };

	return count > 1 && self != 1 ? words + 1 : only;
}

#endif
