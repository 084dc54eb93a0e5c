// SPDX-License-Identifier: Apache-2.0
#include "bare.h"

#include "bohrwerk.h"

#define CODE_SELECTOR	0x08
#define EXCEPTIONS	32
#define VECTOR_TIMER	0x20
#define VECTORS		(VECTOR_WAKE + 1)

#define PIC1		0x20
#define PIC2		0xa0
#define PIT		0x40
#define PIT_HZ		1193182

/* The local APIC's registers, where it is from its reset on. QEMU's counts in ns. */
#define APIC		0xfee00000
#define APIC_SPURIOUS	0xf0
#define APIC_ENABLED	0x100
#define APIC_TIMER	0x320
#define APIC_COUNT	0x380
#define APIC_DIVIDER	0x3e0

static struct {
	uint16_t low, selector, type, high;
} idt[VECTORS];

volatile uint32_t bare_ticks;

void irq_timer(void);
void irq_extra(void);
void irq_spurious(void);
void trap_unexpected(void);
void bare_unexpected(const uint32_t *frame) __attribute__((noreturn));

static void out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

void bare_gate(unsigned int vector, void (*entry)(void), enum gate type)
{
	uint32_t at = (uint32_t)entry;

	idt[vector].low = at;
	idt[vector].selector = CODE_SELECTOR;
	idt[vector].type = type << 8;
	idt[vector].high = at >> 16;
}

/* The frame may start with an error code, so three words are shown: one of the first two is the place. */
void bare_unexpected(const uint32_t *frame)
{
	bw_print("panic: unexpected exception, frame");
	for (int i = 0; i < 3; i++) {
		bw_print(" ");
		bw_print_hex(frame[i]);
	}
	bw_print("\n");
	bw_stop();
}

void bare_load_gates(void)
{
	const struct {
		uint16_t bytes;
		void *at;
	} __attribute__((packed)) pointer = { sizeof(idt) - 1, idt };

	asm volatile("lidt %0" : : "m"(pointer));
}

void bare_init(void)
{
	for (unsigned int vector = 0; vector < EXCEPTIONS; vector++)
		bare_gate(vector, trap_unexpected, INTERRUPT_GATE);
	bare_gate(VECTOR_TIMER, irq_timer, INTERRUPT_GATE);
	bare_gate(VECTOR_EXTRA, irq_extra, INTERRUPT_GATE);
	bare_gate(VECTOR_SPURIOUS, irq_spurious, INTERRUPT_GATE);
	bare_load_gates();

	/* both controllers: initialise, vectors, cascade on line 2, 8086 mode; then mask all but the timer */
	out8(PIC1, 0x11);
	out8(PIC2, 0x11);
	out8(PIC1 + 1, VECTOR_TIMER);
	out8(PIC2 + 1, VECTOR_TIMER + 8);
	out8(PIC1 + 1, 1 << 2);
	out8(PIC2 + 1, 2);
	out8(PIC1 + 1, 1);
	out8(PIC2 + 1, 1);
	out8(PIC1 + 1, 0xfe);
	out8(PIC2 + 1, 0xff);

	bare_timer(BARE_HZ);
}

void bare_timer(uint32_t hz)
{
	uint16_t count = PIT_HZ / hz;

	out8(PIT + 3, 0x34);	/* counter 0, low then high byte, mode 2: periodic */
	out8(PIT, count & 0xff);
	out8(PIT, count >> 8);
}

static void apic(uint32_t at, uint32_t value)
{
	*(volatile uint32_t *)(APIC + at) = value;
}

void bare_interrupt_in(uint64_t ns)
{
	/* divide by 1, 2, 4 and so on to 128; what is beyond 550 s comes earlier */
	static const uint8_t dividers[] = { 11, 0, 1, 2, 3, 8, 9, 10 };
	unsigned int halved = 0;

	if (ns == BW_NEVER) {
		apic(APIC_COUNT, 0);
		return;
	}
	while (ns >> 32 && halved < sizeof(dividers) - 1) {
		ns >>= 1;
		halved++;
	}
	/* the 8259s' line stays as it is: straight through */
	apic(APIC_SPURIOUS, APIC_ENABLED | VECTOR_SPURIOUS);
	apic(APIC_DIVIDER, dividers[halved]);
	apic(APIC_TIMER, VECTOR_EXTRA);
	apic(APIC_COUNT, ns >> 32 ? UINT32_MAX : ns ? ns : 1);
}

void bare_interrupts_on(void)
{
	asm volatile("sti" : : : "memory");
}

void bare_await_tick(void)
{
	uint32_t before = bare_ticks;

	/* sti takes effect after the next instruction: no tick can come between the look and the halt */
	for (;;) {
		asm volatile("cli" : : : "memory");
		if (bare_ticks != before)
			break;
		asm volatile("sti; hlt" : : : "memory");
	}
	asm volatile("sti" : : : "memory");
}
