package io.bohrwerk.worker;

import io.bohrwerk.emulator.InfrastructureException;
import java.io.IOException;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

/**
 * The worker process. Spring reads its settings and ends it in an orderly way, and does nothing else: nothing is configured by what
 * happens to be on the class path, for in the standalone that is everything.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerProperties.class)
public class WorkerApplication {
    /** Settings come from the command line, the environment and {@code worker.yaml}, as Spring Boot has it. */
    public static void main(String[] arguments) {
        application().run(arguments);
    }

    static SpringApplication application() {
        SpringApplication application = new SpringApplication(WorkerApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        // Its own name: another's application.yaml on the class path is none of its business.
        application.setDefaultProperties(Map.of("spring.config.name", "worker", "spring.main.banner-mode", "off"));
        return application;
    }

    /**
     * Runs a worker inside another process, which closes it.
     *
     * @param properties all its settings, by their full names: {@code bohrwerk.worker.slots} and so on
     */
    public static ConfigurableApplicationContext start(Map<String, Object> properties) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("worker", properties));
        context.register(WorkerApplication.class);
        context.refresh();
        return context;
    }

    @Bean
    Worker worker(WorkerProperties properties) throws IOException, InfrastructureException {
        return Worker.start(properties, BlobStores.open(properties.blobs()));
    }
}
