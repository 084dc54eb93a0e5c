package io.bohrwerk.api.job;

import io.bohrwerk.api.ContainersTest;

@ContainersTest
class JobLifecycleOnContainersTest extends JobLifecycleTest {}
