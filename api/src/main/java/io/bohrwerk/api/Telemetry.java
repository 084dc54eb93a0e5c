package io.bohrwerk.api;

import io.bohrwerk.telemetry.Spans;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spans to a collector, where one is configured. */
@Configuration(proxyBeanMethods = false)
class Telemetry {
    private static final String SERVICE = "bohrwerk-api";

    @Bean
    Spans spans(ApiProperties properties) {
        ApiProperties.Telemetry settings = properties.telemetry();
        return Spans.to(
                settings.endpoint(),
                settings.headers(),
                SERVICE,
                host() + "-" + ProcessHandle.current().pid());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host"; // containers without a resolvable name of their own
        }
    }
}
