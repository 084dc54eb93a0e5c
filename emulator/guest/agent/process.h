/* SPDX-License-Identifier: Apache-2.0 */
/* agent.c: a process of the test's. */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

/*
 * A new session in os_directory, with its output to a file, held before its first instruction: the caller waits for the stop, and is the one who may release
 * it. A command that cannot be executed ends with status 127.
 */
pid_t process_start(char *const *command, int output);

#endif
