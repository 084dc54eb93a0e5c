package io.bohrwerk.api.retention;

import io.bohrwerk.api.ContainersTest;

@ContainersTest
class RetentionOnContainersTest extends RetentionTest {}
