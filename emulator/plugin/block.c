/* SPDX-License-Identifier: Apache-2.0 */
#include "block.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS		(1u << 17)
#define MOST_BLOCKS	(1u << 20)
#define LONGEST_INSN	15
#define SPIN_INSNS	16
#define SPIN_NOPS	14
#define NOP		0x90

struct slot {
	struct block *block;
	struct slot *next;
};

static struct slot *slots[SLOTS];
static unsigned int known;

static size_t insn_bytes(struct qemu_plugin_insn *insn, uint8_t bytes[LONGEST_INSN + 1])
{
	size_t size = qemu_plugin_insn_size(insn);

	if (size > LONGEST_INSN)
		size = LONGEST_INSN;
#if API == 1
	memcpy(bytes, qemu_plugin_insn_data(insn), size);
#else
	size = qemu_plugin_insn_data(insn, bytes, size);
#endif
	memset(bytes + size, 0, LONGEST_INSN + 1 - size);
	return size;
}

static int64_t displacement(const uint8_t *at, size_t size)
{
	int16_t word;
	int32_t dword;

	if (size == 1)
		return (int8_t)*at;
	if (size == 2) {
		memcpy(&word, at, 2);
		return word;
	}
	memcpy(&dword, at, 4);
	return dword;
}

static bool is_string(uint8_t op)
{
	return (op >= 0xa4 && op <= 0xa7) || (op >= 0xaa && op <= 0xaf) || (op >= 0x6c && op <= 0x6f);
}

/* The second byte of a two-byte opcode. */
static void end_of_0f(struct block *block, const uint8_t *op, size_t left)
{
	if (op[1] == 0x05 || op[1] == 0x34)
		block->flags |= BLOCK_SYSCALL | BLOCK_INDIRECT;
	else if (op[1] == 0x07 || op[1] == 0x35)
		block->flags |= BLOCK_SYSRET | BLOCK_INDIRECT;
	else if (op[1] >= 0x80 && op[1] <= 0x8f)
		block->target = block->next + displacement(op + 2, left - 2);
	else if (op[1] == 0xb2)
		block->flags |= BLOCK_SHADOW;
}

/*
 * Reads the last instruction of a block. An unknown one counts as one that goes on behind itself: where it does not, the block that follows is
 * looked at more closely, which costs time only. In 32-bit code addresses wrap at 4 GiB.
 */
static void end_of(struct block *block, const uint8_t *bytes, size_t size, bool wraps)
{
	const uint8_t *op = bytes, *end = bytes + size;
	bool repeated = false;

	while (op < end && (*op == 0x66 || *op == 0x67 || *op == 0xf0 || *op == 0xf2 || *op == 0xf3 || *op == 0x2e ||
			    *op == 0x36 || *op == 0x3e || *op == 0x26 || *op == 0x64 || *op == 0x65)) {
		repeated |= *op == 0xf2 || *op == 0xf3;
		op++;
	}
	if (op == end)
		return;
	if ((*op & 0xf0) == 0x40 && op + 1 < end)
		op++; /* REX; in 32-bit code an instruction of this one byte */
	block->target = block->next;
	if (*op == 0x0f)
		end_of_0f(block, op, end - op);
	else if ((*op >= 0x70 && *op <= 0x7f) || (*op >= 0xe0 && *op <= 0xe3) || *op == 0xeb)
		block->target = block->next + displacement(op + 1, 1);
	else if (*op == 0xe8 || *op == 0xe9)
		block->target = block->next + displacement(op + 1, end - op - 1 >= 4 ? 4 : 2);
	else if (*op == 0xcf)
		block->flags |= BLOCK_IRET | BLOCK_INDIRECT | BLOCK_ENABLES;
	else if (*op == 0xfb)
		block->flags |= BLOCK_ENABLES | BLOCK_SHADOW;
	else if (*op == 0x9d)
		block->flags |= BLOCK_ENABLES;
	else if (*op == 0x17 || (*op == 0x8e && (op[1] >> 3 & 7) == 2))
		block->flags |= BLOCK_SHADOW;
	else if (*op == 0xc2 || *op == 0xc3 || *op == 0xca || *op == 0xcb || *op == 0xea || *op == 0x9a ||
		 (*op == 0xff && (op[1] >> 3 & 7) >= 2 && (op[1] >> 3 & 7) <= 5))
		block->flags |= BLOCK_INDIRECT;
	if (wraps)
		block->target = (uint32_t)block->target;
	if ((repeated && is_string(*op)) || block->target == block->next - size)
		block->flags |= BLOCK_REPEATS;
}

static struct block *find(uint64_t pc, unsigned int count, uint64_t hash, struct slot **slot)
{
	for (; *slot; slot = &(*slot)->next) {
		struct block *block = (*slot)->block;

		if (block->pc == pc && block->count == count && block->hash == hash)
			return block;
	}
	return NULL;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 29;
}

struct block *block_of(const struct qemu_plugin_tb *tb)
{
	uint8_t sizes[LONGEST_BLOCK], bytes[LONGEST_INSN + 1] = {0};
	size_t count = qemu_plugin_tb_n_insns(tb), size = 0;
	unsigned int nops = 0;
	struct slot **slot, *fresh;
	struct block *block;
	uint64_t pc, hash = 0;

	if (!count || count > LONGEST_BLOCK)
		return NULL;
	pc = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	for (size_t i = 0; i < count; i++) {
		uint64_t words[2];

		size = insn_bytes(qemu_plugin_tb_get_insn(tb, i), bytes);
		sizes[i] = size;
		nops += size == 1 && bytes[0] == NOP;
		memcpy(words, bytes, sizeof(words));
		hash = mix(mix(hash, words[0]), words[1] + size);
	}
	slot = &slots[mix(hash, pc + count) % SLOTS];
	block = find(pc, count, hash, slot);
	if (block || known == MOST_BLOCKS)
		return block;
	block = calloc(1, sizeof(*block) + count);
	fresh = malloc(sizeof(*fresh));
	if (!block || !fresh) {
		free(block);
		free(fresh);
		return NULL;
	}
	block->pc = pc;
	block->count = count;
	block->hash = hash;
	block->symbol = qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(tb, 0));
	block->next = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, count - 1)) + size;
	memcpy(block->sizes, sizes, count);
	end_of(block, bytes, size, block->next <= UINT32_MAX);
	if (count == SPIN_INSNS && nops == SPIN_NOPS && block->target == pc)
		block->flags |= BLOCK_SPIN;
	*fresh = (struct slot){block, *slot};
	*slot = fresh;
	known++;
	return block;
}

int block_index(const struct block *block, uint64_t pc)
{
	uint64_t at = block->pc;

	for (unsigned int i = 0; i < block->count; i++) {
		if (at == pc)
			return i;
		at += block->sizes[i];
	}
	return -1;
}

uint64_t block_pc(const struct block *block, unsigned int index)
{
	uint64_t at = block->pc;

	for (unsigned int i = 0; i < index; i++)
		at += block->sizes[i];
	return at;
}
