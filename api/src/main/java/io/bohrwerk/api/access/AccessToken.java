package io.bohrwerk.api.access;

import io.bohrwerk.protocol.Digest;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A token of ours. Its secret is told once, when it is made, and is nowhere afterwards. */
@Entity
@Table(name = "access_tokens")
class AccessToken {
    /** By it people, and programs that look for secrets that got lost, know our tokens. */
    static final String PREFIX = "bw_";

    private static final int SECRET_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    @Id
    private UUID id;

    @Column(insertable = false, updatable = false)
    private long position;

    @Version
    private @Nullable Integer version;

    private String name;
    private String hash;

    @Enumerated(EnumType.STRING)
    private Scope scope;

    private @Nullable Integer mostRunningJobs;
    private @Nullable Long mostIterations;
    private String createdBy;
    private Instant createdAt;
    private Instant expiresAt;
    private @Nullable Instant revokedAt;

    @SuppressWarnings("NullAway.Init")
    protected AccessToken() {}

    AccessToken(String secret, TokenRequest request, String createdBy, Instant now) {
        this.id = UUID.randomUUID();
        this.name = request.name();
        this.hash = hash(secret);
        this.scope = request.parsedScope();
        this.mostRunningJobs = request.mostRunningJobs();
        this.mostIterations = request.mostIterations();
        this.createdBy = createdBy;
        this.createdAt = now;
        this.expiresAt = now.plus(request.life());
    }

    static String newSecret() {
        byte[] random = new byte[SECRET_BYTES];
        RANDOM.nextBytes(random);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** Without salt and without stretching: both are for secrets that can be guessed, and these are 256 random bits. */
    static String hash(String secret) {
        return Digest.of(secret.getBytes(StandardCharsets.UTF_8)).hex();
    }

    /** Whether it opens anything. */
    boolean validAt(Instant now) {
        return revokedAt == null && now.isBefore(expiresAt);
    }

    /** Ends it, once. */
    void revoke(Instant now) {
        if (revokedAt == null) {
            revokedAt = now;
        }
    }

    Caller caller() {
        return new Caller("token:" + id, name, scope, mostRunningJobs, mostIterations, expiresAt);
    }

    UUID id() {
        return id;
    }

    long position() {
        return position;
    }

    String name() {
        return name;
    }

    Scope scope() {
        return scope;
    }

    @Nullable
    Integer mostRunningJobs() {
        return mostRunningJobs;
    }

    @Nullable
    Long mostIterations() {
        return mostIterations;
    }

    String createdBy() {
        return createdBy;
    }

    Instant createdAt() {
        return createdAt;
    }

    Instant expiresAt() {
        return expiresAt;
    }

    @Nullable
    Instant revokedAt() {
        return revokedAt;
    }
}
