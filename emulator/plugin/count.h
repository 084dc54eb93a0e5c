/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts instructions begun, for each virtual CPU. An instruction that faults or that QEMU restarts is begun once more each time: QEMU's own
 * count (icount) has completed ones only, so it is lower by the number of faults and watchpoint hits.
 */
#ifndef COUNT_H
#define COUNT_H

#include "qemu.h"

#define MOST_CPUS	64

/* @cpus: how many the machine has */
void count_init(unsigned int cpus);

/* Has an instruction counted whenever it is begun. */
void count_insn(struct qemu_plugin_insn *insn);

/* What a virtual CPU has begun so far. Exact at the start of a block. */
uint64_t count_of(unsigned int cpu);

/* All of them together. */
uint64_t count_total(void);

/* Writes a line for each. */
void count_report(void);

#endif
