package io.bohrwerk.protocol.schedule;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the agent waits for before an iteration's delay. */
public enum Align {
    /** Nothing: the delay starts at once. */
    @JsonProperty("none")
    NONE,
    /** The next timer interrupt. */
    @JsonProperty("tick")
    TICK;

    /** The word in the guest protocol. */
    public String word() {
        return this == TICK ? "tick" : "none";
    }
}
