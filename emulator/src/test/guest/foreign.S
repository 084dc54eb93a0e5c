/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that speaks the protocol in a language of its own, written from docs/own-kernel.md alone: nothing of ../../../guest is in it.
 * Its test adds one in three instructions to a number that the timer changes as well, so one in some thousand iterations fails.
 *
 * Each of these, when defined, makes it break one rule:
 *	NO_DELAY NO_STRIDE NO_WINDOW NO_SEED NO_DELAYS NO_ALIGN NO_REPORT NO_CONTINUE	the key is skipped
 *	GOES_ON		a failing iteration does not end the batch
 *	OFF_BY_ONE	each turn of the delay's loop takes an instruction too many
 *	NO_STOP		it cannot stop the machine
 *	FREQUENCY	of its timer, in Hz
 */
#ifndef FREQUENCY
#define FREQUENCY 1000
#endif
#define PIT_COUNT	(1193182 / FREQUENCY)
#define VECTOR_TIMER	0x20
#define MOST_DELAYS	16384
#define ROUNDS		40

	.section .multiboot, "a"
	.balign	4
	.long	0x1badb002, 0, -0x1badb002

	.text
	.globl	_start
_start:
	cli
	cld
	lgdt	gdt_pointer
	ljmp	$0x08, $1f
1:	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$stack_top, %esp

	movl	$timer, %eax			/* the only gate */
	movw	%ax, idt + 8 * VECTOR_TIMER
	movw	$0x08, idt + 8 * VECTOR_TIMER + 2
	movw	$0x8e00, idt + 8 * VECTOR_TIMER + 4
	shrl	$16, %eax
	movw	%ax, idt + 8 * VECTOR_TIMER + 6
	lidt	idt_pointer

	.macro	out port, value
	movb	$\value, %al
	outb	%al, $\port
	.endm
	out	0x20, 0x11
	out	0xa0, 0x11
	out	0x21, VECTOR_TIMER
	out	0xa1, VECTOR_TIMER + 8
	out	0x21, 4
	out	0xa1, 2
	out	0x21, 1
	out	0xa1, 1
	out	0x21, 0xfe
	out	0xa1, 0xff
	out	0x43, 0x34
	out	0x40, (PIT_COUNT & 0xff)
	out	0x40, (PIT_COUNT >> 8)
	sti

	/* 1 and 2: ready, then the batch */
	movl	$ready, %esi
	call	say
2:	call	read_batch
	cmpl	$0x206e7572, line		/* "run " */
	jne	2b
	call	read_batch

	.macro	get key, low, high=none, default=0
	movl	$\key, %esi
	movl	$\default, %eax
	call	value
	movl	%eax, \low
	movl	%edx, \high
	.endm
	get	key_first, first, , 1
	get	key_iterations, iterations, , 1
	get	key_report, report, , 1
#ifndef NO_DELAY
	get	key_delay, delay
#endif
#ifndef NO_STRIDE
	get	key_stride, stride
#endif
#ifndef NO_WINDOW
	get	key_window, window
#endif
#ifndef NO_SEED
	get	key_seed, seed, seed + 4
#endif
#ifndef NO_DELAYS
	get	key_delays, delays
#endif
#ifndef NO_CONTINUE
	get	key_continue, go_on
#endif
#ifdef NO_REPORT
	movl	$1, report
#endif
	movl	$key_align, %esi
	call	find
	jnz	1f
#ifndef NO_ALIGN
	cmpb	$'t', (%edi)
	sete	align
#endif
1:	cmpl	$0, delays
	je	run
	movl	$file_delays, %esi
	call	open
	movl	$list, %edi
	movl	delays, %ecx
	shll	$2, %ecx
	movw	$0x511, %dx
	rep insb

	/* 3: the iterations; %ebp is k */
run:	xorl	%ebp, %ebp
next:	call	this_delay
	movl	%eax, %ecx
	cmpb	$0, align
	je	2f
	movl	ticks, %eax
1:	cli
	cmpl	%eax, ticks
	jne	1f
	sti
	hlt
	jmp	1b
