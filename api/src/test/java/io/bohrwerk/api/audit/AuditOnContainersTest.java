package io.bohrwerk.api.audit;

import io.bohrwerk.api.ContainersTest;

@ContainersTest
class AuditOnContainersTest extends AuditTest {}
