// SPDX-License-Identifier: Apache-2.0
/*
 * /init of a Linux guest: runs /test once per iteration, judges it, and tells the host.
 *
 * The test runs in a new session, with an empty tmpfs as its working directory (/tmp) and /dev/null as its input. When
 * it has ended, everything that it left behind is killed and its files are gone. Kernel state (sysctls, modules) is not reset.
 */
#define _GNU_SOURCE
#include "bohrwerk.h"
#include "judge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEST		"/test"
#define MODULES		"/modules"	/* kernel modules to load, in the order of their names */
#define TEST_RULES_MAX	65536	/* bytes of the fw_cfg file opt/bohrwerk/test */
#define OUTPUT_MAX	65536	/* bytes of a failing test's output that are shown: the last ones */

static struct judge_rules rules;
static struct judge judge;
static int children = -1;	/* signalfd: SIGCHLD */
static int kernel_log = -1;	/* /dev/kmsg */

static char output[OUTPUT_MAX];	/* a ring ... */
static size_t output_bytes;	/* ... into which so many were written */

/* What goes wrong in here is trouble of the machine, never a verdict on the test. */
static void check(bool ok, const char *what)
{
	char why[256];

	if (ok)
		return;
	snprintf(why, sizeof(why), "%s: %s", what, strerror(errno));
	bw_error(why);
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

static void remember(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		output[output_bytes++ % OUTPUT_MAX] = text[i];
}

static void show_output(void)
{
	static char straight[OUTPUT_MAX];
	size_t length = output_bytes < OUTPUT_MAX ? output_bytes : OUTPUT_MAX;

	for (size_t i = 0; i < length; i++)
		straight[i] = output[(output_bytes - length + i) % OUTPUT_MAX];
	bw_console(straight, length);
}

/* What the kernel has logged since the iteration began. A record is "level,number,time,flags;text\n key=value\n". */
static void show_kernel_log(void)
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

/* Up to the end of the pipe, or as much as is there if it does not block. */
static void drain(int from)
{
	char buffer[4096];
	ssize_t length;

	while ((length = read(from, buffer, sizeof(buffer))) > 0) {
		remember(buffer, length);
		judge_feed(&judge, buffer, length);
	}
}

static pid_t start(int to)
{
	pid_t child = fork();
	sigset_t none;

	check(child >= 0, "fork");
	if (child)
		return child;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (chdir("/tmp") || dup2(to, 1) < 0 || dup2(to, 2) < 0)
		_exit(127);
	execl(TEST, TEST, NULL);
	dprintf(2, "%s: %s\n", TEST, strerror(errno));
	_exit(127);
}

/* Reads the output until the test itself has ended: what it left running may hold the pipe open forever. */
static int collect(pid_t child, int from)
{
	struct pollfd events[] = { { .fd = from, .events = POLLIN }, { .fd = children, .events = POLLIN } };
	struct signalfd_siginfo ended;
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		poll(events, 2, -1);
		if (events[0].revents & POLLIN)
			drain(from);
		else if (events[0].revents)
			events[0].fd = -1;	/* it has closed its output and still runs */
		if (events[1].revents)
			check(read(children, &ended, sizeof(ended)) == sizeof(ended), "signalfd");
	}
	return status;
}

static void kill_leftovers(void)
{
	/* from process 1 this reaches all others; those that they leave behind become its children */
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

static const char *run_test(uint32_t i)
{
	int ends[2], status;
	const char *reason;
	pid_t child;

	(void)i;
	output_bytes = 0;
	judge_start(&judge, &rules);
	lseek(kernel_log, 0, SEEK_END);
	check(!mount("tmpfs", "/tmp", "tmpfs", 0, NULL), "mount /tmp");
	check(!pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe");
	fcntl(ends[1], F_SETFL, 0);	/* the test's end blocks, as it expects */

	child = start(ends[1]);
	close(ends[1]);
	status = collect(child, ends[0]);
	kill_leftovers();
	drain(ends[0]);
	close(ends[0]);
	umount2("/tmp", MNT_DETACH);

	reason = judge_verdict(&judge, status);
	if (reason) {
		show_output();
		show_kernel_log();
	}
	return reason;
}

/* The coarse clock is what the timer interrupt last wrote; reading it takes no system call. */
static void await_tick(void)
{
	struct timespec before, now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &before);
	do
		clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	while (now.tv_nsec == before.tv_nsec && now.tv_sec == before.tv_sec);
}

static void read_rules(void)
{
	static char text[TEST_RULES_MAX + 1];
	long length = bw_fw_cfg("opt/bohrwerk/test", text, TEST_RULES_MAX);
	const char *why;

	if (length < 0)
		bw_error("no fw_cfg file opt/bohrwerk/test");
	text[length] = 0;
	why = judge_rules(text, &rules);
	if (why)
		bw_error(why);
}

int main(void)
{
	struct bw_batch batch;
	sigset_t child;

	if (iopl(3)) {
		perror("iopl: the host cannot be told, and");
		return 1;
	}
	mount_all();
	close(0);
	check(open("/dev/null", O_RDWR) == 0, "/dev/null");
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin:/", 1);
	setenv("HOME", "/tmp", 1);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	children = signalfd(-1, &child, SFD_CLOEXEC);
	check(children >= 0, "signalfd");
	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	load_modules();

	bw_await_batch(&batch);
	read_rules();
	bw_run(&batch, run_test, await_tick);
}
