package io.bohrwerk.api.question;

import io.bohrwerk.api.job.Job;
import io.bohrwerk.protocol.schedule.Release;
import io.bohrwerk.protocol.schedule.Setting;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A bug of the guest or one of the emulator? The same schedules on two releases of QEMU. Each boots the target a little otherwise, so a schedule
 * that fails on one need not fail on the other in the same iteration; whether the test fails on both at all is what tells.
 *
 * @param first release; null for whichever the worker had
 * @param second release
 * @param schedules what they did, one by one
 * @param meaning one line for people
 */
public record EmulatorComparison(
        @Nullable Release first, @Nullable Release second, Schedules schedules, Verdict verdict, String meaning) {
    enum Verdict {
        BOTH_FAIL,
        ONLY_FIRST_FAILS,
        ONLY_SECOND_FAILS,
        /** One alone has failed, which may be chance; or it is not over. */
        UNDECIDED,
        NEITHER_FAILS
    }

    /**
     * Batches with the same schedule that both sides have completed.
     *
     * @param failedOnBoth how many of them failed on both sides
     */
    public record Schedules(long ran, long failedOnBoth, long failedOnFirst, long failedOnSecond) {
        public static Schedules of(JdbcClient database, UUID first, UUID second) {
            return database.sql("""
                    select count(*) as ran,
                           count(*) filter (where one.failure is not null and other.failure is not null) as on_both,
                           count(*) filter (where one.failure is not null and other.failure is null) as on_first,
                           count(*) filter (where one.failure is null and other.failure is not null) as on_second
                    from (select number, failures.id as failure from batches left join failures on batch_id = batches.id
                          where batches.job_id = ? and state = 'COMPLETED') as one
                    join (select number, failures.id as failure from batches left join failures on batch_id = batches.id
                          where batches.job_id = ? and state = 'COMPLETED') as other using (number)""")
                    .param(first)
                    .param(second)
                    .query((row, number) -> new Schedules(
                            row.getLong("ran"),
                            row.getLong("on_both"),
                            row.getLong("on_first"),
                            row.getLong("on_second")))
                    .single();
        }
    }

    /** Whether the emulator is all that the sides differ in. */
    public static boolean compares(Job first, Job second) {
        return first.target().equals(second.target())
                && first.course().strategy().equals(second.course().strategy())
                && !Objects.equals(Setting.emulator(first.setting()), Setting.emulator(second.setting()))
                && Objects.equals(Setting.on(null, first.setting()), Setting.on(null, second.setting()));
    }

    public static EmulatorComparison of(Job first, Job second, Schedules schedules, ComparisonView.Verdict rates) {
        Release one = Setting.emulator(first.setting());
        Release other = Setting.emulator(second.setting());
        Verdict verdict = verdict(first.failures() > 0, second.failures() > 0, rates);
        String meaning = switch (verdict) {
            case BOTH_FAIL -> "it fails on both, so look into the guest first: both emulators would need the same bug";
            case ONLY_FIRST_FAILS -> only(one, other);
            case ONLY_SECOND_FAILS -> only(other, one);
            case NEITHER_FAILS -> "it has failed on neither";
            case UNDECIDED ->
                first.failures() + second.failures() == 0
                        ? "it has failed on neither yet"
                        : "it has failed on " + name(first.failures() > 0 ? one : other)
                                + " only, which may still be chance";
        };
        return new EmulatorComparison(one, other, schedules, verdict, meaning);
    }

    private static Verdict verdict(boolean first, boolean second, ComparisonView.Verdict rates) {
        if (first && second) {
            return Verdict.BOTH_FAIL;
        }
        return switch (rates) {
            case UNDECIDED -> Verdict.UNDECIDED;
            case DIFFERENT -> first ? Verdict.ONLY_FIRST_FAILS : Verdict.ONLY_SECOND_FAILS;
            case NO_DIFFERENCE_SEEN -> first || second ? Verdict.UNDECIDED : Verdict.NEITHER_FAILS;
        };
    }

    private static String only(@Nullable Release fails, @Nullable Release passes) {
        return "it fails on " + name(fails) + " and not on " + name(passes)
                + ": a bug of that emulator, or timing that only it produces";
    }

    private static String name(@Nullable Release release) {
        return release == null ? "the workers' first emulator" : "QEMU " + release;
    }
}
