package io.bohrwerk.cli.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.yaml.snakeyaml.Yaml;

/** The files of the tree that tell others how to run it, as data. */
final class DeployFiles {
    /** Tests run in their module's directory. */
    private static final Path TREE = Path.of("..", "..");

    private DeployFiles() {}

    static Path path(String name) {
        return TREE.resolve(name);
    }

    static String text(String name) throws IOException {
        return Files.readString(path(name));
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> documents(String yaml) {
        return StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
                .filter(document -> document != null)
                .map(document -> (Map<String, Object>) document)
                .toList();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /**
     * Binds what the environment says below a prefix. Of the environment, Spring itself leaves a name that it does not know unread; here it
     * is a mistake.
     */
    static void requireKnown(Map<String, String> environment, String prefix, Class<?> settings) {
        Map<String, String> properties = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            String key = name.toLowerCase(Locale.ROOT).replace('_', '.');
            if (key.startsWith(prefix + ".")) {
                properties.put(key, value);
            }
        });
        new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate(
                        prefix,
                        Bindable.of(settings),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, source -> true));
    }
}
