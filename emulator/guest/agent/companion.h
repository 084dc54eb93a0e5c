/* SPDX-License-Identifier: Apache-2.0 */
/* A program that runs beside the test, on another CPU. */
#ifndef COMPANION_H
#define COMPANION_H

#include <sys/types.h>

/*
 * Before the snapshot: takes the command, ended by NULL, and starts the thread that will let it go. "@bw error" when it cannot run.
 */
void companion_init(char *const *command);

/* A new process of it, held before its first instruction, that writes to this file. Its thread waits to be released, see bw_meet(). */
pid_t companion_prepare(int output);

/* Returns when it has been let go. */
void companion_await_start(void);

#endif
