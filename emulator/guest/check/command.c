// SPDX-License-Identifier: Apache-2.0
/* Which command the agent runs, as process 1 and as any other. */
#include "agent/command.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void expect(pid_t self, int count, char *const *words, const char *first, const char *second)
{
	char *const *got = command(count, words, self);

	if (!strcmp(got[0], first) && (second ? got[1] && !strcmp(got[1], second) : !got[1]))
		return;
	printf("FAIL process %d with %d words, the last \"%s\": runs %s %s\n", (int)self, count, words[count - 1], got[0],
	       got[1] ? got[1] : "");
	failures++;
}

int main(void)
{
	static char *const alone[] = { "agent", NULL };
	static char *const asked[] = { "agent", "/usr/tests/t_ptrace", "-v", NULL };
	static char *const unknown[][3] = {
		{ "/init", "nokaslr", NULL }, { "/init", "-s", NULL }, { "/init", "/bin/sh", NULL }, { "/init", "single", NULL },
		{ "/init", "", NULL },
	};

	expect(1, 1, alone, "/test", NULL);
	expect(700, 1, alone, "/test", NULL);
	expect(700, 3, asked, "/usr/tests/t_ptrace", "-v");
	expect(1, 3, asked, "/test", NULL);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		expect(1, 2, unknown[i], "/test", NULL);
	return failures != 0;
}
