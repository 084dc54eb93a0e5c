// SPDX-License-Identifier: Apache-2.0
/*
 * The companion's process is held, as the test's is, and whoever holds a process must let it go: a thread of the agent on the companion's CPU starts it,
 * waits there to be released together with the test, executes the companion's delay and lets it go.
 */
#define _GNU_SOURCE
#include "companion.h"

#include "bohrwerk.h"
#include "os.h"
#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST_CPU	0
#define COMPANION_CPU	1

static char *const *companion;
static int companion_output;
static pid_t process;
static int status;		/* held, or how it ended instead */
static sem_t wanted, held, let_go;

static void await(sem_t *semaphore)
{
	while (sem_wait(semaphore))
		check(errno == EINTR, "sem_wait");
}

static void *run(void *unused)
{
	check(os_pin(COMPANION_CPU), "companion: its CPU");
	for (;;) {
		await(&wanted);
		process = process_start(companion, companion_output);
		while (waitpid(process, &status, WUNTRACED) != process)
			check(errno == EINTR, "companion: waitpid");
		sem_post(&held);
		bw_meet();
		os_release(process);
		sem_post(&let_go);
	}
	return unused;
}

void companion_init(char *const *command)
{
	char why[256];
	sigset_t all, before;
	pthread_t thread;

	snprintf(why, sizeof(why), "companion: %.200s", command[0]);
	check(!access(command[0], X_OK), why);
	if (os_cpus() <= COMPANION_CPU)
		bw_error("companion: it needs a second CPU, and the guest runs one");
	companion = command;
	check(os_pin(TEST_CPU), "companion: the test's CPU");
	check(!sem_init(&wanted, 0, 0) && !sem_init(&held, 0, 0) && !sem_init(&let_go, 0, 0), "companion: semaphores");
	/* no signal of the agent's is to disturb its delay */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	errno = pthread_create(&thread, NULL, run, NULL);
	check(!errno, "companion: its thread");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

pid_t companion_prepare(int output)
{
	char why[256];

	companion_output = output;
	sem_post(&wanted);
	await(&held);
	if (!WIFSTOPPED(status)) {
		snprintf(why, sizeof(why), "companion: %.200s cannot be executed", companion[0]);
		bw_error(why);
	}
	return process;
}

void companion_await_start(void)
{
	await(&let_go);
}
