package io.bohrwerk.api.crash;

import io.bohrwerk.api.web.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The crashes that a job met, the one that it met last for the first time first. */
@Component
public class CrashesOfJob {
    private final JdbcClient database;
    private final Crashes crashes;
    private final CrashViews views;

    CrashesOfJob(JdbcClient database, Crashes crashes, CrashViews views) {
        this.database = database;
        this.crashes = crashes;
        this.views = views;
    }

    /** @param failures of the crash in the job */
    public record Met(CrashView crash, long failures) {}

    private record Row(UUID crash, long failures, long position) {}

    /** @param limit and {@code cursor} as the client gave them */
    public Page<Met> page(UUID job, @Nullable Integer limit, @Nullable String cursor) {
        Page<Row> page = Page.of(
                limit,
                cursor,
                (below, most) -> database.sql("""
                        select crash_id, failures, position from crash_jobs
                        where job_id = ? and position < ? order by position desc limit ?""")
                        .param(job)
                        .param(below)
                        .param(most.max())
                        .query((row, number) -> new Row(
                                row.getObject("crash_id", UUID.class),
                                row.getLong("failures"),
                                row.getLong("position")))
                        .list(),
                Row::position);
        List<UUID> ids = page.items().stream().map(Row::crash).toList();
        Map<UUID, CrashView> found = views.of(crashes.findAllById(ids)).stream()
                .collect(Collectors.toMap(CrashView::id, Function.identity()));
        List<Met> met = new ArrayList<>();
        for (Row row : page.items()) {
            CrashView view = found.get(row.crash());
            if (view != null) {
                met.add(new Met(view, row.failures()));
            }
        }
        return new Page<>(met, page.next());
    }
}
