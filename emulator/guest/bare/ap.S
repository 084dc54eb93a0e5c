/* SPDX-License-Identifier: Apache-2.0 */
/* The first instructions of an application processor. cpus.c copies them to a page below 1 MiB, where a SIPI starts it, in real mode. */

	.file	"ap.S"
	.text
	.code16
	.globl	ap_start
	.type	ap_start, @function
ap_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	lgdtl	ap_gdt_pointer - ap_start + 0x8000	/* AP_PAGE */
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x08, $ap_flat			/* CODE_SELECTOR */

	.balign	4
ap_gdt_pointer:
	.word	3 * 8 - 1
	.long	gdt
	.globl	ap_end
ap_end:

	.code32
	.type	ap_flat, @function
ap_flat:
	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	bare_ap_stack, %esp
	call	bare_ap_main
1:	hlt
	jmp	1b

	/* Ends a halt. Acknowledged to this CPU's local APIC. */
	.globl	irq_wake
	.type	irq_wake, @function
	.balign	16
irq_wake:
	movl	$0, 0xfee000b0
	iret

	.section .note.GNU-stack, "", @progbits
