// SPDX-License-Identifier: Apache-2.0
/*
 * The agent of a guest with processes: runs a test once per iteration, judges it, and tells the host. What systems do each in their own way
 * stands behind os.h.
 *
 *	agent [PROGRAM [ARGUMENT...]]	the test; without arguments, and always as process 1, /test
 *
 * The test runs in a new session, with an empty working directory and /dev/null as its input. When it has ended, what it left
 * behind is killed and its files are gone. Kernel state (sysctls, modules) is not reset.
 *
 * All that comes before the test, its fork and exec included, is done before the tick and the delay: it takes hundreds of thousands of
 * instructions, never the same number, and the next tick is to land at a chosen place of the test.
 */
#define _GNU_SOURCE
#include "bohrwerk.h"
#include "command.h"
#include "judge.h"
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST_RULES_MAX	65536	/* bytes of the fw_cfg file opt/bohrwerk/test */
#define OUTPUT_MAX	65536	/* bytes of a failing test's output that are shown: the last ones */

static struct judge_rules rules;
static struct judge judge;
static char *const *test;
static int ended[2];	/* a pipe: a byte for each SIGCHLD */

static pid_t child;	/* the test's process ... */
static int child_status;	/* ... stopped before its first instruction, or how it ended without one */
static int child_output;	/* ... and the reading end of its output */

static char output[OUTPUT_MAX];	/* a ring ... */
static size_t output_bytes;	/* ... into which so many were written */

void check(bool ok, const char *what)
{
	char why[256];

	if (ok)
		return;
	snprintf(why, sizeof(why), "%s: %s", what, strerror(errno));
	bw_error(why);
}

static void on_child(int signal)
{
	int saved = errno;

	(void)signal;
	if (write(ended[1], "", 1) < 0)
		errno = 0;	/* the pipe is full of the same news */
	errno = saved;
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
	pid_t started = fork();

	check(started >= 0, "fork");
	if (started)
		return started;
	signal(SIGCHLD, SIG_DFL);
	setsid();
	os_close_ports();
	if (chdir(os_directory) || dup2(to, 1) < 0 || dup2(to, 2) < 0)
		_exit(127);
	os_hold();
	execv(test[0], test);
	dprintf(2, "%s: %s\n", test[0], strerror(errno));
	_exit(127);
}

/* Reads the output until the test itself has ended: what it left running may hold the pipe open forever. */
static int collect(int from)
{
	struct pollfd events[] = { { .fd = from, .events = POLLIN }, { .fd = ended[0], .events = POLLIN } };
	char news[16];
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (poll(events, 2, -1) < 0)
			continue;	/* SIGCHLD: the pipe has it */
		if (events[0].revents & POLLIN)
			drain(from);
		else if (events[0].revents)
			events[0].fd = -1;	/* it has closed its output and still runs */
		if (events[1].revents)
			while (read(ended[0], news, sizeof(news)) > 0)
				;
	}
	return status;
}

/* A pipe that no test inherits; only its reading end never blocks. */
static void make_pipe(int ends[2])
{
	check(!pipe(ends), "pipe");
	for (int i = 0; i < 2; i++)
		check(!fcntl(ends[i], F_SETFD, FD_CLOEXEC), "pipe");
	check(!fcntl(ends[0], F_SETFL, O_NONBLOCK), "pipe");
}

/* How the subtests went, when it is the first iteration or they went otherwise than in the last one that was told of. */
static void tell_counts(uint32_t i)
{
	static struct judge_counts told = { .passed = -1 };
	const struct judge_counts *now = &judge.counts;
	char text[128];

	if (!judge.results || !memcmp(&told, now, sizeof(told)))
		return;
	told = *now;
	snprintf(text, sizeof(text), "passed=%ld failed=%ld expected=%ld skipped=%ld",
		 now->passed, now->failed, now->expected, now->skipped);
	bw_say("subtests", i, text);
}

/* What was expected to fail and passed, once in a batch. */
static void tell_unexpected(uint32_t i)
{
	static bool told[JUDGE_EXPECTED_MAX];

	for (size_t rule = 0; rule < rules.expected; rule++) {
		if (told[rule] || !judge_unexpected_pass(&judge, rule))
			continue;
		told[rule] = true;
		bw_say("unexpected", i, rules.names[rule]);
	}
}

static void prepare_test(void)
{
	int ends[2];

	output_bytes = 0;
	judge_start(&judge, &rules);
	os_before_test();
	make_pipe(ends);
	child_output = ends[0];

	child = start(ends[1]);
	close(ends[1]);
	while (waitpid(child, &child_status, WUNTRACED) != child)
		check(errno == EINTR, "waitpid");
}

static const char *run_test(uint32_t i)
{
	const char *reason;

	if (WIFSTOPPED(child_status)) {
		os_release(child);
		child_status = collect(child_output);
	}
	os_kill_leftovers(child);
	drain(child_output);
	close(child_output);
	os_after_test();

	reason = judge_verdict(&judge, child_status);
	if (reason) {
		show_output();
		os_show_log();
	}
	tell_counts(i);
	tell_unexpected(i);
	return reason;
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

int main(int count, char **words)
{
	struct sigaction child = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };
	struct bw_batch batch;

	test = command(count, words, getpid());
	if (!os_open_ports()) {
		perror("the host cannot be told, and the I/O ports");
		return 1;
	}
	os_start();
	close(0);
	check(open("/dev/null", O_RDWR) == 0, "/dev/null");
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin:/", 1);
	setenv("HOME", os_directory, 1);
	make_pipe(ended);
	check(!fcntl(ended[1], F_SETFL, O_NONBLOCK), "pipe");
	check(!sigaction(SIGCHLD, &child, NULL), "SIGCHLD");

	bw_await_batch(&batch);
	read_rules();
	bw_offer(os_interrupt_in, NULL);
	bw_run_prepared(&batch, prepare_test, run_test, os_await_tick);
}
