// SPDX-License-Identifier: Apache-2.0
/* Linux, where the agent is /init and all that there is. */
#define _GNU_SOURCE
#include "bohrwerk.h"
#include "os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define MODULES	"/modules"	/* kernel modules to load, in the order of their names */

#define TICKS_WATCHED	8
#define SAMPLE		4096	/* instructions */
#define CLOSE		512	/* instructions: some readings of the clock; what is left is counted, not read */
#define ARMING		16384	/* instructions: a timer is set within so many */
#define FIRST_PART	16	/* a test begins at this part of the timer's period */

const char os_directory[] = "/tmp";

static int kernel_log = -1;	/* /dev/kmsg */

/* Ticks come at this phase of CLOCK_MONOTONIC, or somewhat before: by what the handler takes. In ns; no period: not known. */
static int64_t tick_period, tick_phase;

unsigned int os_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

bool os_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (cpu == ALL_CPUS || i == cpu)
			CPU_SET(i, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

bool os_open_ports(void)
{
	return !iopl(3);
}

void os_close_ports(void)
{
	check(!iopl(0), "iopl");
}

/* A traced process stops when its exec is done. Afterwards it is traced no more, and does not see that it was. */
void os_hold(void)
{
	check(!ptrace(PTRACE_TRACEME, 0, NULL, NULL), "ptrace");
}

void os_release(pid_t test)
{
	check(!ptrace(PTRACE_DETACH, test, NULL, NULL), "ptrace");
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
static void await_interrupt(void)
{
	struct timespec before, now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &before);
	do
		clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	while (now.tv_nsec == before.tv_nsec && now.tv_sec == before.tv_sec);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* The earliest moment of some at which an interrupt was seen to be over, modulo the period. */
static void find_ticks(void)
{
	struct timespec resolution;
	int64_t first = 0, least = 0;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) || resolution.tv_sec)
		return;
	for (int i = 0; i < TICKS_WATCHED; i++) {
		int64_t late;

		await_interrupt();
		late = (now_ns() - first) % resolution.tv_nsec;
		if (!first) {
			first = late;
			late = 0;
		} else if (late > resolution.tv_nsec / 2) {
			late -= resolution.tv_nsec;
		}
		if (late < least)
			least = late;
	}
	tick_period = resolution.tv_nsec;
	tick_phase = (first + least + tick_period) % tick_period;
}

/* In time stamps. The least of some: interrupts make it longer. */
static int64_t duration(uint32_t instructions)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		int64_t start = __rdtsc(), end;

		bw_spin(instructions);
		end = __rdtsc();
		if (end - start < least)
			least = end - start;
	}
	return least;
}

/*
 * What an instruction takes, in ns of the guest's clock. Under QEMU's icount a power of two, and the time stamp counter runs with 1 GHz.
 * Not before the batch: the host may have changed it since the snapshot.
 */
static int64_t instruction_ns(void)
{
	static int64_t ns;

	if (!ns)
		ns = (duration(2 * SAMPLE) - duration(SAMPLE) + SAMPLE / 2) / SAMPLE;
	return ns;
}

/*
 * Returns a fixed number of instructions after a tick. What the interrupt's handler does takes thousands of instructions, and never the same
 * number; so it is let pass by, and the test begins by the clock: at a fixed phase of the tick, to the instruction.
 */
void os_await_tick(void)
{
	int64_t ns = instruction_ns(), near = CLOSE * ns, part = FIRST_PART;

	await_interrupt();
	if (!tick_period || ns < 1 || near > tick_period / part)
		return;
	for (; part > 1; part /= 2) {
		int64_t now = now_ns(), at = now - (now - tick_phase) % tick_period + tick_period / part;

		if (at - near < now)
			at += tick_period;
		do
			now = now_ns();
		while (now + near < at);
		/* unless a handler took so long; where it always does, at a later phase */
		if (now < at) {
			bw_spin((at - now) / ns);
			return;
		}
	}
}

/*
 * A timer that nobody waits for: of the test's process, and of what runs when, it changes nothing but that one interrupt. The local APIC's
 * timer is set to the nanosecond, so it comes when it is to, and some hundred instructions later that it takes Linux to set it. Until
 * the clock shows a fixed time after this call it waits: how long the setting takes is never the same.
 */
static void interrupt_in(uint64_t ns)
{
	static int timer = -1;
	struct itimerspec once = { 0 };
	int64_t instruction = instruction_ns(), begin, now;

	if (timer < 0)
		timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	check(timer >= 0, "timerfd");
	begin = now_ns() + ARMING * instruction;
	if (ns != BW_NEVER) {
		int64_t at = begin + ns;

		once.it_value = (struct timespec) { .tv_sec = at / 1000000000, .tv_nsec = at % 1000000000 };
	}
	check(!timerfd_settime(timer, TFD_TIMER_ABSTIME, &once, NULL), "timerfd");
	if (ns == BW_NEVER)
		return;
	do
		now = now_ns();
	while (now + CLOSE * instruction < begin);
	if (now < begin)
		bw_spin((begin - now) / instruction);
}

void (*const os_interrupt_in)(uint64_t ns) = interrupt_in;

void os_start(void)
{
	mount_all();
	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	load_modules();
	find_ticks();
}
