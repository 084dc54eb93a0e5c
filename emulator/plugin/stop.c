/* SPDX-License-Identifier: Apache-2.0 */
#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "count.h"
#include "stream.h"

static struct stop_options options;
static int control = -1;

static bool found;
static uint64_t found_at, found_pc;
static unsigned int found_cpu;

/* Of the block that is being executed. */
static uint64_t started;
static bool told;

bool stop_init(const struct stop_options *wanted)
{
	options = *wanted;
	if (!options.control)
		return true;
	if (!mkfifo(options.control, 0600) || errno == EEXIST)
		control = open(options.control, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (control < 0)
		fprintf(stderr, "bohrwerk plugin: cannot make %s: %s\n", options.control, strerror(errno));
	return control >= 0;
}

bool stop_wanted(void)
{
	return options.at != STOP_NEVER || options.executes || options.writes;
}

/*
 * Waits for "go", or for "go N" to wait again at N. The instruction that was about to begin is executed before QEMU notices a request to stop:
 * with blocks of one instruction only that one. The host sends QMP's "stop" first, then the command.
 */
static void wait_for_command(void)
{
	struct pollfd ready = {.fd = control, .events = POLLIN};
	char command[64];
	ssize_t n = 0;

	stream_flush();
	if (control < 0)
		return;
	if (poll(&ready, 1, (int)options.limit * 1000) > 0)
		n = read(control, command, sizeof(command) - 1);
	if (n <= 0) {
		stream_line("unattended\n");
		stream_flush();
		options.at = STOP_NEVER;
		return;
	}
	command[n] = 0;
	options.at = strncmp(command, "go ", 3) ? STOP_NEVER : strtoull(command + 3, NULL, 10);
	told = true;
}

static void report(void)
{
	options.executes = options.writes = false;
	if (found)
		stream_line("hit %" PRIu64 " %u %" PRIx64 "\n", found_at, found_cpu, found_pc);
	else
		stream_line("none\n");
	wait_for_command();
}

static void hit(unsigned int cpu, uint64_t at, uint64_t pc)
{
	if (!(options.executes || options.writes) || at < options.after || at >= options.before)
		return;
	found = true;
	found_at = at;
	found_cpu = cpu;
	found_pc = pc;
	if (options.before == STOP_NEVER)
		report();
}

/* Its index in the block, with the address in front: what a callback needs in one word. */
struct spot {
	uint64_t pc;
	unsigned int index;
};

static void executed(unsigned int cpu, void *data)
{
	const struct spot *spot = data;

	hit(cpu, started + spot->index, spot->pc);
}

static void written(unsigned int cpu, uint32_t info, uint64_t address, void *data)
{
	const struct spot *spot = data;
	uint64_t size = 1ull << qemu_plugin_mem_size_shift(info);

	if (address < options.address + options.size && options.address < address + size)
		hit(cpu, started + spot->index, spot->pc);
}

void stop_translated(struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);

	for (size_t i = 0; i < count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t pc = qemu_plugin_insn_vaddr(insn);
		struct spot *spot;

		if (!options.writes && !(options.executes && pc == options.address))
			continue;
		spot = malloc(sizeof(*spot));
		if (!spot)
			abort(); /* rather than miss one */
		*spot = (struct spot){pc, i};
		if (options.writes)
			qemu_plugin_register_vcpu_mem_cb(insn, written, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W, spot);
		else
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS, spot);
	}
}

void stop_enter(unsigned int cpu, const struct block *block)
{
	started = count_total();
	if (told) {
		told = false;
		stream_line("ran %" PRIu64 "\n", started);
		stream_flush();
	}
	if ((options.executes || options.writes) && options.before != STOP_NEVER && started >= options.before)
		report();
	if (options.at != STOP_NEVER && started + block->count >= options.at) {
		stream_line("at %" PRIu64 " %u %" PRIx64 "\n", started + block->count, cpu, block->pc);
		wait_for_command();
	}
}
