package io.bohrwerk.api.access;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.stereotype.Component;

/** Whose a token of ours is. Asked for each request, so that a revoked one opens nothing from then on. */
@Component
class TokenCheck implements OpaqueTokenIntrospector {
    private static final Pattern SECRET = Pattern.compile(AccessToken.PREFIX + "[A-Za-z0-9_-]{43}");

    private final AccessTokens tokens;
    /** By the hashes of the secrets in files. */
    private final Map<String, Caller> inFiles = new LinkedHashMap<>();

    TokenCheck(AccessTokens tokens, ApiProperties properties) {
        this.tokens = tokens;
        ApiProperties.Access access = properties.access();
        // In this order: one secret in both files is the administrator's.
        add(access.metricsTokenFile(), "metrics-token-file", Scope.METRICS);
        add(access.adminTokenFile(), "admin-token-file", Scope.ADMIN);
    }

    private void add(@Nullable String file, String setting, Scope scope) {
        if (file != null) {
            inFiles.put(
                    AccessToken.hash(secretIn(Path.of(file), "bohrwerk.api.access." + setting)),
                    new Caller("token:" + setting, setting, scope, null, null, null));
        }
    }

    /** Tokens of which there can be no row yet; the administrator's is also the way back when all others are lost. */
    private static String secretIn(Path file, String setting) {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new InvalidInputException(
                        setting, file, "must not be writable by everyone: put a new token into a file of your own");
            }
            String secret = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (!SECRET.matcher(secret).matches()) {
                throw new InvalidInputException(
                        setting,
                        file,
                        "must hold one token: bw_ and 43 letters, digits, dashes or underscores, for example from"
                                + " echo bw_$(head -c 32 /dev/urandom | basenc --base64url -w0 | tr -d =)");
            }
            return secret;
        } catch (IOException e) {
            throw new InvalidInputException(setting, file, "cannot be read: " + e);
        }
    }

    @Override
    public OAuth2AuthenticatedPrincipal introspect(String token) {
        String hash = AccessToken.hash(token);
        for (Map.Entry<String, Caller> known : inFiles.entrySet()) {
            if (MessageDigest.isEqual(
                    hash.getBytes(StandardCharsets.US_ASCII), known.getKey().getBytes(StandardCharsets.US_ASCII))) {
                return known.getValue();
            }
        }
        // By its hash, so that how long the look takes tells nothing of the secret.
        return tokens.findByHash(hash)
                .filter(known -> known.validAt(Instant.now()))
                .map(AccessToken::caller)
                .orElseThrow(() -> new BadOpaqueTokenException("the token is unknown, expired or revoked"));
    }
}
