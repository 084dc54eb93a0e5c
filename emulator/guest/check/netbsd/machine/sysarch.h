/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for NetBSD's header, so that agent/os_bsd.c is compiled on a machine without it. */
int i386_iopl(int level);
int x86_64_iopl(int level);
