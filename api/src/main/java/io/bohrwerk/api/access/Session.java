package io.bohrwerk.api.access;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.web.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The page's sign-in. Its cookie is the token itself, so that there is no second secret to keep, to expire and to revoke; no script can
 * read it, and no other site's page can make a browser send it. The token comes in the header, as always, and in no document: what is
 * wrong with a document is told with its values.
 */
@RestController
@RequestMapping(Session.PATH)
class Session {
    static final String PATH = "/api/v1/session";
    /** With its name and attributes a browser keeps 4096 bytes. */
    private static final int LONGEST_TOKEN = 3_800;

    /** @param scope null for somebody who is known and may do nothing here */
    record View(
            String name, @Nullable String scope, @Nullable Instant expiresAt) {
        static View from(Caller caller) {
            Scope scope = caller.scope();
            return new View(caller.name(), scope == null ? null : scope.word(), caller.expiresAt());
        }
    }

    /** Who the caller is. */
    @GetMapping
    View get() {
        return Caller.current()
                .map(View::from)
                .orElseThrow(() -> new RefusedException(HttpStatus.UNAUTHORIZED, null, "nobody is signed in"));
    }

    /** Makes a cookie of the header's token, which has been checked by now. */
    @PostMapping
    ResponseEntity<View> signIn(HttpServletRequest http) {
        String token = new DefaultBearerTokenResolver().resolve(http);
        require(
                token != null && token.length() <= LONGEST_TOKEN,
                "Authorization",
                "",
                "must be 'Bearer' and a token of at most " + LONGEST_TOKEN + " characters");
        return ResponseEntity.ok()
                .header(
                        HttpHeaders.SET_COOKIE,
                        cookie(String.valueOf(token), http).toString())
                .body(get());
    }

    @DeleteMapping
    ResponseEntity<Void> signOut(HttpServletRequest http) {
        ResponseCookie gone = cookie("", http).mutate().maxAge(0).build();
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, gone.toString())
                .build();
    }

    /** Gone with the browser's session. Secure where the request was, which behind a proxy is what the proxy says. */
    private static ResponseCookie cookie(String value, HttpServletRequest http) {
        return ResponseCookie.from(Credentials.COOKIE, value)
                .path("/")
                .httpOnly(true)
                .secure(http.isSecure())
                .sameSite("Strict")
                .build();
    }
}
