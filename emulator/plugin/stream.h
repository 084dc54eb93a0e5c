/* SPDX-License-Identifier: Apache-2.0 */
/* Results, as lines of text to one file or FIFO. README.md lists the lines. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>

/* Opens it; false, with a message, if that fails. A FIFO must have a reader. */
bool stream_open(const char *path);

/* Appends a line. Written when the buffer is full and by stream_flush; nobody reading ends the output, not the emulator. */
void stream_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

void stream_flush(void);
void stream_close(void);

#endif
