package io.bohrwerk.api.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.api.strategy.Arm;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrategyRequestTest {
    private static final TargetManifest DRIVEN = TargetManifest.parse("""
            name: driven
            machine: {arch: x86_64, memory: 128MiB}
            boot: {kernel: vmlinuz}
            test: {driver: console, script: [{snapshot: ready}, {loop: "true"}]}
            """);

    @ParameterizedTest
    @ValueSource(strings = {"sweep", "aligned", "traced"})
    void saysWhyAShellCannotServeAStrategy(String kind) {
        assertThatThrownBy(() -> StrategyRequest.named(kind).resolve(DRIVEN, UUID.randomUUID()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("strategy.kind: '" + kind + "' needs an agent")
                .hasMessageContaining(
                        "a shell on the console, which drives this target, can do neither; use fixed, random");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed", "random", "adaptive"})
    void givesAShellOnlyWhatItCanServe(String kind) {
        Strategy strategy = StrategyRequest.named(kind).resolve(DRIVEN, UUID.randomUUID());
        assertThat(strategy.arms(DRIVEN.machine().timerPeriod()))
                .extracting(Arm::kind)
                .containsOnly(kind.equals("fixed") ? Arm.Kind.FIXED : Arm.Kind.RANDOM);
    }

    @Test
    void refusesAdaptiveArmsThatAShellCannotServe() {
        assertThatThrownBy(() -> StrategyRequest.requireFits(
                        StrategyRequest.named("adaptive")
                                .resolve(
                                        TargetManifest.parse(
                                                "{name: a, machine: {arch: x86_64, memory: 128MiB}, boot: {kernel: k}, test: {}}"),
                                        UUID.randomUUID()),
                        DRIVEN))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("strategy.kind: 'aligned' needs an agent");
    }
}
