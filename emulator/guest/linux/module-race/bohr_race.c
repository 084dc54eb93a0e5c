// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel module with a lost update between its timer's callback and its ioctl.
 *
 * HERE IS THE BUG: RACE_CHARGE reads the account, computes a price and writes the sum back, and the timer, which charges once a jiffy, does
 * not wait. A tick between the load and the store, some forty instructions, is overwritten. A spin_lock_bh() around it ends it.
 */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/uaccess.h>

#include "race.h"

static struct race_sums sums;

static void charge_tick(struct timer_list *timer);
static DEFINE_TIMER(timer, charge_tick);

/*
 * The timer wheel rounds up (calc_index in kernel/time/timer.c): what is due at this jiffy comes with the next tick, what is due at the next
 * one comes a tick later, and no test is as long as that.
 */
static void at_next_tick(void)
{
	mod_timer(&timer, jiffies);
}

static void charge_tick(struct timer_list *unused)
{
	sums.ticks++;
	WRITE_ONCE(sums.account, READ_ONCE(sums.account) + 1);
	at_next_tick();
}

static u32 price(u32 job)
{
	u32 units = 0;
	int bit;

	for (bit = 0; bit < 8; bit++)
		units += 1 + (job >> bit & 1);
	return units;
}

static void charge(u32 job)
{
	u32 account = READ_ONCE(sums.account);
	u32 units = price(job);

	WRITE_ONCE(sums.account, account + units);
	sums.charged += units;
}

static long race_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	u32 job;

	switch (command) {
	case RACE_OPEN:
		del_timer_sync(&timer);
		memset(&sums, 0, sizeof(sums));
		at_next_tick();
		return 0;
	case RACE_CHARGE:
		if (get_user(job, (u32 __user *)argument))
			return -EFAULT;
		charge(job);
		return 0;
	case RACE_CLOSE:
		del_timer_sync(&timer);
		return copy_to_user((void __user *)argument, &sums, sizeof(sums)) ? -EFAULT : 0;
	default:
		return -ENOTTY;
	}
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = race_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bohr_race",
	.fops = &operations,
};

static int __init race_init(void)
{
	return misc_register(&device);
}

static void __exit race_exit(void)
{
	misc_deregister(&device);
	del_timer_sync(&timer);
}

module_init(race_init);
module_exit(race_exit);
MODULE_DESCRIPTION("A race between a timer and an ioctl, to be found");
MODULE_LICENSE("GPL");
