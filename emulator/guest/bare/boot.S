/* SPDX-License-Identifier: Apache-2.0 */
/* Multiboot entry of a bare-metal i386 guest: flat segments, a stack, main(). No paging. */

#define MULTIBOOT_MAGIC	0x1badb002
#define STACK_BYTES	16384

	.file	"boot.S"		/* else the symbol table names gcc's temporary file */
	.section .multiboot, "a"
	.balign	4
	.long	MULTIBOOT_MAGIC, 0, -MULTIBOOT_MAGIC

	.text
	.globl	_start
	.type	_start, @function
_start:
	cli
	cld
	lgdt	gdt_pointer
	ljmp	$0x08, $1f		/* CODE_SELECTOR */
1:	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$stack_top, %esp
	call	main
2:	hlt
	jmp	2b

	/* Interrupt 0x20, the timer: EOI first, so that timer_interrupt() may take as long as it likes. */
	.globl	irq_timer
	.type	irq_timer, @function
	.balign	16
irq_timer:
	pushal
	cld
	incl	bare_ticks
	movb	$0x20, %al
	outb	%al, $0x20
	call	timer_interrupt
	popal
	iret

	/* The extra interrupt: a timer's out of turn. Acknowledged to the local APIC, which alone knows of it. */
	.globl	irq_extra
	.type	irq_extra, @function
	.balign	16
irq_extra:
	pushal
	cld
	incl	bare_ticks
	movl	$0, 0xfee000b0
	call	timer_interrupt
	popal
	iret

	/* The local APIC took an interrupt back. */
	.globl	irq_spurious
	.type	irq_spurious, @function
	.balign	16
irq_spurious:
	iret

	/* Every exception that the kernel has no gate for. */
	.globl	trap_unexpected
	.type	trap_unexpected, @function
	.balign	16
trap_unexpected:
	cld
	pushl	%esp
	call	bare_unexpected

	.section .rodata
	.balign	8
	.globl	gdt
gdt:	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: code, 4 GiB */
	.quad	0x00cf93000000ffff	/* 0x10: data, 4 GiB */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt

	.bss
	.balign	16
	.skip	STACK_BYTES
stack_top:

	.section .note.GNU-stack, "", @progbits
