// SPDX-License-Identifier: Apache-2.0
/* Linux, where the agent is /init and all that there is. */
#define _GNU_SOURCE
#include "bohrwerk.h"
#include "os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MODULES	"/modules"	/* kernel modules to load, in the order of their names */

const char os_directory[] = "/tmp";

static int kernel_log = -1;	/* /dev/kmsg */

bool os_open_ports(void)
{
	return !iopl(3);
}

void os_close_ports(void)
{
	check(!iopl(0), "iopl");
}

static void mount_all(void)
{
	static const struct {
		const char *type, *at;
	} mounts[] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" }, { "devpts", "/dev/pts" },
		{ "tmpfs", "/run" }, { "tmpfs", "/tmp" },
	};

	/* not checked: a test's kernel may lack one or the other, and then the test says what it misses */
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		mkdir(mounts[i].at, 0755);
		mount(mounts[i].type, mounts[i].at, mounts[i].type, 0, NULL);
	}
}

static void load_module(const char *name)
{
	char path[sizeof(MODULES) + 256], what[128];
	int file;

	snprintf(path, sizeof(path), "%s/%s", MODULES, name);
	snprintf(what, sizeof(what), "module %.100s", name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	check(file >= 0, what);
	check(!syscall(SYS_finit_module, file, "", 0), what);
	close(file);
}

static int is_visible(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static void load_modules(void)
{
	struct dirent **entries;
	int count = scandir(MODULES, &entries, is_visible, alphasort);

	for (int i = 0; i < count; i++)	/* none when there is no such directory */
		load_module(entries[i]->d_name);
}

void os_start(void)
{
	mount_all();
	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	load_modules();
}

void os_before_test(void)
{
	lseek(kernel_log, 0, SEEK_END);
	check(!mount("tmpfs", os_directory, "tmpfs", 0, NULL), "mount /tmp");
}

void os_kill_leftovers(pid_t test)
{
	(void)test;
	/* from process 1 this reaches all others; those that they leave behind become its children */
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

void os_after_test(void)
{
	umount2(os_directory, MNT_DETACH);
}

/* A record is "level,number,time,flags;text\n key=value\n". */
void os_show_log(void)
{
	char record[1024];
	ssize_t length;

	while ((length = read(kernel_log, record, sizeof(record) - 1)) > 0) {
		char *text, *end;

		record[length] = 0;
		text = strchr(record, ';');
		end = text ? strchr(text, '\n') : NULL;
		if (end)
			bw_console(text + 1, end - text);
	}
}

/* The coarse clock is what the timer interrupt last wrote; reading it takes no system call. */
void os_await_tick(void)
{
	struct timespec before, now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &before);
	do
		clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	while (now.tv_nsec == before.tv_nsec && now.tv_sec == before.tv_sec);
}
