package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.List;

/**
 * How a guest without an agent is driven over its serial console: what is waited for and typed until a shell stands ready, and the
 * command that this shell then runs in a loop.
 *
 * @param steps of which each waits or sends
 * @param loop the step that is repeated
 */
public record ConsoleScript(List<ScriptStep> steps, ScriptStep loop) {
    /** As many as the line that starts a batch can say, see the emulator's {@code LoopInput}. */
    public static final int MOST_ITERATIONS = 4095;

    private static final int MOST_STEPS = 100;

    /** @throws io.bohrwerk.protocol.InvalidInputException when the steps are not in the order of a script */
    static ConsoleScript of(List<ScriptStep> script) {
        require(
                script.size() >= 2 && script.size() <= MOST_STEPS,
                "script",
                script.size(),
                "must have 2 to " + MOST_STEPS + " steps for the driver console: the last are snapshot and loop");
        script.forEach(step -> present(step, "script"));
        int last = script.size() - 1;
        require(script.get(last).loop() != null, "script", script.get(last), "must end with the step loop");
        require(
                script.get(last - 1).snapshot() != null,
                "script",
                script.get(last - 1),
                "must have the step snapshot right before loop");
        List<ScriptStep> steps = script.subList(0, last - 1);
        for (ScriptStep step : steps) {
            require(
                    step.awaited() != null || step.send() != null,
                    "script",
                    step,
                    "must come once, at the end: all steps before are wait and send");
        }
        return new ConsoleScript(List.copyOf(steps), script.get(last));
    }
}
