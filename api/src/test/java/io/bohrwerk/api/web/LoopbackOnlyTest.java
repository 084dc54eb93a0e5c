package io.bohrwerk.api.web;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class LoopbackOnlyTest {
    @Test
    void othersDoNotReachAnApiWithoutAuthentication() throws Exception {
        assertThatCode(() -> LoopbackOnly.require(InetAddress.getByName("127.0.0.1")))
                .doesNotThrowAnyException();
        assertThatCode(() -> LoopbackOnly.require(InetAddress.getByName("::1"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> LoopbackOnly.require(InetAddress.getByName("0.0.0.0")))
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("authentication");
        assertThatThrownBy(() -> LoopbackOnly.require(InetAddress.getByName("192.0.2.1")))
                .hasMessageContaining("192.0.2.1");
        assertThatThrownBy(() -> LoopbackOnly.require(null)).hasMessageContaining("not set");
    }
}
