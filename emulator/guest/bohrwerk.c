// SPDX-License-Identifier: Apache-2.0
/* The protocol's lines and files: debug console at port 0xe9, fw_cfg at 0x510/0x511, pvpanic at 0x505. */
#include "bohrwerk.h"

#define PORT_CONSOLE		0xe9
#define PORT_PVPANIC		0x505
#define PORT_FW_CFG_SELECT	0x510
#define PORT_FW_CFG_DATA	0x511

#define FW_CFG_CPUS		0x05	/* selector of their number, 16 bits, little-endian */
#define FW_CFG_FILE_DIR		0x19	/* selector of the directory */
#define FW_CFG_NAME_BYTES	56
#define PVPANIC_PANICKED	1	/* the event that makes QEMU pause the machine */

/* From the write to a local APIC in bare.c to the first instruction of a test without a delay: counted in a log, of gcc 12. */
#define ARMED_TO_TEST		19

static void out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void out16(uint16_t port, uint16_t value)
{
	asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void say(const char *text)
{
	while (*text)
		out8(PORT_CONSOLE, *text++);
}

static void say_number(uint32_t n)
{
	char digits[11], *at = digits + sizeof(digits) - 1;

	*at = 0;
	do {
		*--at = '0' + n % 10;
	} while (n /= 10);
	say(at);
}

void bw_say(const char *word, uint32_t i, const char *rest)
{
	say("@bw ");
	say(word);
	say(" ");
	say_number(i);
	if (rest)
		say(" ");
	/* a reason is one line, whatever the test put into it */
	for (; rest && *rest; rest++)
		out8(PORT_CONSOLE, (unsigned char)*rest < ' ' ? ' ' : *rest);
	say("\n");
}

static bool starts_protocol_line(const char *text, size_t length)
{
	return length >= 4 && text[0] == '@' && text[1] == 'b' && text[2] == 'w' && text[3] == ' ';
}

void bw_console(const char *text, size_t length)
{
	bool line_start = true;

	for (size_t i = 0; i < length; i++) {
		if (line_start && starts_protocol_line(text + i, length - i))
			out8(PORT_CONSOLE, ' ');
		out8(PORT_CONSOLE, text[i]);
		line_start = text[i] == '\n';
	}
	if (!line_start)
		out8(PORT_CONSOLE, '\n');
}

void bw_print(const char *text)
{
	say(text);
}

void bw_print_hex(uint32_t value)
{
	say("0x");
	for (int shift = 28; shift >= 0; shift -= 4)
		out8(PORT_CONSOLE, "0123456789abcdef"[value >> shift & 15]);
}

void bw_stop(void)
{
	out8(PORT_PVPANIC, PVPANIC_PANICKED);
	for (;;)	/* only without such a device: the host ends the batch by its last line */
		asm volatile("pause");
}

void bw_error(const char *why)
{
	say("@bw error ");
	say(why);
	say("\n");
	bw_stop();
}

static uint32_t in_big_endian(int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | in8(PORT_FW_CFG_DATA);
	return value;
}

/* Selects a file for reading from its start. */
static bool select_file(const char *name, uint32_t *size)
{
	uint32_t files;

	out16(PORT_FW_CFG_SELECT, FW_CFG_FILE_DIR);
	for (files = in_big_endian(4); files; files--) {
		uint32_t bytes = in_big_endian(4);
		uint16_t selector = in_big_endian(2);
		bool same = true, ended = false;

		in_big_endian(2);	/* reserved */
		for (int i = 0; i < FW_CFG_NAME_BYTES; i++) {
			char c = in8(PORT_FW_CFG_DATA);

			if (ended)
				continue;
			same = same && c == name[i];
			ended = !c || !name[i];
		}
		if (same) {
			out16(PORT_FW_CFG_SELECT, selector);
			*size = bytes;
			return true;
		}
	}
	return false;
}

long bw_fw_cfg(const char *name, void *to, size_t max)
{
	uint8_t *bytes = to;
	uint32_t size, n;

	if (!select_file(name, &size))
		return -1;
	for (n = 0; n < size && n < max; n++)
		bytes[n] = in8(PORT_FW_CFG_DATA);
	return n;
}

unsigned int bw_machine_cpus(void)
{
	unsigned int low;

	out16(PORT_FW_CFG_SELECT, FW_CFG_CPUS);
	low = in8(PORT_FW_CFG_DATA);
	return low | (unsigned int)in8(PORT_FW_CFG_DATA) << 8;
}

void bw_say_cpus(unsigned int n)
{
	bw_say("cpus", n, NULL);
}

static bool wants_run(const char *line, long length)
{
	return length >= 4 && line[0] == 'r' && line[1] == 'u' && line[2] == 'n' && line[3] == ' ';
}

void bw_await_batch(struct bw_batch *batch)
{
	static const char name[] = "opt/bohrwerk/batch";
	static char line[BW_BATCH_BYTES];
	static uint32_t list[BW_DELAYS_MAX];	/* little-endian in the file, as in memory */
	const char *why;
	long length;

	say("@bw ready\n");
	/*
	 * The host takes its snapshot somewhere in this loop and changes the files under it: they are not part of
	 * a snapshot. So a read may be half old, half new, or of a place in the directory that has moved.
	 * "run" only says that the change is behind us; what counts is what is read after it.
	 */
	do {
		length = bw_fw_cfg(name, line, sizeof(line));
		if (length < 0)
			bw_error("no fw_cfg file opt/bohrwerk/batch");
	} while (!wants_run(line, length));
	length = bw_fw_cfg(name, line, sizeof(line));
	if (length < 0)
		bw_error("no fw_cfg file opt/bohrwerk/batch");

	why = bw_parse_batch(line, length, batch);
	if (!why && batch->delays) {
		batch->list = list;
		/* compared as 32-bit counts of bytes: BW_DELAYS_MAX keeps the product small */
		if (bw_fw_cfg("opt/bohrwerk/delays", list, batch->delays * 4) != (long)(batch->delays * 4))
			why = "delays: fewer in the file opt/bohrwerk/delays";
	}
	if (why)
		bw_error(why);
}

/*
 * mov shr and lea|mov sub jmp test jz: 8 instructions whatever the delay. Between them the delay modulo 16 by a
 * jump into a row of nops, the rest by a loop of 16. An emulator translates such a loop into one block: with one of
 * the usual two instructions QEMU 7.2 takes five times as long, and delays are most of a random batch.
 */
__attribute__((noinline)) void bw_spin(uint32_t instructions)
{
	uintptr_t loops, to, rest = instructions;

	asm volatile("mov	%[rest], %[loops]\n\t"
		     "shr	$4, %[loops]\n\t"
		     "and	$15, %[rest]\n\t"
#ifdef __x86_64__
		     "lea	1f(%%rip), %[to]\n\t"
#else
		     "mov	$1f, %[to]\n\t"
#endif
		     "sub	%[rest], %[to]\n\t"
		     "jmp	*%[to]\n\t"
		     ".skip	15, 0x90\n"
		     "1:	test	%[loops], %[loops]\n\t"
		     "jz	3f\n"
		     "2:	.skip	14, 0x90\n\t"
		     "dec	%[loops]\n\t"
		     "jnz	2b\n"
		     "3:"
		     : [loops] "=&r"(loops), [to] "=&r"(to), [rest] "+&r"(rest) : : "cc");
}

static struct {
	void (*interrupt_in)(uint64_t ns);
	void (*timer)(uint32_t hz);
} offered;

void bw_offer(void (*interrupt_in)(uint64_t ns), void (*timer)(uint32_t hz))
{
	offered.interrupt_in = interrupt_in;
	offered.timer = timer;
}

/* Where the two sides of a test meet: rounds, counted from 1. */
static struct {
	volatile uint32_t here;		/* the companion waits for this one */
	volatile uint32_t released;	/* the last that was released ... */
	volatile uint32_t delay;	/* ... and the companion's delay in it */
} meeting;

void bw_meet(void)
{
	uint32_t round = meeting.released + 1;

	meeting.here = round;
	while (meeting.released != round)
		bw_pause();
	bw_spin(meeting.delay);
}

static void release(uint32_t companion_delay)
{
	uint32_t round = meeting.released + 1;

	meeting.delay = companion_delay;
	while (meeting.here != round)
		bw_pause();
	meeting.released = round;
	bw_pause();
}

/* An agent that knows nothing of such wishes passes over their keys: so one that does says which it serves. */
static void serve_wishes(const struct bw_batch *batch, bool pair)
{
	if (batch->extra && !offered.interrupt_in)
		bw_error("extra: this guest has no interrupt for it");
	if (batch->hz && !offered.timer)
		bw_error("hz: this guest cannot change its timer");
	if (batch->companion && !pair)
		bw_error("companion: this guest's test has no other side");
	if (batch->extra && pair)
		bw_error("extra: with two sides of a test the instructions between would be those of both");
	if (!batch->extra && !batch->hz && !batch->companion)
		return;
	say("@bw serves");
	if (batch->companion)
		say(" companion");
	if (batch->extra)
		say(" extra");
	if (batch->hz) {
		offered.timer(batch->hz);
		say(" hz");
	}
	say("\n");
}

static void arm(const struct bw_batch *batch, uint32_t k, uint32_t delay)
{
	offered.interrupt_in(((uint64_t)delay + ARMED_TO_TEST + bw_extra(batch, k)) << batch->shift);
}

/* Inlined into each of its callers: without a preparation, or another side, nothing of it is left. */
__attribute__((always_inline, noreturn)) static inline void run(const struct bw_batch *batch, void (*prepare)(void),
								void (*gather)(uint32_t i),
								const char *(*test)(uint32_t i), void (*tick)(void))
{
	uint32_t last = batch->first + (batch->iterations - 1), unreported = 0;

	if (batch->align_tick && !tick)
		bw_error("align=tick");
	serve_wishes(batch, gather != NULL);
	for (uint32_t k = 0; k < batch->iterations; k++) {
		uint32_t i = batch->first + k, delay = bw_delay(batch, k);
		const char *reason;

		if (prepare)
			prepare();
		if (batch->align_tick)
			tick();
		if (gather) {
			gather(i);
			release(bw_companion_delay(batch, k));
		} else if (batch->extra) {
			arm(batch, k, delay);
		}
		bw_spin(delay);
		reason = test(i);
		if (!gather && batch->extra)
			offered.interrupt_in(BW_NEVER);
		if (reason) {
			bw_say("fail", i, reason);
			if (!batch->go_on)
				bw_stop();
		}
		if (++unreported == batch->report) {
			unreported = 0;
			if (!reason)
				bw_say("pass", i, NULL);
		}
	}
	bw_say("done", last, NULL);
	bw_stop();
}

void bw_run(const struct bw_batch *batch, const char *(*test)(uint32_t i), void (*tick)(void))
{
	run(batch, NULL, NULL, test, tick);
}

void bw_run_prepared(const struct bw_batch *batch, void (*prepare)(void), const char *(*test)(uint32_t i),
		     void (*tick)(void))
{
	run(batch, prepare, NULL, test, tick);
}

void bw_run_pair(const struct bw_batch *batch, void (*prepare)(void), void (*gather)(uint32_t i),
		 const char *(*test)(uint32_t i), void (*tick)(void))
{
	run(batch, prepare, gather, test, tick);
}
