package io.bohrwerk.emulator.qmp;

import tools.jackson.databind.JsonNode;

/**
 * Something that happened in the emulator.
 *
 * @param name for example {@code STOP} or {@code GUEST_PANICKED}
 * @param data its fields; an empty object when there are none
 */
public record QmpEvent(String name, JsonNode data) {}
