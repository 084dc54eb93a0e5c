/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug exception, vector 1.
 *
 * HERE IS THE BUG. Causes of the trap are in two places: in DR6, and, if the thread was switched out since, in its pcb
 * (see dbregs.c). The entry reads the pcb first and DR6 a few instructions later. A switch in between moves the
 * causes from the place that is yet to be read into the one that has been read, and the handler sees a
 * debug trap without any cause.
 *
 * It needs interrupts to be on here, and they are: vector 1 got a trap gate, as most exceptions have (main.c).
 * Page faults have long had an interrupt gate, because an interrupt may fault and then CR2 is lost. Nobody saw that DR6 is
 * a CR2. Reading DR6 first, or an interrupt gate, ends it.
 *
 * The timer must strike between two of four given instructions. An emulator that takes interrupts only between
 * translated blocks never does it: nothing from pushl to the read of DR6 ends a block.
 */
#include "dbregs.h"

	.file	"trap.S"		/* else the symbol table names gcc's temporary file */
	.text
	.globl	trap_debug
	.type	trap_debug, @function
	.balign	64			/* not across a page: that would end a block */
trap_debug:
	pushal
	cld
	movl	current, %ebx
#ifdef PRINT
	/* "Let us print something here and see." A line of its own: it cannot spoil a line of the protocol. */
	movb	$'\n', %al
	outb	%al, $0xe9
#endif
	pushl	PCB_DR6(%ebx)		/* frame: dr6, what a switch has saved ... */
	movl	%dr7, %eax
	pushl	%eax			/* frame: dr7 */
	movl	%dr6, %eax
	andl	$DR6_CAUSE, %eax
	orl	%eax, 4(%esp)		/* ... and what is in the CPU */
	pushl	%esp
	call	debug_trap
	addl	$12, %esp
	popal
	iret

	/* The store that hits the watchpoint, and where the trap must find the program. */
	.globl	store, store_done
	.type	store, @function
	.balign	16
store:
	movl	4(%esp), %edx
	movl	8(%esp), %eax
	movl	%eax, (%edx)
store_done:
	ret

	.section .note.GNU-stack, "", @progbits
