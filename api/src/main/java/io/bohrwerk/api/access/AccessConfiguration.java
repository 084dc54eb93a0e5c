package io.bohrwerk.api.access;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.web.Dashboard;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.CrossOriginResourcePolicyHeaderWriter.CrossOriginResourcePolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/**
 * The chain that every request passes: headers for browsers, the names and pages that may call, who the caller is, how often it may call,
 * and what it may do. There is no CORS, so no page of another site reads an answer; nothing is kept between requests, so there is no
 * session to fix; and against forged requests stand the cookie's {@code SameSite} and {@link SameOrigin}.
 */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {
    /**
     * Titles and logs come from guests, which are hostile until shown otherwise: nothing runs but the page's own scripts, nothing is
     * loaded from elsewhere, and nobody frames it.
     */
    private static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; object-src"
                    + " 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private static final String NO_DEVICES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

    @Bean
    SecurityFilterChain access(HttpSecurity http, ApiProperties properties, Authenticator authenticator, Listening open)
            throws Exception {
        RequestRate rate = new RequestRate(properties.access());
        http.csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .headers(AccessConfiguration::headers)
                .authorizeHttpRequests(AccessConfiguration::rules)
                .oauth2ResourceServer(
                        server -> server.authenticationManagerResolver(request -> (AuthenticationManager) authenticator)
                                .bearerTokenResolver(new Credentials())
                                .authenticationEntryPoint((request, response, e) -> unknown(rate, request, response, e))
                                .accessDeniedHandler(AccessConfiguration::denied))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(
                                (request, response, e) -> unknown(rate, request, response, e))
                        .accessDeniedHandler(AccessConfiguration::denied))
                .addFilterAfter(new SameOrigin(properties), HeaderWriterFilter.class)
                .addFilterAfter(rate, AnonymousAuthenticationFilter.class)
                .addFilterAfter(new ReadableQuery(), RequestRate.class);
        if (!open.authenticated()) {
            http.addFilterBefore(new Everyone(), AnonymousAuthenticationFilter.class);
        }
        return http.build();
    }

    private static void headers(HeadersConfigurer<HttpSecurity> headers) {
        headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_POLICY))
                .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                .crossOriginResourcePolicy(policy -> policy.policy(CrossOriginResourcePolicy.SAME_ORIGIN))
                .crossOriginOpenerPolicy(policy -> policy.policy(CrossOriginOpenerPolicy.SAME_ORIGIN))
                .permissionsPolicyHeader(policy -> policy.policy(NO_DEVICES));
    }

    private static void rules(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry rules) {
        String read = Scope.READ.authority();
        String submit = Scope.SUBMIT.authority();
        String admin = Scope.ADMIN.authority();
        // What goes on after a request was let in.
        rules.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
                .permitAll();
        // The page itself, which says nothing of anybody.
        rules.requestMatchers(HttpMethod.GET, Dashboard.addresses()).permitAll();
        rules.requestMatchers("/index.html", "/assets/**", "/bohrwerk.svg", "/favicon.ico", "/error")
                .permitAll();
        // For probes; what is down is told to those who may know.
        rules.requestMatchers("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness")
                .permitAll();
        rules.requestMatchers(HttpMethod.DELETE, Session.PATH).permitAll();
        rules.requestMatchers(Session.PATH).authenticated();
        rules.requestMatchers("/api/v1/tokens/**", "/api/v1/audit/**", "/api/v1/trail/**")
                .hasAuthority(admin);
        rules.requestMatchers(HttpMethod.POST, "/api/v1/retention/**").hasAuthority(admin);
        for (HttpMethod harmless : new HttpMethod[] {HttpMethod.GET, HttpMethod.HEAD}) {
            rules.requestMatchers(harmless, "/api/**", "/openapi/**", "/actuator/prometheus", "/actuator/health/**")
                    .hasAuthority(read);
        }
        rules.requestMatchers("/api/**").hasAuthority(submit);
        rules.anyRequest().hasAuthority(admin);
    }

    /** Whoever tries tokens may not do so faster than others ask. */
    private static void unknown(
            RequestRate rate, HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        if (!rate.grants("address:" + request.getRemoteAddr(), response)) {
            return;
        }
        response.setHeader("WWW-Authenticate", "Bearer");
        String why = request.getHeader("Authorization") == null
                ? "this needs a token; see './bohrwerk token --help'"
                : "the token is unknown, expired or revoked";
        Refusal.send(response, HttpStatus.UNAUTHORIZED, why);
    }

    private static void denied(HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
            throws IOException {
        String who = Caller.current()
                .map(caller -> "the scope of '" + caller.name() + "' is "
                        + (caller.scope() == null ? "none" : caller.scope().word()))
                .orElse("nobody is signed in");
        Refusal.send(response, HttpStatus.FORBIDDEN, who + ", which is not enough for this");
    }
}
