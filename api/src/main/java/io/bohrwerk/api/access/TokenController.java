package io.bohrwerk.api.access;

import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/tokens")
class TokenController {
    private static final Logger LOG = LoggerFactory.getLogger(TokenController.class);

    private final AccessTokens tokens;
    private final TransactionTemplate transaction;

    TokenController(AccessTokens tokens, TransactionTemplate transaction) {
        this.tokens = tokens;
        this.transaction = transaction;
    }

    /** Makes a token. The answer holds its secret, which nobody can ask for again. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<TokenView> create(@RequestBody TokenRequest request) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        String secret = AccessToken.newSecret();
        AccessToken made = tokens.save(new AccessToken(secret, request, by(), now));
        LOG.info("token {} '{}' ({}) was made by {}", made.id(), made.name(), made.scope(), made.createdBy());
        return ResponseEntity.status(201)
                .header("Location", "/api/v1/tokens/" + made.id())
                .body(TokenView.from(made, secret, now));
    }

    @GetMapping
    Page<TokenView> list(
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Instant now = Instant.now();
        return Page.of(limit, cursor, tokens::below, AccessToken::position)
                .map(token -> TokenView.from(token, null, now));
    }

    /** Revokes a token, from the next request on. One that is revoked already stays so. */
    @DeleteMapping("/{id}")
    TokenView revoke(@PathVariable UUID id) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        transaction.executeWithoutResult(status -> tokens.findById(id)
                .orElseThrow(() -> new NotFoundException("token", id))
                .revoke(now));
        LOG.info("token {} was revoked by {}", id, by());
        return TokenView.from(tokens.findById(id).orElseThrow(() -> new NotFoundException("token", id)), null, now);
    }

    private static String by() {
        return Caller.current().map(Caller::name).orElse("?");
    }
}
