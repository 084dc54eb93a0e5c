// SPDX-License-Identifier: Apache-2.0
/* The test of bohr_race.ko: charges for one job, and the sums must agree. Exit status 0: they do. */
#define _GNU_SOURCE
#include "race.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE	"/bohr_race.ko"
#define DEVICE	"/dev/bohr_race"

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

static int open_device(void)
{
	int device = open(DEVICE, O_RDWR), module;

	if (device >= 0)
		return device;
	/* the first test loads it; it stays */
	module = open(MODULE, O_RDONLY);
	check(module, MODULE);
	check(syscall(SYS_finit_module, module, "", 0), "finit_module");
	close(module);
	device = open(DEVICE, O_RDWR);
	check(device, DEVICE);
	return device;
}

int main(void)
{
	int device = open_device();
	struct race_sums sums;
	__u32 job = 0x5a;

	check(ioctl(device, RACE_OPEN), "RACE_OPEN");
	check(ioctl(device, RACE_CHARGE, &job), "RACE_CHARGE");
	check(ioctl(device, RACE_CLOSE, &sums), "RACE_CLOSE");
	if (sums.account == sums.charged + sums.ticks)
		return 0;
	printf("account %u, charged %u + %u ticks: a charge was lost\n", sums.account, sums.charged, sums.ticks);
	return 1;
}
