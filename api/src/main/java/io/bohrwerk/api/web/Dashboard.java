package io.bohrwerk.api.web;

import java.time.Duration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the page: one document for all its addresses, so that each of them can be linked to, and its scripts and styles. */
@Configuration(proxyBeanMethods = false)
public class Dashboard implements WebMvcConfigurer {
    /** The page's own addresses, as its router knows them. */
    private static final String[] ADDRESSES = {
        "/",
        "/crashes",
        "/crashes/*",
        "/failures",
        "/failures/*",
        "/jobs",
        "/jobs/*",
        "/submit",
        "/targets",
        "/targets/*",
        "/trail",
        "/workers",
        "/comparisons/*"
    };

    /** The addresses at which the page answers. */
    public static String[] addresses() {
        return ADDRESSES.clone();
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        for (String address : ADDRESSES) {
            registry.addViewController(address).setViewName("forward:/index.html");
        }
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        // Their names change with their content.
        registry.addResourceHandler("/assets/**")
                .addResourceLocations("classpath:/META-INF/resources/assets/")
                .setCacheControl(
                        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
    }
}
