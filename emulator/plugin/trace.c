/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include <inttypes.h>
#include <string.h>

#include "count.h"
#include "interrupts.h"
#include "places.h"
#include "spin.h"
#include "stream.h"

#define USER		3
#define FIRST_DEVICE	32	/* vectors below are the processor's own */
#define UNDEFINED	6
#define NOT_AVAILABLE	7
#define MOST_FRAMES	16
#define MOST_AT_ONCE	16	/* interrupts between two blocks */
#define MOST_LINES	1000000
/* A handler of the kernel's own that does not return within so many instructions has switched to another thread. */
#define LONGEST_HANDLER	20000
/* Interrupts may have been enabled just before: blocks behind the instruction that does it. */
#define FRESH_BLOCKS	2
#define SPACE_MASK	(~(uint64_t)0x1fff)	/* without PCID, and one space for both halves of a table split against Meltdown */

/* A trap, interrupt or system call that has not returned. */
struct frame {
	uint64_t pc;		/* where it returns to */
	uint64_t until;		/* when it is given up */
	uint32_t number;
	uint16_t vector;
	uint8_t cpl;
	bool device;
};

struct cpu {
	struct block *block;
	uint64_t begun;		/* before that block */
	uint64_t space;
	uint32_t call;
	uint8_t cpl;
	uint8_t fresh;
	bool blind;
	bool device;		/* in a device's interrupt handler */
	unsigned int depth;
	struct frame frames[MOST_FRAMES];
};

static struct trace_options options;
static struct cpu cpus[MOST_CPUS];
static uint64_t executed;
static bool keeping, ended;
static unsigned int lines;

void trace_init(const struct trace_options *wanted)
{
	options = *wanted;
	for (unsigned int i = 0; i < MOST_CPUS; i++)
		cpus[i].call = NUMBER_UNKNOWN;
}

void trace_call_number(unsigned int cpu, uint32_t number)
{
	if (cpu < MOST_CPUS)
		cpus[cpu].call = number;
}

static void depth_changed(struct cpu *cpu)
{
	cpu->device = false;
	for (unsigned int i = 0; i < cpu->depth; i++)
		cpu->device |= cpu->frames[i].device;
}

static void push(struct cpu *cpu, const struct frame *frame)
{
	if (cpu->cpl == USER)
		cpu->depth = 0; /* what is left there belongs to threads that wait */
	if (cpu->depth == MOST_FRAMES) {
		memmove(cpu->frames, cpu->frames + 1, sizeof(cpu->frames) - sizeof(cpu->frames[0]));
		cpu->depth--;
	}
	cpu->frames[cpu->depth++] = *frame;
	cpu->cpl = 0;
	depth_changed(cpu);
}

/* An address below 2^63 of a 64-bit kernel's is a user's. Of 32-bit kernels it is not known. */
static bool is_user(const struct cpu *cpu, uint64_t pc)
{
	return cpu->cpl != USER && pc <= INT64_MAX && cpu->block && cpu->block->pc > INT64_MAX;
}

static void leave(struct cpu *cpu, const struct block *next, uint16_t flags)
{
	const struct frame *top = cpu->depth ? &cpu->frames[cpu->depth - 1] : NULL;
	bool user = flags & BLOCK_SYSRET || is_user(cpu, next->pc) || (top && top->pc == next->pc && top->cpl == USER);

	if (user) {
		cpu->depth = 0;
		cpu->cpl = USER;
	} else if (top) {
		cpu->depth--;
		cpu->cpl = top->cpl;
	}
	depth_changed(cpu);
}

static void give_up_old(struct cpu *cpu)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < cpu->depth; i++)
		if (cpu->frames[i].until > executed)
			cpu->frames[kept++] = cpu->frames[i];
	if (kept != cpu->depth) {
		cpu->depth = kept;
		depth_changed(cpu);
	}
}

static void interrupted(struct cpu *cpu, const struct interrupt *each)
{
	bool device = !each->software && each->vector >= FIRST_DEVICE;

	cpu->cpl = each->cpl;
	if (each->cr3)
		cpu->space = each->cr3 & SPACE_MASK;
	if (device && lines++ < MOST_LINES)
		stream_line("interrupt %u %" PRIu64 " %" PRIx64 " %u\n", each->vector, executed, each->pc, each->cpl);
	push(cpu, &(struct frame){
		.pc = each->pc,
		.until = each->cpl == USER && !device ? UINT64_MAX : executed + LONGEST_HANDLER,
		.number = each->software ? (uint32_t)each->rax : NUMBER_UNKNOWN,
		.vector = each->vector,
		.cpl = each->cpl,
		.device = device,
	});
}

/*
 * Whether the last instruction that was begun counts for nothing: a fault, which is told of at its address. QEMU has counted those that its
 * translator raises by itself.
 */