1:	sti
2:	call	spin
	call	test
	jne	failed

	/* 4: what came of it */
	incl	unreported
	movl	unreported, %eax
	cmpl	%eax, report
	jne	passed
	movl	$0, unreported
	movl	$pass, %esi
	call	say_of_iteration
	call	end_line
passed:
	incl	%ebp
	cmpl	%ebp, iterations
	jne	next
	decl	%ebp
	movl	$done, %esi
	call	say_of_iteration
	call	end_line
stop:
#ifndef NO_STOP
	movw	$0x505, %dx
	movb	$1, %al
	outb	%al, %dx
#endif
1:	pause
	jmp	1b

failed:	movl	$fail, %esi
	call	say_of_iteration
	movl	$reason, %esi
	call	say
	incl	unreported
	movl	unreported, %eax
	cmpl	%eax, report
	jne	1f
	movl	$0, unreported
1:
#ifndef GOES_ON
	cmpl	$0, go_on
	je	stop
#endif
	jmp	passed

	/* %ecx instructions, and some more that are always as many */
spin:	shrl	%ecx
	jnc	1f
	nop
1:	jecxz	3f
2:
#ifdef OFF_BY_ONE
	nop
#endif
	decl	%ecx
	jnz	2b
3:	ret

	/* Sets ZF when the iteration passed. */
test:	movl	ticks, %edx
	movl	counted, %ebx
	movl	$ROUNDS, %ecx
1:	movl	counted, %eax			/* a tick here is lost ... */
	incl	%eax
	movl	%eax, counted			/* ... when this is done */
	nop
	nop
	nop
	nop
	nop
	nop
	loop	1b
	cli
	movl	counted, %eax
	subl	%ebx, %eax
	subl	$ROUNDS, %eax
	addl	%edx, %eax
	subl	ticks, %eax
	sti
	testl	%eax, %eax
	ret

timer:	pushl	%eax
	incl	ticks
	incl	counted
	movb	$0x20, %al
	outb	%al, $0x20
	popl	%eax
	iret

	/* The delay of iteration %ebp: %eax. */
this_delay:
	cmpl	$0, delays
	je	1f
	movl	list(, %ebp, 4), %eax
	ret
1:	cmpl	$0, window
	jne	1f
	movl	delay, %eax
	ret
1:	movl	seed, %eax
	orl	seed + 4, %eax
	jnz	1f
	movl	%ebp, %eax
	mull	stride
	jmp	2f
1:	movl	seed, %eax
	movl	seed + 4, %edx
	addl	%ebp, %eax
	adcl	$0, %edx
	call	splitmix64
2:	movl	%eax, %ecx			/* %edx:%eax mod window */
	movl	%edx, %eax
	xorl	%edx, %edx
	divl	window
	movl	%ecx, %eax
	divl	window
	leal	(%edx), %eax
	addl	delay, %eax
	ret

	/* %edx:%eax ^= %edx:%eax >> n */
	.macro	mix n
	movl	%eax, %ecx
	shrdl	$\n, %edx, %ecx
	movl	%edx, %ebx
	shrl	$\n, %ebx
	xorl	%ecx, %eax
	xorl	%ebx, %edx
	.endm
	/* %edx:%eax *= high:low */
	.macro	times high, low
	movl	%eax, %ecx
	imull	$\low, %edx
	movl	%edx, %ebx
	imull	$\high, %eax, %edx
	addl	%edx, %ebx
	movl	$\low, %eax
	mull	%ecx
	addl	%ebx, %edx
	.endm
splitmix64:
	addl	$0x7f4a7c15, %eax
	adcl	$0x9e3779b9, %edx
	mix	30
	times	0xbf58476d, 0x1ce4e5b9
	mix	27
	times	0x94d049bb, 0x133111eb
	mix	31
	ret

	/* Looks for a key, " word=", in the line: sets ZF when it is there, and %edi behind it. */
find:	movl	$line, %edi
1:	movl	%esi, %ebx
	movl	%edi, %ecx
2:	movb	(%ebx), %al
	testb	%al, %al
	jz	3f
	cmpb	%al, (%ecx)
	jne	4f
	incl	%ebx
	incl	%ecx
	jmp	2b
