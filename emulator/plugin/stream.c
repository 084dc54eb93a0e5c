/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_LINE	1024

static int fd = -1;
static char buffer[1 << 16];
static size_t used;

bool stream_open(const char *path)
{
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		fprintf(stderr, "bohrwerk plugin: cannot write to %s: %s\n", path, strerror(errno));
	return fd >= 0;
}

void stream_flush(void)
{
	size_t done = 0;

	while (fd >= 0 && done < used) {
		ssize_t n = write(fd, buffer + done, used - done);

		if (n < 0 && errno != EINTR)
			stream_close(); /* QEMU ignores SIGPIPE */
		else if (n > 0)
			done += n;
	}
	used = 0;
}

void stream_line(const char *format, ...)
{
	va_list args;
	int n;

	if (fd < 0)
		return;
	if (used > sizeof(buffer) - LONGEST_LINE)
		stream_flush();
	va_start(args, format);
	n = vsnprintf(buffer + used, LONGEST_LINE, format, args);
	va_end(args);
	if (n > 0 && n < LONGEST_LINE)
		used += n;
}

void stream_close(void)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
}
