// SPDX-License-Identifier: Apache-2.0
/* agent/os_bsd.c as NetBSD sees it, for the compiler's eyes only. This system's headers come first: they must not take it for NetBSD. */
#include "agent/os.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define __NetBSD__
#include "agent/os_bsd.c"
