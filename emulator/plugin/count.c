/* SPDX-License-Identifier: Apache-2.0 */
#include "count.h"

#include <inttypes.h>

#include "stream.h"

static unsigned int cpus;

#if API == 1
/* Of one virtual CPU: with more, these versions of QEMU do not boot while they count instructions. */
static uint64_t begun;

void count_init(unsigned int machine_cpus)
{
	cpus = machine_cpus;
}

void count_insn(struct qemu_plugin_insn *insn)
{
	qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &begun, 1);
}

uint64_t count_of(unsigned int cpu)
{
	(void)cpu;
	return begun;
}
#else
static struct qemu_plugin_u64 begun;
/* Where each CPU's counter lies: that does not change once all of them exist, which is before the first instruction. */
static uint64_t *cells[MOST_CPUS];

void count_init(unsigned int machine_cpus)
{
	cpus = machine_cpus < MOST_CPUS ? machine_cpus : MOST_CPUS;
	begun.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
}

void count_insn(struct qemu_plugin_insn *insn)
{
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, QEMU_PLUGIN_INLINE_ADD_U64, begun, 1);
}

uint64_t count_of(unsigned int cpu)
{
	if (cpu >= cpus)
		return 0;
	if (!cells[cpu])
		cells[cpu] = qemu_plugin_scoreboard_find(begun.score, cpu);
	return *cells[cpu];
}
#endif

uint64_t count_total(void)
{
	uint64_t total = 0;

	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		total += count_of(cpu);
	return total;
}

void count_report(void)
{
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		stream_line("count %u %" PRIu64 "\n", cpu, count_of(cpu));
}
