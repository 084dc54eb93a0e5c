/* SPDX-License-Identifier: Apache-2.0 */
#include "interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fd = -1;
static char text[1 << 16];

bool interrupts_open(const char *path)
{
	if (mkfifo(path, 0600) && errno != EEXIST)
		goto failed;
	/* Both ways, so that QEMU finds a reader and the plugin never sees an end. */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		return true;
failed:
	fprintf(stderr, "bohrwerk plugin: cannot make %s: %s\n", path, strerror(errno));
	return false;
}

bool interrupts_known(void)
{
	return fd >= 0;
}

/* The number behind the first @name in [at, end). */
static uint64_t number(const char *at, const char *end, const char *name, int base)
{
	const char *found = memmem(at, end - at, name, strlen(name));

	return found ? strtoull(found + strlen(name), NULL, base) : 0;
}

/*
 *	     2: v=0e e=0004 i=0 cpl=3 IP=0033:00000000004017b0 pc=00000000004017b0 SP=002b:00007ffd CR2=00000000004017b0
 *	     3: v=80 e=0000 i=1 cpl=3 IP=001b:08049010 pc=08049010 SP=0023:bffff000 env->regs[R_EAX]=0000001a
 *
 * and then lines of registers, with CR3 among them.
 */
static bool parse(const char *line, const char *eol, const char *end, struct interrupt *to)
{
	const char *at = line;

	while (at < eol && (*at == ' ' || (*at >= '0' && *at <= '9')))
		at++;
	if (at == line || eol - at < 4 || strncmp(at, ": v=", 4))
		return false;
	*to = (struct interrupt){
		.pc = number(at, eol, " pc=", 16),
		.rax = number(at, eol, "env->regs[R_EAX]=", 16),
		.cr3 = number(eol, end, "CR3=", 16),
		.vector = strtoul(at + 4, NULL, 16),
		.cpl = number(at, eol, " cpl=", 10),
		.software = number(at, eol, " i=", 10) == 1,
	};
	return true;
}

unsigned int interrupts_read(struct interrupt *to, unsigned int most)
{
	unsigned int found = 0;
	size_t used = 0;
	char *line, *eol;
	ssize_t n;

	if (fd < 0)
		return 0;
	while (used < sizeof(text) - 1 && (n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += n;
	text[used] = 0;
	for (line = text; (eol = memchr(line, '\n', text + used - line)); line = eol + 1) {
		struct interrupt each;

		if (parse(line, eol, text + used, &each) && found < most)
			to[found++] = each;
	}
	return found;
}
