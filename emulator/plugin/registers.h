/* SPDX-License-Identifier: Apache-2.0 */
/* The number of a system call, read from rax before syscall and sysenter. Plugins can read registers from QEMU 9.1 on. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include "block.h"

/* Instruments a block that is being translated. */
void registers_translated(struct qemu_plugin_tb *tb, const struct block *block);

#endif
