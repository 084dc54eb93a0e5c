package io.bohrwerk.api.access;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ListeningTest {
    @Test
    void othersDoNotReachAnApiWithoutAuthentication() throws Exception {
        assertThatCode(() -> Listening.require(InetAddress.getByName("127.0.0.1"), false))
                .doesNotThrowAnyException();
        assertThatCode(() -> Listening.require(InetAddress.getByName("::1"), false))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Listening.require(InetAddress.getByName("0.0.0.0"), false))
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("admin-token-file");
        assertThatThrownBy(() -> Listening.require(InetAddress.getByName("192.0.2.1"), false))
                .hasMessageContaining("192.0.2.1");
        assertThatThrownBy(() -> Listening.require(null, false)).hasMessageContaining("not set");
    }

    @Test
    void withAuthenticationAnyAddressWillDo() throws Exception {
        assertThatCode(() -> Listening.require(InetAddress.getByName("0.0.0.0"), true))
                .doesNotThrowAnyException();
        assertThatCode(() -> Listening.require(null, true)).doesNotThrowAnyException();
    }
}
