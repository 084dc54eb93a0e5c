/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of QEMU's plugin API that is used here. Distributions do not package qemu-plugin.h for every version, so the declarations are our own.
 *
 * API is the lowest version that a build is for, and what it declares to QEMU:
 *
 *	1	QEMU 7.2 to 8.2	accepts 0 to 1
 *	3	QEMU 9.1 on	9.1 accepts 2 to 3, 10.0 accepts 2 to 4. Version 2 replaced inline operations on a pointer by operations on
 *				a scoreboard, version 3 has the caller provide the buffer for an instruction's bytes
 *	7	QEMU 11.1	accepts 7 only: callbacks take user data in place of the plugin's id
 */
#ifndef QEMU_H
#define QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if API != 1 && API != 3 && API != 7
#error API must be 1, 3 or 7
#endif

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

struct qemu_info {
	const char *target_name;
	struct {
		int min;
		int cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus;
		int max_vcpus;
	} system;
};

enum { QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_CB_R_REGS };
enum { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W };
enum { QEMU_PLUGIN_INLINE_ADD_U64 };

typedef void (*vcpu_udata_cb)(unsigned int cpu, void *data);
typedef void (*vcpu_mem_cb)(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);

#if API < 7
typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*exit_cb)(qemu_plugin_id_t id, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
#else
typedef void (*tb_trans_cb)(struct qemu_plugin_tb *tb, void *data);
typedef void (*exit_cb)(void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb, void *data);
#endif
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, exit_cb cb, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *insn);

void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, vcpu_udata_cb cb, int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb cb, int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, vcpu_mem_cb cb, int flags, int rw, void *data);
unsigned int qemu_plugin_mem_size_shift(uint32_t info);

#if API == 1
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *to, uint64_t value);
#else
struct qemu_plugin_scoreboard;

struct qemu_plugin_u64 {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
};

struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element);
void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score, unsigned int cpu);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t size);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *insn, int op,
							 struct qemu_plugin_u64 to, uint64_t value);
#endif

#endif
