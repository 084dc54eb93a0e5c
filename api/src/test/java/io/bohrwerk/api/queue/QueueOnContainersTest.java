package io.bohrwerk.api.queue;

import io.bohrwerk.api.ContainersTest;

@ContainersTest
class QueueOnContainersTest extends QueueTest {}
