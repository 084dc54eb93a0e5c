// SPDX-License-Identifier: Apache-2.0
/* The test of bohr_race.ko: charges for one job, and the sums must agree. Exit status 0: they do. */
#include "race.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEVICE	"/dev/bohr_race"

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

int main(void)
{
	int device = open(DEVICE, O_RDWR);
	struct race_sums sums;
	__u32 job = 0x5a;

	check(device, DEVICE);
	check(ioctl(device, RACE_OPEN), "RACE_OPEN");
	check(ioctl(device, RACE_CHARGE, &job), "RACE_CHARGE");
	check(ioctl(device, RACE_CLOSE, &sums), "RACE_CLOSE");
	if (sums.account == sums.charged + sums.ticks)
		return 0;
	printf("account %u, charged %u + %u ticks: a charge was lost\n", sums.account, sums.charged, sums.ticks);
	return 1;
}
