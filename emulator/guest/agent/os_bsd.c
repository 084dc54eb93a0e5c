// SPDX-License-Identifier: Apache-2.0
/*
 * NetBSD and FreeBSD, installed as usual; the agent is started as root, last of all (from /etc/rc.local). Not yet run on either: what is
 * here follows their manuals, i386_iopl(2), x86_64_iopl(2), io(4), clock_gettime(2) and nanosleep(2), and is compiled against stand-ins
 * for their headers.
 *
 *	cd emulator/guest
 *	cc -O2 -static -pthread -I. -o bohrwerk-agent agent/agent.c agent/companion.c agent/os_bsd.c agent/judge.c agent/judge_cases.c \
 *		bohrwerk.c schedule.c
 *
 * and on NetBSD at the end -lx86_64 or -li386.
 */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __NetBSD__
#include <sys/types.h>
#include <machine/sysarch.h>
#endif

#define OPEN_DIRECTORIES	16

const char os_directory[] = "/tmp/bohrwerk";

unsigned int os_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

bool os_pin(int cpu)
{
	if (cpu == ALL_CPUS)
		return true;
	errno = ENOSYS;
	return false;
}

bool os_open_ports(void)
{
#if defined(__NetBSD__) && defined(__x86_64__)
	return !x86_64_iopl(3);
#elif defined(__NetBSD__)
	return !i386_iopl(3);
#else
	/* the ports are open while this file is, so nobody closes it */
	return open("/dev/io", O_RDWR | O_CLOEXEC) >= 0;
#endif
}

void os_close_ports(void)
{
#if defined(__NetBSD__) && defined(__x86_64__)
	check(!x86_64_iopl(0), "iopl");
#elif defined(__NetBSD__)
	check(!i386_iopl(0), "iopl");
#endif
}

void os_hold(void)
{
	raise(SIGSTOP);
}

void os_release(pid_t test)
{
	check(!kill(test, SIGCONT), "SIGCONT");
}

static int take_away(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static void empty(void)
{
	check(!nftw(os_directory, take_away, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS) || errno == ENOENT, os_directory);
}

void os_start(void)
{
	empty();
}

void os_before_test(void)
{
	check(!mkdir(os_directory, 0777), os_directory);
}

void os_kill_leftovers(pid_t test)
{
	/* only the test's own process group: what made a session of its own lives on, as it would in an ordinary run */
	kill(-test, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

void os_after_test(void)
{
	empty();
}

void os_show_log(void)
{
	/* With the console on the serial port, the host has it already. */
}

/* A timer of these systems' goes off with a tick of theirs. */
void (*const os_interrupt_in)(uint64_t ns) = NULL;

void os_await_tick(void)
{
#ifdef CLOCK_MONOTONIC_FAST
	struct timespec before, now;

	/* FreeBSD: as the timer interrupt last wrote it */
	clock_gettime(CLOCK_MONOTONIC_FAST, &before);
	do
		clock_gettime(CLOCK_MONOTONIC_FAST, &now);
	while (now.tv_nsec == before.tv_nsec && now.tv_sec == before.tv_sec);
#else
	/* NetBSD sleeps in whole ticks, and wakes in the interrupt of one */
	nanosleep(&(struct timespec) { .tv_nsec = 1 }, NULL);
#endif
}
