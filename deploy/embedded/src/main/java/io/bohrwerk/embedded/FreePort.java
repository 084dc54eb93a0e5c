package io.bohrwerk.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports on loopback that nobody listens on. */
final class FreePort {
    private FreePort() {}

    /**
     * The wanted port, or any free one when that is 0. Another process may still take it before it is used.
     *
     * @throws IOException when the wanted port is taken: the servers themselves say so late and in many words
     */
    static int orAny(int wanted) throws IOException {
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (BindException e) {
            throw new IOException("port " + wanted + " on 127.0.0.1 is taken", e);
        }
    }
}
