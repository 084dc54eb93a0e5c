package io.bohrwerk.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.blob.StoreFullException;
import org.junit.jupiter.api.Test;
import org.springframework.http.ProblemDetail;

class ProblemsTest {
    private final Problems problems = new Problems();

    @Test
    void aFullStoreIsTold() {
        ProblemDetail problem = problems.full(new StoreFullException("12 MB left"));
        assertThat(problem.getStatus()).isEqualTo(507);
        assertThat(problem.getDetail()).contains("full", "12 MB left", "nothing was kept");
    }

    @Test
    void bytesThatChangedOnTheWayAreTold() {
        assertThat(problems.mismatch(new DigestMismatchException("other bytes")).getStatus())
                .isEqualTo(422);
    }

    @Test
    void whatIsOursSaysNothingOfTheInside() {
        assertThat(problems.unexpected(new IllegalStateException("secret")).getDetail())
                .doesNotContain("secret");
    }
}
