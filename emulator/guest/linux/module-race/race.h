/* SPDX-License-Identifier: GPL-2.0 */
/* What the module and its test share. */
#ifndef MODULE_RACE_H
#define MODULE_RACE_H

#include <linux/ioctl.h>
#include <linux/types.h>

struct race_sums {
	__u32 account;	/* what both have charged */
	__u32 charged;	/* what the ioctl has charged */
	__u32 ticks;	/* how often the timer has charged 1 */
};

#define RACE_OPEN	_IO('b', 1)			/* nothing is charged yet; the timer starts */
#define RACE_CHARGE	_IOW('b', 2, __u32)		/* charges for one job */
#define RACE_CLOSE	_IOR('b', 3, struct race_sums)	/* the timer has ended */

#endif
