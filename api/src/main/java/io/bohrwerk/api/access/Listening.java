package io.bohrwerk.api.access;

import io.bohrwerk.api.ApiProperties;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.stereotype.Component;

/** Keeps an API without authentication from being reachable by others: whoever reaches it runs code on the workers. */
@Component
class Listening {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private final boolean authenticated;

    Listening(ServerProperties server, ApiProperties properties, ObjectProvider<JwtDecoder> issuers) {
        ApiProperties.Access access = properties.access();
        this.authenticated = access.tokens() || access.adminTokenFile() != null || issuers.getIfAvailable() != null;
        require(server.getAddress(), authenticated);
        if (!authenticated) {
            LOG.info("no authentication is configured: everyone on this host may do everything");
        }
    }

    /** Whether callers must say who they are. */
    boolean authenticated() {
        return authenticated;
    }

    /** @param address null for all addresses of the host */
    static void require(@Nullable InetAddress address, boolean authenticated) {
        if (!authenticated && (address == null || !address.isLoopbackAddress())) {
            throw new IllegalStateException("server.address is "
                    + (address == null ? "not set, which means every address of this host" : address.getHostAddress())
                    + ", but no authentication is configured: set bohrwerk.api.access.admin-token-file (or .tokens), or"
                    + " spring.security.oauth2.resourceserver.jwt.issuer-uri, or listen on a loopback address such as"
                    + " 127.0.0.1");
        }
    }
}
