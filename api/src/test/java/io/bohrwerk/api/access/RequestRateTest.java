package io.bohrwerk.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiProperties;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class RequestRateTest {
    private static ApiProperties.Access settings(int perSecond, int burst) {
        return new ApiProperties.Access(false, null, null, "scope", perSecond, burst, 1, 1);
    }

    /** A burst that takes a thousand seconds to fill, so that no machine is too slow for it. */
    @Test
    void eachCallerHasABucketOfItsOwn() throws Exception {
        RequestRate rate = new RequestRate(settings(1, 1_000));
        for (int i = 0; i < 1_000; i++) {
            rate.grants("one", new MockHttpServletResponse());
        }
        int refused = 0;
        MockHttpServletResponse last = new MockHttpServletResponse();
        for (int i = 0; i < 1_000; i++) {
            MockHttpServletResponse response = new MockHttpServletResponse();
            if (!rate.grants("one", response)) {
                refused++;
                last = response;
            }
        }
        assertThat(refused).isPositive();
        assertThat(last.getStatus()).isEqualTo(429);
        assertThat(last.getHeader("Retry-After")).matches("[1-9][0-9]*");
        assertThat(last.getContentAsString()).contains("more than 1 requests per second");
        assertThat(rate.grants("another", new MockHttpServletResponse())).isTrue();
    }

    @Test
    void zeroIsNoLimit() throws Exception {
        RequestRate rate = new RequestRate(settings(0, 1));
        for (int i = 0; i < 1_000; i++) {
            assertThat(rate.grants("one", new MockHttpServletResponse())).isTrue();
        }
    }
}
