// SPDX-License-Identifier: Apache-2.0
/*
 * The agent of a guest with processes: runs a test once per iteration, judges it, and tells the host. What systems do each in their own way
 * stands behind os.h.
 *
 *	agent [PROGRAM [ARGUMENT...]]	the test; without arguments, and always as process 1, /test
 *
 * Of several CPUs the agent takes the first. A test may use all of them; but where the host names a companion, a program to run beside the test on
 * the second CPU, the test has the first for itself.
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
#include "companion.h"
#include "judge.h"
#include "os.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
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

static pid_t companion;	/* the same of the program beside it, if there is one */
static int companion_output;

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

/* Up to the end of the pipe, or as much as is there if it does not block. What the companion prints is shown, and not judged. */
static void drain(int from, bool judged)
{
	char buffer[4096];
	ssize_t length;

	while ((length = read(from, buffer, sizeof(buffer))) > 0) {
		remember(buffer, length);
		if (judged)
			judge_feed(&judge, buffer, length);
	}
}

pid_t process_start(char *const *command, int to)
{
	pid_t started = fork();
	sigset_t none;

	check(started >= 0, "fork");
	if (started)
		return started;
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!rules.companion_words)
		os_pin(ALL_CPUS);
	setsid();
	os_close_ports();
	if (chdir(os_directory) || dup2(to, 1) < 0 || dup2(to, 2) < 0)
		_exit(127);
	os_hold();
	execv(command[0], command);
	dprintf(2, "%s: %s\n", command[0], strerror(errno));
	_exit(127);
}

static void await_news(struct pollfd *events, int files, int timeout_ms)
{
	char news[16];

	if (poll(events, files, timeout_ms) < 0)
		return;	/* SIGCHLD: the pipe has it */
	if (events[0].revents)
		while (read(ended[0], news, sizeof(news)) > 0)
			;
	for (int i = 1; i < files; i++) {
		if (events[i].revents & POLLIN)
			drain(events[i].fd, i == 1);
		else if (events[i].revents)
			events[i].fd = -1;	/* it has closed its output and still runs */
	}
}

/* Reads the output until the test itself has ended: what it left running may hold the pipe open forever. */
static int collect(void)
{
	struct pollfd events[] = { { .fd = ended[0], .events = POLLIN }, { .fd = child_output, .events = POLLIN },
				   { .fd = companion_output, .events = POLLIN } };
	int status;

	while (waitpid(child, &status, WNOHANG) == 0)
		await_news(events, rules.companion_words ? 3 : 2, -1);
	return status;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* Behind the test's end. NULL, or what is wrong with how the companion ended. */
static const char *end_companion(void)
{
	static char why[128];
	struct pollfd events[] = { { .fd = ended[0], .events = POLLIN }, { .fd = -1 },
				   { .fd = companion_output, .events = POLLIN } };
	int64_t end;
	int status;

	companion_await_start();
	end = now_ms() + rules.companion_ms;
	while (waitpid(companion, &status, WNOHANG) == 0) {
		int64_t left = end - now_ms();

		if (left <= 0) {
			snprintf(why, sizeof(why), "companion: still running %u ms after the test's end", rules.companion_ms);
			return why;	/* what is left of it is killed with the rest */
		}
		await_news(events, 3, left);
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return NULL;
	if (WIFEXITED(status))
		snprintf(why, sizeof(why), "companion: exit status %d", WEXITSTATUS(status));
	else
		snprintf(why, sizeof(why), "companion: killed by signal %d", WTERMSIG(status));
	return why;
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
	if (rules.companion_words) {
		make_pipe(ends);
		companion_output = ends[0];
		companion = companion_prepare(ends[1]);
		close(ends[1]);
	}
	make_pipe(ends);
	child_output = ends[0];

	child = process_start(test, ends[1]);
	close(ends[1]);
	while (waitpid(child, &child_status, WUNTRACED) != child)
		check(errno == EINTR, "waitpid");
}

static const char *run_test(uint32_t i)
{
	const char *reason, *companion_reason = NULL;

	if (WIFSTOPPED(child_status)) {
		os_release(child);
		child_status = collect();
	}
	if (rules.companion_words)
		companion_reason = end_companion();
	os_kill_leftovers(child);
	drain(child_output, true);
	close(child_output);
	if (rules.companion_words) {
		drain(companion_output, false);
		close(companion_output);
	}
	os_after_test();

	reason = judge_verdict(&judge, child_status);
	if (!reason)
		reason = companion_reason;
	if (reason) {
		show_output();
		os_show_log();
	}
	tell_counts(i);
	tell_unexpected(i);
	return reason;
}

/* For bw_run_pair: its thread has been waiting since the preparation. */
static void companion_is_there(uint32_t i)
{
	(void)i;
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

	read_rules();
	if (bw_machine_cpus() > 1) {
		os_pin(0);
		bw_say_cpus(os_cpus());
	}
	if (rules.companion_words)
		companion_init(rules.companion);
	bw_await_batch(&batch);
	bw_offer(os_interrupt_in, NULL);
	if (rules.companion_words)
		bw_run_pair(&batch, prepare_test, companion_is_there, run_test, os_await_tick);
	bw_run_prepared(&batch, prepare_test, run_test, os_await_tick);
}
