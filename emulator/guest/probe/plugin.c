// SPDX-License-Identifier: Apache-2.0
/* A TCG plugin for an API that is too new for every QEMU: refusing it, QEMU tells the newest that it knows. See QemuProbe.java. */

__attribute__((visibility("default"))) int qemu_plugin_version = 0x7fffffff;

__attribute__((visibility("default"))) int qemu_plugin_install(void)
{
	return -1;
}