static bool faulted(const struct interrupt *first, const struct block *block, unsigned int done)
{
	return !first->software && first->vector < FIRST_DEVICE && first->vector != UNDEFINED &&
	       first->vector != NOT_AVAILABLE && done && first->pc == block_pc(block, done - 1);
}

/* Execution does not go on where it was to be expected. Returns how many of the block's instructions were completed. */
static unsigned int surprised(struct cpu *cpu, struct block *next, unsigned int done)
{
	struct interrupt interrupts[MOST_AT_ONCE];
	struct block *block = cpu->block;
	bool whole = done == block->count;
	unsigned int n = 0;

	if (next->entry != ENTRY_PLAIN || !whole)
		n = interrupts_read(interrupts, MOST_AT_ONCE);
	if (interrupts_known())
		next->entry = n ? ENTRY_HANDLER : next->entry == ENTRY_UNKNOWN ? ENTRY_PLAIN : next->entry;
	if (n && faulted(&interrupts[0], block, done))
		done--;
	else if (!n && done && next->pc == block_pc(block, done - 1) && !(whole && block->flags & BLOCK_REPEATS))
		done--; /* begun again: it met a watchpoint */
	executed += done;
	if (done == block->count && block->flags & (BLOCK_IRET | BLOCK_SYSRET))
		leave(cpu, next, block->flags);
	if (done == block->count && block->flags & BLOCK_SYSCALL)
		push(cpu, &(struct frame){
			.pc = block->next,
			.until = UINT64_MAX,
			.number = cpu->call,
			.vector = VECTOR_SYSCALL,
			.cpl = USER,
		});
	for (unsigned int i = 0; i < n; i++)
		interrupted(cpu, &interrupts[i]);
	executed -= done;
	return done;
}

static struct context context_of(const struct cpu *cpu)
{
	const struct frame *top = cpu->depth ? &cpu->frames[cpu->depth - 1] : NULL;

	return (struct context){
		.space = cpu->space,
		.number = top ? top->number : NUMBER_UNKNOWN,
		.vector = top ? top->vector : VECTOR_NONE,
		.depth = cpu->depth,
		.cpl = cpu->cpl,
		.flags = (cpu->fresh ? CONTEXT_FRESH : 0) | (cpu->blind ? CONTEXT_BLIND : 0),
	};
}

static void end(void)
{
	ended = true;
	if (options.to)
		places_report();
	stream_line("end %" PRIu64 "\n", executed);
	stream_flush();
	stream_close();
}

static void delay_ended(unsigned int delay)
{
	stream_line("delay %u %" PRIu64 "\n", delay, executed);
	stream_flush();
	if (options.to && delay == options.from)
		keeping = true;
	if (options.to && delay == options.to)
		end();
}

/* The block that was under way is done; @next is about to begin. */
static void complete(struct cpu *cpu, unsigned int index, struct block *next)
{
	struct block *block = cpu->block;
	unsigned int done = count_of(index) - cpu->begun;
	struct context context = context_of(cpu);
	bool device = cpu->device;
	uint64_t at = executed;
	unsigned int delay;

	if (done != block->count || block->flags & (BLOCK_INDIRECT | BLOCK_REPEATS) ||
	    (next->pc != block->next && next->pc != block->target))
		done = surprised(cpu, next, done);
	executed += done;
	if (!device) {
		if (keeping)
			places_add(block, done, &context, at);
		if (!cpu->device) {
			delay = spin_ended(block, done, next);
			if (delay)
				delay_ended(delay);
		} else {
			spin_ended(block, done, block);
		}
	}
	if (done == block->count && block->flags & BLOCK_ENABLES)
		cpu->fresh = FRESH_BLOCKS;
	else if (cpu->fresh)
		cpu->fresh--;
	cpu->blind = done == block->count && block->flags & BLOCK_SHADOW;
	if (cpu->device)
		give_up_old(cpu);
}

/* What was pending in the snapshot is taken ahead of its first instruction. */
static void begin(struct cpu *cpu, struct block *first)
{
	struct interrupt interrupts[MOST_AT_ONCE];
	unsigned int n = interrupts_read(interrupts, MOST_AT_ONCE);

	if (n)
		first->entry = ENTRY_HANDLER;
	for (unsigned int i = 0; i < n; i++)
		interrupted(cpu, &interrupts[i]);
}

void trace_enter(unsigned int index, struct block *block)
{
	struct cpu *cpu = &cpus[index];

	if (ended)
		return;
	if (cpu->block)
		complete(cpu, index, block);
	else if (!executed)
		begin(cpu, block);
	cpu->block = block;
	cpu->begun = count_of(index);
	if (executed >= options.until && !ended)
		end();
}

void trace_report(void)
{
	if (ended)
		return;
	for (unsigned int i = 0; i < MOST_CPUS; i++)
		if (cpus[i].block)
			executed += count_of(i) - cpus[i].begun; /* the machine stands between two blocks */
	end();
}
