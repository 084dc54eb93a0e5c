package io.bohrwerk.api.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.bohrwerk.api.Servers;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Date;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;

/**
 * The whole process with authentication: an administrator's token in a file, and an OIDC issuer. In a database of its own, and deaf to
 * Kafka, so that it takes nothing that is meant for the other context of the tests.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = io.bohrwerk.api.ApiApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = {Servers.class, GuardedApi.Issuer.class})
public @interface GuardedApi {
    String ADMIN = "bw_" + "administrators-own-token-of-43-characters--";

    /** An issuer with one key, as far as a resource server asks it. */
    final class Issuer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        private static final RSAKey KEY;
        private static final HttpServer SERVER;

        static {
            try {
                KEY = new RSAKeyGenerator(2048).keyID("key").generate();
                SERVER = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (JOSEException | IOException e) {
                throw new IllegalStateException(e);
            }
            answer(
                    "/.well-known/openid-configuration",
                    "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\",\"authorization_endpoint\":\""
                            + url()
                            + "/authorize\",\"subject_types_supported\":[\"public\"],\"response_types_supported\":[\"code\"]}");
            answer("/keys", new JWKSet(KEY.toPublicJWK()).toString());
            SERVER.start();
        }

        private static void answer(String path, String json) {
            SERVER.createContext(path, exchange -> {
                byte[] body = json.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
        }

        public static String url() {
            return "http://127.0.0.1:" + SERVER.getAddress().getPort();
        }

        public static String token(String issuer, String scope, Instant expires) throws JOSEException {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("key").build(),
                    new JWTClaimsSet.Builder()
                            .issuer(issuer)
                            .subject("someone")
                            .claim("preferred_username", "some one")
                            .claim("scope", scope)
                            .expirationTime(Date.from(expires))
                            .build());
            jwt.sign(new RSASSASigner(KEY));
            return jwt.serialize();
        }

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            try {
                Path file = Files.createTempFile("bohrwerk-admin", ".token");
                file.toFile().deleteOnExit();
                Files.writeString(file, ADMIN + "\n");
                TestPropertyValues.of(
                                "bohrwerk.api.access.admin-token-file=" + file,
                                "bohrwerk.api.access.requests-per-second=0",
                                "bohrwerk.api.access.most-running-jobs=3",
                                "spring.security.oauth2.resourceserver.jwt.issuer-uri=" + url(),
                                "spring.datasource.url=" + Servers.freshDatabase("guarded"),
                                "spring.kafka.listener.auto-startup=false")
                        .applyTo(context);
            } catch (IOException | SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
