package io.bohrwerk.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports on loopback that nobody listens on. */
final class FreePort {
    private FreePort() {}

    /** The wanted port, or any free one when that is 0. Another process may still take it before it is used. */
    static int orAny(int wanted) throws IOException {
        if (wanted != 0) {
            return wanted;
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
