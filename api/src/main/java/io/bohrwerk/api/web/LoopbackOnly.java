package io.bohrwerk.api.web;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/** Keeps an API without authentication from being reachable by others: whoever reaches it runs code on the workers. */
@Component
class LoopbackOnly {
    LoopbackOnly(ServerProperties server) {
        require(server.getAddress());
    }

    /** @param address null for all addresses of the host */
    static void require(@Nullable InetAddress address) {
        if (address == null || !address.isLoopbackAddress()) {
            throw new IllegalStateException("server.address is "
                    + (address == null ? "not set, which means every address of this host" : address.getHostAddress())
                    + ", but there is no authentication yet: it must be a loopback address such as 127.0.0.1");
        }
    }
}
