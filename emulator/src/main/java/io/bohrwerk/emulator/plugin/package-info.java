/**
 * The plugin that runs inside the emulator and knows each instruction: which build fits an emulator, its options, and the lines it writes. See
 * {@code emulator/plugin/README.md}.
 */
@NullMarked
package io.bohrwerk.emulator.plugin;

import org.jspecify.annotations.NullMarked;
