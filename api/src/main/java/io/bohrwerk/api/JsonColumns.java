package io.bohrwerk.api;

import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.format.FormatMapper;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON columns hold the same JSON as messages do, and newer fields in them do not keep an older process from reading. */
@Configuration(proxyBeanMethods = false)
class JsonColumns {
    @Bean
    static HibernatePropertiesCustomizer jsonFormat() {
        return properties -> properties.put("hibernate.type.json_format_mapper", new Format());
    }

    private static final class Format implements FormatMapper {
        private final JsonMapper json = JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();

        @Override
        public <T> T fromString(CharSequence text, JavaType<T> type, WrapperOptions options) {
            return json.readValue(text.toString(), json.constructType(type.getJavaType()));
        }

        @Override
        public <T> String toString(T value, JavaType<T> type, WrapperOptions options) {
            return json.writerFor(json.constructType(type.getJavaType())).writeValueAsString(value);
        }
    }
}
