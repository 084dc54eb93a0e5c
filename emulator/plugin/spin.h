/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells where the delays of a batch end. A delay is known by its shape: bw_spin() in emulator/guest/bohrwerk.c executes a loop of 14 nops and two
 * more instructions, as often as the delay has sixteens, in any guest. The batch's list says how long each is.
 */
#ifndef SPIN_H
#define SPIN_H

#include "block.h"

/* Reads the list: the batch's fw_cfg file, 32-bit little-endian numbers. False, with a message, if that fails. */
bool spin_open(const char *path);

/*
 * Takes in that @done instructions of a block were executed, outside of interrupts' handlers, and which block is next.
 *
 * Returns the number of the delay that ends here, from 1; else 0.
 */
unsigned int spin_ended(const struct block *block, unsigned int done, const struct block *next);

#endif
