package io.bohrwerk.api.health;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.DiskReserve;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether the disk of this process has its reserve. */
@Component("diskHealthIndicator")
class DiskHealth implements HealthIndicator {
    private final DiskReserve reserve;

    DiskHealth(ApiProperties properties) {
        this.reserve = new DiskReserve(
                properties.uploads().path(), properties.uploads().reserve().toBytes());
    }

    @Override
    public Health health() {
        return reserve.shortage()
                .map(why -> Health.outOfService().withDetail("error", why).build())
                .orElseGet(() -> Health.up().build());
    }
}
