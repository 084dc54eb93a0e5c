package io.bohrwerk.worker;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.worker.settings.WorkerProperties;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
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
 * happens to be on the class path, for in the all-in-one server that is everything.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerProperties.class)
public class WorkerApplication {
    /** Settings come from the command line, the environment and {@code worker.yaml}, as Spring Boot has it. */
    public static void main(String[] arguments) {
        application().run(arguments);
    }

    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(WorkerApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        // Its own name: another's application.yaml on the class path is none of its business.
        application.setDefaultProperties(Map.of(
                "spring.config.name", "worker",
                "spring.main.banner-mode", "off",
                // Kafka's clients print all their settings, and a line for each second that a broker is away; the slots
                // tell of that.
                "logging.level.org.apache.kafka", "WARN",
                "logging.level.org.apache.kafka.clients.NetworkClient", "ERROR"));
        return application;
    }

    /**
     * Runs a worker inside another process, which closes it.
     *
     * @param properties all its settings, by their full names: {@code bohrwerk.worker.slots} and so on
     */
    public static ConfigurableApplicationContext start(Map<String, Object> properties) {
        return start(properties, null);
    }

    /**
     * The same with an engine of the caller's, which is closed with the worker.
     *
     * @param engine null for emulators
     */
    public static ConfigurableApplicationContext start(Map<String, Object> properties, @Nullable Engine engine) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("worker", properties));
        context.register(WorkerApplication.class);
        if (engine != null) {
            context.registerBean(Engine.class, () -> engine);
        }
        context.refresh();
        return context;
    }

    @Bean
    Worker worker(WorkerProperties properties, ObjectProvider<Engine> given)
            throws IOException, InfrastructureException {
        Engine engine = given.getIfAvailable();
        return Worker.start(
                properties,
                engine == null ? new EmulatorEngine(properties, BlobStores.open(properties.blobs())) : engine);
    }
}
