/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin for stock QEMU that knows each instruction. README.md lists its options and what it writes.
 *
 * One thread runs all virtual CPUs when QEMU counts instructions (-icount), so nothing here is locked.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "count.h"
#include "interrupts.h"
#include "registers.h"
#include "spin.h"
#include "stop.h"
#include "stream.h"
#include "trace.h"

#define FORMAT		1	/* of the stream */

EXPORT int qemu_plugin_version = API;

static struct {
	const char *out;
	const char *log;
	const char *delays;
	bool count;
	bool switches;
	bool trace;
	bool overflown;
} wanted;

static struct trace_options trace = {.until = UINT64_MAX};
static struct stop_options stop = {.at = STOP_NEVER, .before = STOP_NEVER, .size = 1, .limit = 60};
static int last_cpu = -1;

static void enter(unsigned int cpu, void *data)
{
	struct block *block = data;

	if (wanted.switches && (int)cpu != last_cpu) {
		last_cpu = cpu;
		stream_line("switch %" PRIu64 " %u %" PRIx64 "\n", count_total(), cpu, block->pc);
	}
	if (wanted.trace)
		trace_enter(cpu, block);
	if (stop_wanted())
		stop_enter(cpu, block);
}

static void translate(struct qemu_plugin_tb *tb)
{
	size_t count = qemu_plugin_tb_n_insns(tb);
	struct block *block = NULL;

	for (size_t i = 0; i < count; i++)
		count_insn(qemu_plugin_tb_get_insn(tb, i));
	if (!wanted.switches && !wanted.trace && !stop_wanted())
		return;
	block = block_of(tb);
	if (!block) {
		if (!wanted.overflown)
			stream_line("overflow\n");
		wanted.overflown = true;
		wanted.trace = false;
		return;
	}
	if (wanted.trace)
		registers_translated(tb, block);
	if (stop_wanted())
		stop_translated(tb);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, enter, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void finish(void)
{
	if (wanted.count)
		count_report();
	if (wanted.trace)
		trace_report();
	stream_flush();
}

#if API < 7
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	translate(tb);
}

static void exiting(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	finish();
}
#else
static void translated(struct qemu_plugin_tb *tb, void *data)
{
	(void)data;
	translate(tb);
}

static void exiting(void *data)
{
	(void)data;
	finish();
}
#endif

static bool parse_number(const char *text, uint64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 0);
	return !errno && *text >= '0' && *text <= '9' && !*end;
}

static bool parse_option(const char *name, const char *value)
{
	uint64_t number = 0;
	bool is_number = parse_number(value, &number), on = !strcmp(value, "on");

	if (!strcmp(name, "out"))
		wanted.out = value;
	else if (!strcmp(name, "log"))
		wanted.log = value;
	else if (!strcmp(name, "delays"))
		wanted.delays = value;
	else if (!strcmp(name, "control"))
		stop.control = value;
	else if (!strcmp(name, "count") && on)
		wanted.count = true;
	else if (!strcmp(name, "switches") && on)
		wanted.switches = true;
	else if (!strcmp(name, "trace") && on)
		wanted.trace = true;
	else if (!is_number)
		return false;
	else if (!strcmp(name, "from"))
		trace.from = number;
	else if (!strcmp(name, "to"))
		trace.to = number;
	else if (!strcmp(name, "until"))
		trace.until = number;
	else if (!strcmp(name, "stop"))
		stop.at = number;
	else if (!strcmp(name, "executes"))
		stop.executes = true, stop.address = number;
	else if (!strcmp(name, "writes"))
		stop.writes = true, stop.address = number;
	else if (!strcmp(name, "size"))
		stop.size = number;
	else if (!strcmp(name, "after"))
		stop.after = number;
	else if (!strcmp(name, "before"))
		stop.before = number;
	else if (!strcmp(name, "limit"))
		stop.limit = number;
	else
		return false;
	return true;
}

static bool parse_options(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (value)
			*value++ = 0;
		if (!value || !parse_option(argv[i], value)) {
			fprintf(stderr, "bohrwerk plugin: bad option %s=%s\n", argv[i], value ? value : "");
			return false;
		}
	}
	if (!wanted.out)
		fprintf(stderr, "bohrwerk plugin: the option out= is missing\n");
	return wanted.out;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	if (!parse_options(argc, argv) || !info->system_emulation)
		return -1;
	if (info->system.smp_vcpus > (API == 1 ? 1 : MOST_CPUS)) {
		fprintf(stderr, "bohrwerk plugin: %d CPUs are more than it can count here\n", info->system.smp_vcpus);
		return -1;
	}
	if (wanted.log && !interrupts_open(wanted.log))
		return -1;
	if (wanted.delays && !spin_open(wanted.delays))
		return -1;
	if (!stop_init(&stop) || !stream_open(wanted.out))
		return -1;
	count_init(info->system.smp_vcpus);
	trace_init(&trace);
	stream_line("bohrwerk %d api %d\n", FORMAT, info->version.cur);
	stream_flush();
#if API < 7
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
#else
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated, NULL);
#endif
	qemu_plugin_register_atexit_cb(id, exiting, NULL);
	return 0;
}