3:	movl	%ecx, %edi
	xorl	%eax, %eax
	ret
4:	incl	%edi
	cmpl	$line_end, %edi
	jne	1b
	testl	%edi, %edi
	ret

	/* The number of a key: %edx:%eax, as %eax was when there is none. */
value:	pushl	%eax
	call	find
	popl	%eax
	jnz	2f
	xorl	%eax, %eax
	xorl	%edx, %edx
1:	movzbl	(%edi), %ecx
	subl	$'0', %ecx
	cmpl	$9, %ecx
	ja	3f
	imull	$10, %edx
	movl	%edx, %ebx
	movl	$10, %edx
	mull	%edx
	addl	%ebx, %edx
	addl	%ecx, %eax
	adcl	$0, %edx
	incl	%edi
	jmp	1b
2:	xorl	%edx, %edx
3:	ret

read_batch:
	movl	$file_batch, %esi
	call	open
	movl	$line, %edi
	movl	$256, %ecx
	movw	$0x511, %dx
	rep insb
	ret

	/* Selects the file with this name. */
open:	movw	$0x510, %dx
	movw	$0x19, %ax
	outw	%ax, %dx
	movw	$0x511, %dx
	movl	$entry, %edi
	movl	$4, %ecx
	rep insb
1:	movl	$entry, %edi
	movl	$64, %ecx
	rep insb
	movl	%esi, %ebx
	movl	$entry + 8, %edi
2:	movb	(%ebx), %al
	cmpb	%al, (%edi)
	jne	1b
	incl	%ebx
	incl	%edi
	testb	%al, %al
	jnz	2b
	movw	entry + 4, %ax
	xchgb	%al, %ah
	movw	$0x510, %dx
	outw	%ax, %dx
	ret

say:	movb	(%esi), %al
	testb	%al, %al
	jz	1f
	outb	%al, $0xe9
	incl	%esi
	jmp	say
1:	ret

	/* The text, and the number of iteration %ebp. */
say_of_iteration:
	call	say
	movl	%ebp, %eax
	addl	first, %eax
	movl	$number_end, %esi
	movl	$10, %ecx
1:	xorl	%edx, %edx
	divl	%ecx
	addb	$'0', %dl
	decl	%esi
	movb	%dl, (%esi)
	testl	%eax, %eax
	jnz	1b
	jmp	say

end_line:
	movb	$'\n', %al
	outb	%al, $0xe9
	ret

	.section .rodata
	.balign	8
gdt:	.quad	0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
idt_pointer:
	.word	8 * (VECTOR_TIMER + 1) - 1
	.long	idt
file_batch:	.asciz	"opt/bohrwerk/batch"
file_delays:	.asciz	"opt/bohrwerk/delays"
ready:		.asciz	"@bw ready\n"
pass:		.asciz	"@bw pass "
done:		.asciz	"@bw done "
fail:		.asciz	"@bw fail "
reason:		.asciz	" a count was lost\n"
key_first:	.asciz	" first="
key_iterations:	.asciz	" iterations="
key_report:	.asciz	" report="
key_delay:	.asciz	" delay="
key_stride:	.asciz	" stride="
key_window:	.asciz	" window="
key_seed:	.asciz	" seed="
key_delays:	.asciz	" delays="
key_align:	.asciz	" align="
key_continue:	.asciz	" continue="

	.data
digits:		.skip	10
number_end:	.byte	0

	.bss
	.balign	16
idt:		.skip	8 * (VECTOR_TIMER + 1)
line:		.skip	256
line_end:	.skip	16
entry:		.skip	64
first:		.skip	4
iterations:	.skip	4
report:		.skip	4
delay:		.skip	4
stride:		.skip	4
window:		.skip	4
seed:		.skip	8
delays:		.skip	4
go_on:		.skip	4
align:		.skip	4
none:		.skip	4
unreported:	.skip	4
ticks:		.skip	4
counted:	.skip	4
list:		.skip	4 * MOST_DELAYS
		.skip	4096
stack_top:
	.section .note.GNU-stack, "", @progbits
