// SPDX-License-Identifier: Apache-2.0
/*
 * A guest with something like a shell on its first serial port: it answers to what a console driver types as a shell would, then takes the
 * line that starts a batch, and tells how often it looked before each byte of it had come. FIFO, from the Makefile, is what it writes into
 * the FIFO control register: 0 for no queue, 0x01, 0x41, 0x81 and 0xc1 for a queue with a trigger level of 1, 4, 8 and 14.
 */
#include "bare/bare.h"
#include "bohrwerk.h"

#define PORT		0x3f8
#define INTERRUPT	(PORT + 1)
#define FIFO_CONTROL	(PORT + 2)
#define MODEM_CONTROL	(PORT + 4)
#define LINE_STATUS	(PORT + 5)
#define RECEIVED	0x01
#define EMPTY		0x20

static void out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void timer_interrupt(void)
{
}

static void put(char c)
{
	while (!(in8(LINE_STATUS) & EMPTY))
		;
	out8(PORT, c);
}

static void print(const char *text)
{
	while (*text)
		put(*text++);
}

static void print_number(uint32_t n)
{
	if (n > 9)
		print_number(n / 10);
	put('0' + n % 10);
}

static uint32_t looks;

static char get(void)
{
	for (looks = 0; !(in8(LINE_STATUS) & RECEIVED); looks++)
		;
	return in8(PORT);
}

/* A line that ends in ";echo '@'kN." is answered with "@kN."; returns false for "bw_go". */
static bool served(void)
{
	static char line[512];
	uint32_t n = 0, at;

	do
		line[n] = get();
	while (line[n++] != '\n');
	if (line[0] == 'b' && line[1] == 'w' && line[2] == '_' && line[3] == 'g')
		return false;
	for (at = n - 1; at && line[at] != '@'; at--)
		;
	put('@');
	for (at += 2; at < n; at++)
		put(line[at]);
	return true;
}

int main(void)
{
	char line[8];
	uint32_t waited[8], iterations;

	out8(FIFO_CONTROL, FIFO);
	out8(MODEM_CONTROL, 0x0b);
	out8(INTERRUPT, 0);
	print("login: ");
	while (served())
		;
	print("@bw ready\n");
	for (int i = 0; i < 8; i++) {
		line[i] = get();
		waited[i] = looks;
	}
	for (int i = 0; i < 8; i++) {
		print("byte ");
		put(line[i]);
		print(" after ");
		print_number(waited[i]);
		print(" looks\n");
	}
	iterations = line[1] - '0';
	for (uint32_t i = 1; i <= iterations; i++)
		bw_spin(10000);
	print("@bw done ");
	print_number(iterations);
	print("\n");
	bw_stop();
}
