package io.bohrwerk.api;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * The API process. Needs {@code spring.datasource.url}, {@code spring.kafka.bootstrap-servers} and one of {@code bohrwerk.api.blobs.*}.
 *
 * <p>Its defaults stand in a file of their own name instead of {@code application.properties}, so that it can share a class path.
 */
// There are no users with passwords.
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
@EnableConfigurationProperties(ApiProperties.class)
@EnableScheduling
@PropertySource("classpath:io/bohrwerk/api/defaults.properties")
public class ApiApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(ApiApplication.class, arguments);
    }
}
